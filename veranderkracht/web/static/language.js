/** What a page says, in the reader's language: Dutch is the source text, and a catalogue per language lies beside it. */

const TRANSLATED = ["en", "fr"];
const page = globalThis.document;
const around = page?.querySelector(".vk")?.closest("[lang]") ?? page?.documentElement;
const asked = (around?.lang ?? "").slice(0, 2).toLowerCase();

/** The language that this page speaks: `nl`, `en` or `fr`. */
export const language = TRANSLATED.includes(asked) ? asked : "nl";

/** How dates and numbers are written in it: as in Belgium. */
export const locale = `${language}-BE`;

const texts = language === "nl" ? {} : (await import(`./languages/${language}.js`)).default;
const rules = new Intl.PluralRules(locale);

/** Give a Dutch text in that language, with values at its `{names}`. */
export function say(text, values = {}) {
  return (texts[text] || text).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** Give one of two Dutch texts by a number, in that language; the number stands at `{n}`. */
export function plural(one, many, number, values = {}) {
  return say(rules.select(number) === "one" ? one : many, { n: number, ...values });
}

/** Mark a text that is written down here, and said elsewhere by `say`. */
export function later(text) {
  return text;
}
