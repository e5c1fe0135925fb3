/** A quiz: one question at a time, feedback per answer, and a result that the rules give. */

import { Choices } from "./choices.js";
import { written } from "./decimals.js";
import { explain, part, VkElement } from "./element.js";
import { later, say } from "./language.js";

/** Said of an option: where one answer is asked, and where several are. */
const VERDICTS = {
  right: [later("Goed gekozen"), later("Goed gekozen")],
  missed: [later("Dit was het beste antwoord"), later("Hoort er ook bij")],
  wrong: [later("Niet het beste antwoord"), later("Hoort er niet bij")],
};

export class VkQuiz extends VkElement {
  #choices = null;

  start() {
    this.#choices = new Choices(this, {
      ask: (item, choice) => this.#ask(item, choice),
      reveal: (form, outcome, how) => this.#reveal(form, outcome, how),
      // Nothing is left to choose after the last one, so the quiz ends by itself.
      onAnswered: () => this.#choices.complete && this.#finish(),
      onStale: () => this.#refresh(),
    });
    this.listen(this.part("finish"), "click", () => this.#finish());
    this.#refresh();
  }

  #refresh() {
    return this.need("state", {}, (state) => this.#show(state));
  }

  #show(state) {
    this.state = state;
    this.#choices.load(state.outcomes, { open: state.may.answer });
    this.part("result").hidden = !state.result;
    this.part("finish").hidden = Boolean(state.result) || !this.#choices.complete || !state.may.submit;
    if (!state.result) return;
    const { score, maximum } = state.result;
    this.part("result-title").textContent = say("{score} van de {maximum} juist", { score: written(score), maximum: written(maximum) });
    this.part("result-text").textContent =
      score === maximum
        ? say("Alles juist. De uitleg bij elk antwoord blijft hier staan.")
        : say("Lees gerust nog eens de uitleg bij de vragen waar je twijfelde; ze blijft hier staan.");
  }

  async #ask(item, choice) {
    const answer = await this.host.call("answer", { version: this.state.work.version, item, choice });
    this.state.work.version = answer.version;
    return answer.outcome;
  }

  /** Ask for the result; the button is there for when that could not be told right away. */
  async #finish() {
    const button = this.part("finish");
    button.disabled = true;
    try {
      this.#show(await this.host.call("submit", { version: this.state.work.version, body: {} }));
      this.trouble("");
    } catch (error) {
      if (!error.code) throw error;
      if (error.code === "draft-stale") return this.#refresh();
      button.hidden = false;
      this.trouble(explain(error), null);
    } finally {
      button.disabled = false;
    }
  }

  #reveal(form, outcome, { focus }) {
    for (const { id, chosen, correct, feedback_html: html } of outcome.options) {
      const answer = form.querySelector(`[data-vk-option="${CSS.escape(id)}"]`);
      answer.classList.toggle("is-chosen", chosen);
      answer.querySelector("input").checked = chosen;
      if (!chosen && !correct) continue;
      const several = answer.querySelector("input").type === "checkbox";
      const verdict = VERDICTS[correct ? (chosen ? "right" : "missed") : "wrong"][several ? 1 : 0];
      answer.querySelector(".vk-option-feedback")?.remove();
      answer.append(this.build(correct ? "t-right" : "t-wrong", { verdict: say(verdict), html: { html: html ?? "" } }));
    }
    const verdict = part(form, "outcome");
    verdict.textContent = outcome.correct ? say("Juist beantwoord.") : say("Niet helemaal. Lees de uitleg bij de antwoorden.");
    if (focus) verdict.focus();
  }
}
