/**
 * Choices that unfold one after the other and are final once made: the decisions of a case, the questions of a quiz.
 * What an outcome looks like is for the element that owns them.
 */

import { explain, part } from "./element.js";
import { say } from "./language.js";

export class Choices {
  #element;
  #ask;
  #reveal;
  #onStale;
  #onAnswered;

  /**
   * `ask(item, choice)` gives the outcome; `reveal(form, outcome, {focus})` shows one; `onAnswered()` follows each answer;
   * `onStale()` is called when the host knows of an answer that this page does not.
   */
  constructor(element, { ask, reveal, onAnswered, onStale }) {
    this.#element = element;
    this.#ask = ask;
    this.#reveal = reveal;
    this.#onAnswered = onAnswered;
    this.#onStale = onStale;
    for (const form of this.forms) {
      element.listen(form, "submit", (event) => {
        event.preventDefault();
        this.#answer(form);
      });
    }
  }

  get forms() {
    return this.#element.parts("choice");
  }

  get answered() {
    return this.forms.filter((form) => form.classList.contains("is-answered")).length;
  }

  get complete() {
    return this.answered === this.forms.length;
  }

  /** Show outcomes by item, open the first choice without one, and keep the later ones for later. */
  load(outcomes, { open }) {
    for (const form of this.forms) {
      const outcome = outcomes[form.dataset.vkItem];
      if (outcome && !form.classList.contains("is-answered")) this.#close(form, outcome, { focus: false });
    }
    this.#unfold(open);
  }

  #unfold(open) {
    const next = this.forms.find((form) => !form.classList.contains("is-answered"));
    for (const form of this.forms) {
      const here = form === next;
      form.hidden = !here && !form.classList.contains("is-answered");
      part(form, "choice-actions").hidden = !here;
      form.querySelector("fieldset").disabled = !(here && open);
      form.querySelector("button").disabled = !(here && open);
    }
  }

  #close(form, outcome, { focus }) {
    form.classList.add("is-answered");
    this.#reveal(form, outcome, { focus });
  }

  async #answer(form) {
    const chosen = [...form.querySelectorAll("input:checked")].map((input) => input.value);
    if (!chosen.length) return this.#error(form, say("Kies eerst een antwoord."));
    const button = form.querySelector("button");
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    this.#error(form, "");
    try {
      const outcome = await this.#ask(form.dataset.vkItem, chosen);
      this.#close(form, outcome, { focus: true });
      this.#unfold(true);
      this.#onAnswered();
    } catch (error) {
      if (!error.code) throw error;
      if (error.code === "already-answered" || error.code === "draft-stale") return this.#onStale();
      this.#error(form, explain(error));
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  #error(form, text) {
    const place = part(form, "choice-error");
    place.textContent = text;
    place.hidden = !text;
    if (text && !form.querySelector("input:checked")) form.querySelector("input")?.focus();
  }
}
