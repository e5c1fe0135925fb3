/**
 * The form of a worksheet: reads it into `{part: {field: value}}` (a list into rows), writes such a value into it, and adds
 * and drops rows. What is kept, and when, is for whoever owns it.
 */

import { separator } from "./decimals.js";
import { part, parts } from "./element.js";
import { say } from "./language.js";

/** Give a value as one text that is the same for the same content, whatever the order of its keys. */
export function canonical(value) {
  const ordered = (inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.keys(inner).sort().map((key) => [key, ordered(inner[key])]))
      : Array.isArray(inner)
        ? inner.map(ordered)
        : inner;
  return JSON.stringify(ordered(value ?? {}));
}

/** Write a number the way the host keeps it: `2,50` becomes `2.5`. What is no number stays as it was typed. */
export function decimal(typed) {
  const text = typed.trim().replace(",", ".");
  if (!/^-?\d+(\.\d+)?$/.test(text)) return typed.trim();
  const [, sign, whole, fraction = ""] = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text);
  return `${sign}${whole}${fraction ? `.${fraction}` : ""}`;
}

/** Show a filled-in sheet, `[{title, fields: [{label, text}]}]`, by the templates that `_drafts.html` has for it. */
export function said(element, filled) {
  return filled.map(({ title, fields }) =>
    element.build("t-said", { title, fields: fields.map((field) => element.build("t-said-field", field)) }),
  );
}

export class Sheet {
  #form;
  #made = 0; // rows made so far, so that ids never come twice

  constructor(form, { onChange }) {
    this.#form = form;
    for (const section of this.#sections()) {
      part(section, "add-row")?.addEventListener("click", () => {
        const row = this.#addRow(section);
        onChange();
        part(row, "row-name").focus();
      });
    }
    form.addEventListener("input", onChange);
    form.addEventListener("click", (event) => {
      const drop = event.target.closest('[data-vk="drop-row"]');
      const clear = event.target.closest('[data-vk="clear"]');
      if (drop) this.#dropRow(drop.closest('[data-vk="row"]'));
      if (clear) this.#clear(clear.closest("[data-vk-field]"));
      if (drop || clear) onChange();
    });
    form.addEventListener("change", () => this.#offerClear());
  }

  read() {
    const filled = {};
    for (const section of this.#sections()) {
      const rows = parts(section, "row").map((row) => this.#readRow(row));
      if (section.dataset.vkLayout === "list") {
        while (rows.length && !Object.keys(rows.at(-1)).length) rows.pop();
        if (rows.length) filled[section.dataset.vkPart] = rows;
      } else if (Object.keys(rows[0]).length) {
        [filled[section.dataset.vkPart]] = rows;
      }
    }
    return filled;
  }

  write(filled) {
    for (const section of this.#sections()) {
      const value = filled[section.dataset.vkPart];
      if (section.dataset.vkLayout === "list") {
        const rows = value ?? [];
        const least = Math.max(rows.length, Number(section.dataset.vkMin), 1);
        part(section, "rows").replaceChildren();
        for (let place = 0; place < least; place += 1) this.#writeRow(this.#addRow(section), rows[place] ?? {});
      } else {
        this.#writeRow(part(section, "row"), value ?? {});
      }
    }
    this.#offerClear();
  }

  /** Give a filled-in sheet in words: `[{title, fields: [{label, text}]}]`, what is empty left out. */
  words(filled) {
    return this.#sections().flatMap((section) => {
      const { vkTitle: title, vkLayout: layout, vkPart: name } = section.dataset;
      const source = layout === "list" ? part(section, "t-row").content : section;
      const rows = layout === "list" ? (filled[name] ?? []) : [filled[name] ?? {}];
      const called = layout === "list" ? part(source, "row").dataset.vkRow : "";
      return rows
        .map((row, place) => ({ title: called ? `${title} · ${called} ${place + 1}` : title, fields: this.#said(source, row) }))
        .filter(({ fields }) => fields.length);
    });
  }

  /** Give the first thing to fill in of what the host names as open: `part.field`, `part.row.field` or `part`. */
  find(name) {
    const [place, ...rest] = name.split(".");
    const section = this.#form.querySelector(`[data-vk-part="${CSS.escape(place)}"]`);
    const row = rest.length === 2 ? parts(section, "row")[Number(rest[0])] : section;
    const field = rest.length ? row?.querySelector(`[data-vk-field="${CSS.escape(rest.at(-1))}"]`) : row;
    return field?.querySelector("input, textarea") ?? part(section, "add-row");
  }

  #sections() {
    return [...this.#form.querySelectorAll("[data-vk-part]")];
  }

  #addRow(section) {
    const made = part(section, "t-row").content.cloneNode(true).firstElementChild;
    this.#made += 1;
    for (const node of made.querySelectorAll("[id], [for], [name], [aria-describedby]")) {
      for (const key of ["id", "for", "name", "aria-describedby"]) {
        const value = node.getAttribute(key);
        if (value) node.setAttribute(key, value.replace(/-0(-help)?$/, `-${this.#made}$1`));
      }
    }
    part(section, "rows").append(made);
    this.#number(section);
    return made;
  }

  #dropRow(row) {
    const section = row.closest("[data-vk-part]");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#number(section);
    (next ? part(next, "row-name") : part(section, "add-row")).focus();
  }

  #number(section) {
    const rows = parts(section, "row");
    rows.forEach((row, place) => {
      const name = `${row.dataset.vkRow} ${place + 1}`;
      part(row, "row-name").textContent = name.charAt(0).toUpperCase() + name.slice(1);
      part(row, "drop-name").textContent = ` ${say("met {row}", { row: name })}`;
      part(row, "drop-row").hidden = rows.length <= Math.max(1, Number(section.dataset.vkMin));
    });
    const full = rows.length >= Number(section.dataset.vkMax);
    part(section, "add-row").disabled = full;
    part(section, "row-status").textContent = full ? say("Meer passen er niet op dit blad.") : "";
  }

  #readRow(row) {
    const read = {};
    for (const field of row.querySelectorAll("[data-vk-field]")) {
      const value = this.#value(field);
      if (value !== "" && value !== null && value.length !== 0) read[field.dataset.vkField] = value;
    }
    return read;
  }

  #value(field) {
    const { vkKind: kind } = field.dataset;
    const checked = [...field.querySelectorAll("input:checked")].map((input) => input.value);
    if (kind === "choice") return "vkMultiple" in field.dataset ? checked : (checked[0] ?? "");
    if (kind === "scale") return checked.length ? Number(checked[0]) : null;
    const typed = field.querySelector("input, textarea").value;
    return kind === "number" ? decimal(typed) : typed;
  }

  #writeRow(row, values) {
    for (const field of row.querySelectorAll("[data-vk-field]")) {
      const value = values[field.dataset.vkField];
      const { vkKind: kind } = field.dataset;
      if (kind === "choice" || kind === "scale") {
        const wanted = [value ?? []].flat().map(String);
        for (const input of field.querySelectorAll("input")) input.checked = wanted.includes(input.value);
      } else {
        const text = value ?? "";
        field.querySelector("input, textarea").value = kind === "number" ? text.replace(".", separator) : text;
      }
    }
  }

  #said(source, row) {
    return [...source.querySelectorAll("[data-vk-field]")]
      .filter((field) => field.dataset.vkField in row)
      .map((field) => ({ label: field.dataset.vkLabel, text: this.#word(field, row[field.dataset.vkField]) }));
  }

  #word(field, value) {
    const { vkKind: kind } = field.dataset;
    if (kind === "scale") return say("{value} van {most}", { value, most: field.querySelectorAll("input").length });
    if (kind === "choice") {
      const chosen = [value].flat();
      const labels = [...field.querySelectorAll("label")].filter((label) => chosen.includes(label.querySelector("input").value));
      return labels.map((label) => label.textContent.trim()).join("; ");
    }
    if (kind === "number") return `${value.replace(".", separator)} ${field.querySelector(".vk-muted")?.textContent ?? ""}`.trim();
    return value;
  }

  /** A radio button cannot be unchecked: offer it where something may stay empty. */
  #offerClear() {
    for (const field of this.#form.querySelectorAll("fieldset[data-vk-field]")) {
      part(field, "clear").hidden = "vkMultiple" in field.dataset || !field.querySelector("input:checked");
    }
  }

  #clear(field) {
    for (const input of field.querySelectorAll("input")) input.checked = false;
    this.#offerClear();
    field.querySelector("input").focus();
  }
}
