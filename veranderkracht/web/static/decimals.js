/** Exact decimals as strings, for points: no floating point between a teacher's click and a score. */

import { language } from "./language.js";

/** Add decimal strings such as "7.5" exactly; gives a string without trailing zeros. */
export function add(values) {
  const places = Math.max(0, ...values.map((value) => (value.split(".")[1] ?? "").length));
  const sum = values.reduce((total, value) => total + scaled(value, places), 0n);
  const digits = String(sum).padStart(places + 1, "0");
  if (!places) return digits;
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, "");
}

function scaled(value, places) {
  if (!/^\d+(\.\d+)?$/.test(value)) throw new TypeError(`not a decimal: ${value}`);
  const [whole, fraction = ""] = value.split(".");
  return BigInt(whole + fraction.padEnd(places, "0"));
}

/** What stands before the fraction in the page's language. */
export const separator = language === "en" ? "." : ",";

/** Write a decimal string as the page's language does: "7.50" is 7,5 in Dutch. */
export function written(value) {
  return String(value).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").replace(".", separator);
}
