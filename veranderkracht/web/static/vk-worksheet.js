/** A worksheet: a form that is kept while it is filled in, finished or handed in, and printed. */

import { Draft } from "./draft.js";
import { DraftNotes, keepSafe, sessionStorageIfAny } from "./draft-notes.js";
import { explain, VkElement } from "./element.js";
import { FeedbackPanel } from "./feedback.js";
import { later, say } from "./language.js";
import { showResult } from "./result.js";
import { canonical, said, Sheet } from "./sheet.js";

const LABELS = {
  yes: [later("Indienen bij je docent"), later("Opnieuw indienen bij je docent")],
  no: [later("Werkblad afronden"), later("Opnieuw afronden")],
};

export class VkWorksheet extends VkElement {
  #sheet = null;
  #draft = null;
  #notes = null;
  #editing = false;
  #busy = false;

  start() {
    const form = this.part("work");
    this.#sheet = new Sheet(form, { onChange: () => this.#typed() });
    this.#draft = new Draft({
      key: this.host.key,
      storage: sessionStorageIfAny(),
      read: (body) => canonical(body?.parts),
      save: (version, text) => this.host.call("save", { version, body: { parts: JSON.parse(text) } }),
      onChange: () => this.#show(),
    });
    this.#notes = new DraftNotes(this, this.#draft, {
      kind: "sheet",
      show: (text) => this.#said(JSON.parse(text)),
      focus: () => form.querySelector("input, textarea").focus(),
    });
    this.listen(form, "submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.listen(this.part("revise"), "click", () => this.#revise());
    for (const button of this.parts("print")) this.listen(button, "click", () => window.print());
    keepSafe(this, this.#draft);
    const ask = this.part("ask"); // only where a teacher grades: then there is a rubric to read by
    if (ask) {
      const panel = new FeedbackPanel(this, { payload: {}, work: () => this.#work(), back: () => ask.focus() });
      this.listen(ask, "click", () => panel.ask());
    }
    this.#refresh();
  }

  stop() {
    this.#draft?.leave();
    this.#draft?.stop();
  }

  #refresh() {
    return this.need("state", {}, (state) => this.#load(state));
  }

  #load(state) {
    this.state = state;
    const { version, body, saved_at: savedAt } = state.work;
    const found = this.#draft.load({ version, text: canonical(body?.parts), savedAt, canSave: state.may.save });
    this.#notes.restored = found.copy === "restored";
    this.#sheet.write(JSON.parse(this.#draft.text));
    const unsent = !state.submission || this.#draft.text !== canonical(state.submission.body?.parts);
    this.#editing = state.may.save && unsent;
    this.#layout();
    this.#show();
  }

  #layout() {
    const { submission } = this.state;
    const form = this.part("work");
    form.hidden = !this.#editing;
    this.part("handed-in").hidden = !submission || this.#editing;
    if (submission) this.part("handed-in-text").replaceChildren(...this.#said(submission.body.parts ?? {}));
    this.part("revise").hidden = !this.state.may.save;
    if (this.part("ask")) this.part("ask").hidden = !this.state.assistant;
    this.part("submit-label").textContent = say(LABELS[form.dataset.vkGraded][submission ? 1 : 0]);
    this.part("submit-hint").textContent = submission
      ? say("Wat je eerder afrondde, blijft staan tot je dit opnieuw doet.")
      : say("Je werkblad wordt vanzelf bewaard. Ook daarna kun je het nog aanpassen.");
    showResult(this, this.state);
  }

  #show() {
    const draft = this.#draft;
    // Only what came from elsewhere is written: the caret of whoever types stays where it is.
    if (draft.text && canonical(this.#sheet.read()) !== draft.text) this.#sheet.write(JSON.parse(draft.text));
    this.part("submit").disabled = this.#busy || draft.conflict !== null;
    this.part("work").inert = draft.conflict === null ? this.#busy : false;
    this.#notes.tell();
  }

  #typed() {
    this.#notes.restored = false;
    this.#error("");
    this.#draft.input(canonical(this.#sheet.read()));
  }

  #revise() {
    this.#editing = true;
    this.#layout();
    this.part("work").querySelector("input, textarea").focus();
  }

  async #submit() {
    this.#busy = true;
    this.#error("");
    this.#show();
    try {
      const state = await this.#draft.submit((version, text) => this.host.call("submit", { version, body: { parts: JSON.parse(text) } }));
      this.#busy = false;
      this.#load(state);
      this.part("result-title").focus();
    } catch (error) {
      this.#busy = false;
      this.#show();
      if (!error.code) throw error;
      if (error.code === "grading-started") return this.#refresh();
      if (error.code === "draft-stale" && this.#draft.conflict) return;
      this.#error(explain(error, { offline: say("Geen verbinding, dus nog niet afgerond. Je werkblad staat veilig op deze pagina. Probeer opnieuw zodra je weer verbinding hebt.") }));
      const [open] = error.body?.items ?? [];
      if (open) this.#sheet.find(open)?.focus();
    }
  }

  #error(text) {
    this.part("error").hidden = !text;
    this.part("error-text").textContent = text;
    for (const field of this.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  #work() {
    const parts = this.#sheet.read();
    const filled = this.#sheet.words(parts);
    return filled.length ? { parts, filled } : null;
  }

  #said(filled) {
    return said(this, this.#sheet.words(filled));
  }
}
