/** The picker without round trips: filters while you type, counts what is chosen, and says which clock the dates follow. */

import { plural, say } from "../vk/language.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const form = document.getElementById("lti-picker");
const all = (part) => [...form.querySelectorAll(`[data-picker="${part}"]`)];
const [search, nothing, count, zone] = ["search", "nothing", "count", "zone"].map((part) => all(part)[0]);
const { words, phase, kind } = form.elements;

function filter() {
  const wanted = fold(words.value).split(/\s+/).filter(Boolean);
  for (const module of all("module")) {
    const here = !phase.value || phase.value === module.dataset.phase;
    let found = 0;
    for (const step of module.querySelectorAll('[data-picker="step"]')) {
      const fits = here
        && (!kind.value || kind.value === step.dataset.kind)
        && wanted.every((word) => step.dataset.text.includes(word));
      step.hidden = !fits;
      found += fits;
    }
    module.hidden = !found;
  }
  for (const map of all("map")) {
    map.hidden = Boolean(phase.value || kind.value) || !wanted.every((word) => map.dataset.text.includes(word));
  }
  nothing.hidden = [...all("module"), ...all("map")].some((each) => !each.hidden);
}

/** Tells how many activities will be placed: a choice for all steps counts each of them, and none twice. */
function tell() {
  const values = [...form.querySelectorAll('[name="choice"]:checked')].map((input) => input.value);
  const each = values.flatMap((value) => {
    if (!value.endsWith("/*")) return [value];
    const start = value.slice(0, -1);
    return [...form.querySelectorAll('[data-picker="step"] [name="choice"]')]
      .map((input) => input.value)
      .filter((step) => step.startsWith(start));
  });
  const number = new Set(each).size;
  count.textContent = number === 0 ? "" : plural("{n} activiteit gekozen", "{n} activiteiten gekozen", number);
}

search.hidden = true; // it stays the form's first button, so that Enter places nothing by accident
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});
form.addEventListener("input", filter);
form.addEventListener("change", tell);
form.elements.zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
zone.textContent = form.elements.zone.value ? say("De uren zijn die van je toestel.") : zone.textContent;
filter();
tell();
document.getElementById("lti-fault")?.focus();
