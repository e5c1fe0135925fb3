/**
 * What a teacher does with a reading: take a remark into the comment on its criterion or leave it, see beside a level
 * that was chosen what a language model proposed, and tell the assistant, in ids alone, what became of each remark.
 */

import { later, say } from "./language.js";

const TAKEN = later("Staat nu in je opmerking bij dit criterium. Je kunt ze daar nog aanpassen.");
const LEFT = later("Niet overgenomen.");

export class ReadAlong {
  #form;
  #assistant = null;
  #read = null; // the feedback that was shown last
  #shown = false; // whether that is on the page now
  #proposed = new Map(); // `{id, title}` or null by criterion, once it was asked

  constructor(form) {
    this.#form = form;
  }

  /** Take in a reading, and the client that may speak of it. */
  load(feedback, assistant) {
    this.#read = feedback;
    this.#assistant = assistant;
    this.#shown = true;
    this.#proposed.clear();
    for (const [criterion, level] of Object.entries(this.#form.values.levels)) this.chose(criterion, level);
  }

  /** The page turns to other work; what became of the remarks can still be told when this one is saved. */
  close() {
    this.#shown = false;
  }

  /** Give a note its buttons. */
  note({ slots }, { criterion, title, remark }) {
    if (!remark) return slots.acts.remove();
    const show = (pressed, text) => {
      for (const name of ["keep", "drop"]) slots[name].setAttribute("aria-pressed", String(name === pressed));
      slots.did.textContent = text;
    };
    slots.keep.setAttribute("aria-label", say("Overnemen bij {criterion}", { criterion: title }));
    slots.drop.setAttribute("aria-label", say("Niet overnemen bij {criterion}", { criterion: title }));
    slots.keep.onclick = () => {
      this.#form.take(criterion, remark);
      show("keep", say(TAKEN));
    };
    slots.drop.onclick = () => {
      this.#form.leave(criterion, remark);
      show("drop", say(LEFT));
    };
    return undefined;
  }

  /** A level was chosen: show beside it what was proposed, where that may be. It never changes the choice. */
  async chose(criterion, level) {
    if (!this.#shown || !this.#read.proposals) return;
    const { id } = this.#read;
    if (!this.#proposed.has(criterion)) {
      this.#proposed.set(criterion, null);
      const body = ({ snapshot }) => ({ snapshot, criterion, chosen: level });
      const answer = await this.#tell(`/v1/feedback/${id}/level`, body);
      if (!this.#shown || this.#read.id !== id) return;
      this.#proposed.set(criterion, answer?.proposed ?? null);
    }
    const proposed = this.#proposed.get(criterion);
    if (proposed) this.#form.propose(criterion, proposed);
  }

  /** The assessment was saved: tell what became of each remark. */
  async report({ levels, comments }) {
    if (!this.#read) return;
    const criteria = this.#read.criteria
      .filter(({ remark }) => remark)
      .map(({ criterion, remark }) => ({
        criterion,
        remark: this.#outcome(criterion, remark, comments[criterion] ?? ""),
        chosen: levels[criterion] ?? null,
      }));
    await this.#tell(`/v1/feedback/${this.#read.id}/remarks`, ({ snapshot }) => ({ snapshot, criteria }));
  }

  #outcome(criterion, remark, comment) {
    if (plain(comment).includes(plain(remark))) return "kept";
    return comment && this.#form.took(criterion, remark) ? "changed" : "dropped";
  }

  /** Without an answer the desk goes on: nothing of this is needed to grade. */
  async #tell(path, body) {
    try {
      return await this.#assistant.ask("POST", path, body);
    } catch (error) {
      if (error.name !== "AssistantError") throw error;
      return null;
    }
  }
}

const plain = (text) => text.split(/\s+/u).join(" ").trim();
