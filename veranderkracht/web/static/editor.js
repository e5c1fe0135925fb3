/**
 * A learner's text on the page: the editor around a Draft, handing in, and the text as it was handed in.
 *
 * The element that owns it gives the state; what came of the work (scores, comments) is `result.js`'s to show.
 */

import { Draft } from "./draft.js";
import { DraftNotes, keepSafe, sessionStorageIfAny } from "./draft-notes.js";
import { explain, paragraphs } from "./element.js";
import { FeedbackPanel } from "./feedback.js";
import { later, plural, say } from "./language.js";
import { showResult } from "./result.js";
import { measure } from "./words.js";

export class Editor {
  #element;
  #draft;
  #panel;
  #notes;
  #revising = false;
  #busy = false;
  #unheard = false; // handed in without an answer
  #left = null; // the panel with what was written too late
  #onState;

  /** `onState(state)` hears of every new state that handing in gives. */
  constructor(element, { onState }) {
    this.#element = element;
    this.#onState = onState;
    const text = element.part("text");
    this.#draft = new Draft({
      key: element.host.key,
      storage: sessionStorageIfAny(),
      save: (version, value) => this.#save(version, value),
      onChange: () => this.#show(),
    });
    this.#notes = new DraftNotes(element, this.#draft, {
      area: text,
      show: paragraphs,
      focus: () => text.focus(),
      both: (theirs, mine) => `${theirs}\n\n${mine}`,
    });
    element.listen(text, "input", () => this.#typed(text.value));
    element.listen(element.part("work"), "submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    element.listen(element.part("revise"), "click", () => this.#revise());
    keepSafe(element, this.#draft);
    this.#panel = new FeedbackPanel(element, {
      payload: {},
      work: () => (text.value.trim() ? { text: text.value.trim() } : null),
      back: () => text.focus(),
    });
    element.listen(element.part("ask"), "click", () => this.#panel.ask());
  }

  get draft() {
    return this.#draft;
  }

  /** Show a state of the host's. */
  load(state) {
    const { version, body, saved_at: savedAt } = state.work;
    const canSave = state.may.save;
    const found = this.#draft.load({ version, text: body?.text ?? "", savedAt, canSave });
    this.#notes.restored = found.copy === "restored";
    const unsent = state.submission !== null && this.#draft.text !== (state.submission.body?.text ?? "");
    this.#revising = canSave && (state.submission === null || unsent || this.#draft.dirty || this.#draft.conflict !== null);
    this.#element.part("text").value = this.#draft.text;
    this.#layout();
    this.#show();
    this.#left?.remove();
    if (found.copy === "orphan") this.#leftOver(found.orphan, { drop: true });
    else if (unsent && !canSave) this.#leftOver(this.#draft.text, { drop: false }); // the host keeps it
  }

  stop() {
    this.#draft.leave();
    this.#draft.stop();
  }

  async #save(version, text) {
    try {
      return await this.#element.host.call("save", { version, body: { text } });
    } catch (error) {
      if (error.code === "grading-started") queueMicrotask(() => this.#refresh()); // once the draft knows
      throw error;
    }
  }

  #layout() {
    const { element, state } = { element: this.#element, state: this.#element.state };
    const { submission } = state;
    element.part("work").hidden = !this.#revising;
    element.part("handed-in").hidden = !submission || this.#revising;
    element.part("handed-in-text").replaceChildren(...paragraphs(submission?.body?.text ?? ""));
    element.part("revise").hidden = !state.may.save;
    element.part("ask").hidden = !state.assistant;
    element.part("submit-label").textContent = submission ? say("Opnieuw indienen bij je docent") : say("Indienen bij je docent");
    element.part("submit-hint").textContent = state.may.save
      ? submission
        ? say("Wat je eerder indiende, geldt tot je opnieuw indient. Dat kan tot je docent begint te lezen.")
        : say("Tot je docent begint te lezen, kun je je tekst nog aanpassen en opnieuw indienen.")
      : "";
    showResult(element, state);
  }

  #revise() {
    this.#revising = true;
    this.#layout();
    this.#element.part("text").focus();
  }

  #typed(value) {
    this.#notes.restored = false;
    this.#error("");
    this.#draft.input(value);
  }

  #show() {
    const { part, limits } = { part: (name) => this.#element.part(name), limits: this.#element.state?.limits };
    const draft = this.#draft;
    const count = measure(draft.text, limits);
    part("count").textContent = count.text;
    part("count").classList.toggle("is-short", !count.within);
    const text = part("text");
    if (text.value !== draft.text) text.value = draft.text;
    text.readOnly = draft.conflict !== null || this.#busy;
    part("submit").disabled = this.#busy || draft.conflict !== null;
    this.#notes.tell();
  }

  /** Show what was written too late to hand in; `drop` offers to throw it away. */
  #leftOver(text, { drop }) {
    const panel = this.#element.build("t-left-over", { text: paragraphs(text) });
    panel.slots.drop.hidden = !drop;
    panel.slots.drop.onclick = () => {
      this.#draft.copy.forget();
      panel.remove();
    };
    this.#element.part("handed-in").append(panel);
    this.#left = panel;
  }

  #error(text) {
    const element = this.#element;
    const area = element.part("text");
    const error = element.part("error");
    error.hidden = !text;
    element.part("error-text").textContent = text;
    area.toggleAttribute("aria-invalid", false);
    const described = (area.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== error.id);
    if (text) {
      area.setAttribute("aria-invalid", "true");
      described.unshift(error.id);
      area.focus();
    }
    area.setAttribute("aria-describedby", described.join(" "));
  }

  async #submit() {
    const { limits } = this.#element.state;
    const count = measure(this.#draft.text, limits);
    if (!count.within) {
      const short = count.words < limits.min_words;
      const words = plural("1 woord", "{n} woorden", count.words);
      const asked = short
        ? say("Je tekst telt {words}; er worden er minstens {least} gevraagd. Schrijf nog wat verder.", { words, least: limits.min_words })
        : say("Je tekst telt {words}; er mogen er hoogstens {most} in. Laat weg wat je docent kan missen.", { words, most: limits.max_words });
      return this.#error(asked);
    }
    this.#busy = true;
    this.#error("");
    this.#show();
    try {
      const state = await this.#draft.submit((version, text) => this.#handIn(version, text));
      this.#busy = this.#unheard = false;
      this.#onState(state);
      this.#element.part("result-title").focus();
    } catch (error) {
      this.#busy = false;
      this.#show();
      if (!error.code) throw error;
      if (error.code === "grading-started") return this.#refresh();
      if (error.code === "draft-stale") return this.#draft.conflict || this.#error(say(STALE));
      this.#error(explain(error, { offline: say("Geen verbinding, dus nog niet ingediend. Je tekst staat veilig op deze pagina. Probeer opnieuw zodra je weer verbinding hebt.") }));
    }
  }

  async #handIn(version, text) {
    const { host, state: known } = this.#element;
    if (this.#unheard) {
      // The last time the answer got lost: perhaps the work is in, and a second time would be once too often.
      const state = await host.call("state", {});
      const { number = 0, body } = state.submission ?? {};
      if (number > (known.submission?.number ?? 0) && body.text === text) return state;
    }
    this.#unheard = true;
    try {
      return await host.call("submit", { version, body: { text } });
    } catch (error) {
      this.#unheard = error.code === "offline" || error.status >= 500;
      throw error;
    }
  }

  async #refresh() {
    this.#draft.leave();
    await this.#element.need("state", {}, (state) => this.#onState(state));
    this.#element.part("result-title").focus();
  }
}

const STALE = later("Je tekst is intussen ergens anders aangepast. Lees na wat hier nu staat en dien dan opnieuw in.");
