/** A case: people with their own view, decisions with consequences, and an open question at the end. */

import { Choices } from "./choices.js";
import { Editor } from "./editor.js";
import { part, VkElement } from "./element.js";

export class VkCase extends VkElement {
  #editor = null;
  #choices = null;

  start() {
    this.#editor = new Editor(this, { onState: (state) => this.#show(state) });
    this.#choices = new Choices(this, {
      ask: (item, choice) => this.#ask(item, choice),
      reveal: (form, outcome, how) => this.#reveal(form, outcome, how),
      onAnswered: () => this.#openQuestion(),
      onStale: () => this.#refresh(),
    });
    this.#refresh();
  }

  stop() {
    this.#editor?.stop();
  }

  #refresh() {
    return this.need("state", {}, (state) => this.#show(state));
  }

  #show(state) {
    this.state = state;
    this.#choices.load(state.outcomes, { open: state.may.answer });
    this.#editor.load(state);
    this.#openQuestion();
  }

  #openQuestion() {
    this.part("open").hidden = !(this.#choices.complete || this.#editor.draft.text);
  }

  async #ask(item, choice) {
    const { outcome } = await this.#editor.draft.act((version) => this.host.call("answer", { version, item, choice }));
    return outcome;
  }

  #reveal(form, outcome, { focus }) {
    for (const option of form.querySelectorAll("[data-vk-option]")) {
      const chosen = option.dataset.vkOption === outcome.option;
      option.classList.toggle("is-chosen", chosen);
      option.querySelector("input").checked = chosen;
    }
    const shown = this.build("t-consequence", {
      html: { html: outcome.consequence_html },
      reactions: outcome.reactions.map((reaction) => this.#reaction(reaction)),
    });
    if (!outcome.reactions.length) shown.slots.reactions.remove();
    part(form, "outcome").replaceChildren(shown);
    if (focus) shown.slots.title.focus();
  }

  #reaction({ person, html }) {
    const card = this.querySelector(`[data-vk-person="${CSS.escape(person)}"]`);
    return this.build("t-reaction", {
      initials: card?.querySelector(".vk-initials").textContent ?? "",
      name: card?.querySelector(".vk-person-name").textContent ?? person,
      html: { html },
    });
  }
}
