/** The teacher's form for one piece of work: levels, comments and the running total, exact to the cent of a point. */

import { part } from "./element.js";
import { add, written } from "./decimals.js";
import { plural, say } from "./language.js";

export class GradingForm {
  #element;
  #form;
  #rubric = null;
  #kept = ""; // the values as the host last had them
  #taken = new Set(); // remarks that were taken over into a comment of this work

  constructor(element, { onChange, onLevel }) {
    this.#element = element;
    this.#form = part(element, "grading");
    const compact = part(element, "compact");
    compact.checked = remembered();
    this.#form.classList.toggle("is-compact", compact.checked);
    element.listen(compact, "change", () => {
      this.#form.classList.toggle("is-compact", compact.checked);
      remember(compact.checked);
    });
    element.listen(this.#form, "input", ({ target }) => {
      this.#total();
      onChange();
      if (target.type === "radio") onLevel(target.closest("[data-vk-grade]").dataset.vkGrade, target.value);
    });
  }

  get dirty() {
    return this.#rubric !== null && JSON.stringify(this.values) !== this.#kept;
  }

  /** What the teacher chose and wrote: `{levels, comments, comment}`, as `assess` takes it. */
  get values() {
    const levels = {};
    const comments = {};
    for (const set of this.#form.querySelectorAll("[data-vk-grade]")) {
      const chosen = set.querySelector("input:checked");
      if (chosen) levels[set.dataset.vkGrade] = chosen.value;
      const said = set.querySelector("textarea").value.trim();
      if (said) comments[set.dataset.vkGrade] = said;
    }
    return { levels, comments, comment: part(this.#form, "comment").value.trim() };
  }

  /** Draw the rubric, and fill in what the host has (`null`: nothing yet). */
  load(rubric, assessment) {
    this.#rubric = rubric;
    this.#taken.clear();
    this.#form.hidden = rubric === null;
    if (rubric === null) return;
    part(this.#form, "criteria").replaceChildren(...rubric.criteria.map((criterion) => this.#criterion(criterion)));
    this.fill(assessment ?? { levels: {}, comments: {}, comment: "" });
    this.settle();
  }

  fill({ levels, comments, comment }) {
    for (const set of this.#form.querySelectorAll("[data-vk-grade]")) {
      const id = set.dataset.vkGrade;
      for (const input of set.querySelectorAll("input")) input.checked = input.value === levels[id];
      set.querySelector("textarea").value = comments[id] ?? "";
      set.querySelector("details").open = Boolean(comments[id]);
    }
    part(this.#form, "comment").value = comment ?? "";
    this.#total();
  }

  /** Put a remark of a reading in the comment on its criterion, where the teacher can go on writing. */
  take(criterion, remark) {
    const { area, more } = this.#comment(criterion);
    this.#taken.add(`${criterion}\n${remark}`);
    more.open = true;
    if (!area.value.includes(remark)) this.#write(area, [area.value.trim(), remark].filter(Boolean).join("\n\n"));
  }

  /** Take a remark out of a comment again, as far as it stands there as it came. */
  leave(criterion, remark) {
    const { area } = this.#comment(criterion);
    this.#taken.delete(`${criterion}\n${remark}`);
    if (area.value.includes(remark)) this.#write(area, area.value.replace(remark, "").trim());
  }

  /** Whether a remark was taken over, whatever became of it since. */
  took(criterion, remark) {
    return this.#taken.has(`${criterion}\n${remark}`);
  }

  /** Say beside the teacher's choice which level, `{id, title}`, a language model saw. */
  propose(criterion, { id, title }) {
    const set = this.#set(criterion);
    const same = set.querySelector("input:checked")?.value === id;
    set.querySelector('[data-slot="proposal"]').textContent = same
      ? say("Het taalmodel las dit ook als ‘{level}’.", { level: title })
      : say("Het taalmodel las dit als ‘{level}’. Jouw keuze blijft staan.", { level: title });
  }

  #set(criterion) {
    return this.#form.querySelector(`[data-vk-grade="${CSS.escape(criterion)}"]`);
  }

  #comment(criterion) {
    const set = this.#set(criterion);
    return { area: set.querySelector("textarea"), more: set.querySelector("details") };
  }

  #write(area, text) {
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** What stands here now is what the host has. */
  settle() {
    this.#kept = JSON.stringify(this.values);
  }

  /** Give the titles of the graded criteria without a level, mark each, and put the focus on the first of them. */
  missing() {
    const empty = this.#graded().filter(({ set }) => !set.querySelector("input:checked"));
    for (const { set } of empty) mark(set, true);
    empty[0]?.set.querySelector("input").focus();
    return empty.map(({ criterion }) => criterion.title);
  }

  /** Say in words how another assessment differs from what stands here. */
  differences({ levels, comments, comment }) {
    const mine = this.values;
    const said = [];
    for (const criterion of this.#rubric.criteria) {
      const { id, title } = criterion;
      const level = (criterion.levels ?? []).find((one) => one.id === levels[id]);
      if (levels[id] !== mine.levels[id]) said.push(`${title}: ${level?.title ?? say("geen niveau")}`);
      if ((comments[id] ?? "") !== (mine.comments[id] ?? "")) said.push(`${title}: “${comments[id] ?? ""}”`);
    }
    if ((comment ?? "") !== mine.comment) said.push(say("Slotopmerking: “{comment}”", { comment: comment ?? "" }));
    return said.length ? said : [say("Dezelfde niveaus en opmerkingen als hier.")];
  }

  #graded() {
    const byId = new Map(this.#rubric.criteria.map((criterion) => [criterion.id, criterion]));
    return [...this.#form.querySelectorAll("[data-vk-grade]")]
      .map((set) => ({ set, criterion: byId.get(set.dataset.vkGrade) }))
      .filter(({ criterion }) => criterion.levels?.length);
  }

  #criterion({ id, title, question, levels = [] }) {
    const name = `${this.#element.id}-grade-${id}`;
    const made = this.#element.build("t-criterion", {
      title,
      question,
      levels: levels.map((level) => this.#level(name, level)),
    });
    made.slots.set.dataset.vkGrade = id;
    made.slots.missing.id = `${name}-missing`;
    made.slots.comment.setAttribute("aria-label", say("Opmerking bij {criterion}", { criterion: title }));
    return made;
  }

  #level(name, { id, title, points, descriptor }) {
    const made = this.#element.build("t-level", { title, points: written(points), descriptor });
    Object.assign(made.slots.input, { name, value: id });
    // The descriptor describes the choice; its name stays short enough to hear.
    for (const [slot, attribute] of [["title", "aria-labelledby"], ["descriptor", "aria-describedby"]]) {
      made.slots[slot].id = `${name}-${id}-${slot}`;
      made.slots.input.setAttribute(attribute, made.slots[slot].id);
    }
    return made;
  }

  #total() {
    const graded = this.#graded();
    for (const { set } of graded) if (set.querySelector("input:checked")) mark(set, false);
    const points = ({ set, criterion }) => {
      const chosen = set.querySelector("input:checked")?.value;
      return criterion.levels.find((level) => level.id === chosen)?.points ?? "0";
    };
    const maximum = add(graded.map(({ criterion }) => String(criterion.levels.at(-1).points)));
    const chosen = graded.filter(({ set }) => set.querySelector("input:checked")).length;
    const total = add(graded.map((one) => String(points(one))));
    const rest = graded.length - chosen;
    const sum = say("{total} op {maximum}", { total: written(total), maximum: written(maximum) });
    part(this.#form, "total").textContent = rest
      ? plural("{sum} (nog 1 criterium te kiezen)", "{sum} (nog {n} criteria te kiezen)", rest, { sum })
      : sum;
  }
}

/** Say in a criterion that its level is missing, where its choices are. */
function mark(set, missing) {
  const note = set.querySelector('[data-slot="missing"]');
  note.hidden = !missing;
  if (missing) set.setAttribute("aria-describedby", note.id);
  else set.removeAttribute("aria-describedby");
}

const COMPACT = "vk:desk:compact";

/** A browser may refuse its storage; the desk then starts with descriptors. */
function remembered() {
  try {
    return localStorage.getItem(COMPACT) === "1";
  } catch {
    return false;
  }
}

function remember(compact) {
  try {
    localStorage.setItem(COMPACT, compact ? "1" : "0");
  } catch {
    // Not remembered, then.
  }
}
