/** The teacher's desk: who waits, one piece of work with the rubric beside it, and on to the next. */

import { written } from "./decimals.js";
import { explain, paragraphs, VkElement } from "./element.js";
import { later, plural, say } from "./language.js";
import { adopt } from "./safe-html.js";
import { FeedbackPanel } from "./feedback.js";
import { GradebookPanel } from "./gradebook.js";
import { GradingForm } from "./grading.js";
import { MissingPanel } from "./missing.js";
import { near } from "./moments.js";
import { ReadAlong } from "./read-along.js";
import { said } from "./sheet.js";

const STATUS = {
  waiting: later("Wacht op jou"),
  held: later("Bewaard, nog niet getoond"),
  published: later("Gepubliceerd"),
};

const ANEW =
  later("Dit is een nieuwe versie. Wat je bij de vorige koos en schreef, staat nog in het formulier: kijk na of het nog klopt.");

export class VkDesk extends VkElement {
  #items = [];
  #work = null; // the answer of `work` for the piece that is open
  #form = null;
  #panel = null;
  #along = null; // what the teacher does with a reading of the work that is open
  #alongs = new Map(); // the same of the works that were opened before, by submission
  #gradebook = null;
  #missing = null;
  #arrived = false; // whether the queue was shown before
  #busy = false;
  #aside = new Map(); // unsaved forms with their submission, by learner, for as long as the page is open

  start() {
    this.#form = new GradingForm(this, {
      onChange: () => this.#error(""),
      onLevel: (criterion, level) => this.#along?.chose(criterion, level),
    });
    this.#gradebook = new GradebookPanel(this, { onChange: (states) => this.#stand(states) });
    this.#missing = new MissingPanel(this);
    this.listen(this.part("back"), "click", () => this.#toQueue());
    this.listen(this.part("next"), "click", () => this.#open(this.#waiting().submission));
    this.listen(this.part("grading"), "submit", (event) => {
      event.preventDefault();
      this.#assess(true);
    });
    this.listen(this.part("hold"), "click", () => this.#assess(false));
    this.listen(this.part("ask"), "click", () => this.#panel.ask());
    this.listen(window, "beforeunload", (event) => {
      if (this.#form.dirty || this.#aside.size) event.preventDefault();
    });
    this.#load();
  }

  stop() {
    this.#gradebook?.stop();
    this.#missing?.stop();
  }

  #load() {
    return this.need("queue", {}, (queue) => this.#showQueue(queue));
  }

  #showQueue({ items, gradebook, missing, about }) {
    this.#items = items;
    this.#gradebook.able = gradebook === true;
    this.#drawQueue();
    this.part("queue").hidden = false;
    this.#missing.show(missing);
    this.part("desk-work").hidden = true;
    const first = !this.#arrived;
    this.#arrived = true;
    this.part("about-none").hidden = !(first && about && !about.submission);
    if (!first || !about) return undefined;
    if (about.submission) return this.#open(about.submission);
    this.part("about-text").textContent = say("{name} heeft hier nog niets ingediend.", { name: about.name });
    return undefined;
  }

  #tally() {
    const waiting = this.#items.filter(({ status }) => status === "waiting").length;
    this.part("tally").textContent = !this.#items.length
      ? ""
      : waiting
        ? plural("{n} werk wacht op jou", "{n} werken wachten op jou", waiting)
        : say("Alles is gelezen");
  }

  #drawQueue() {
    this.#tally();
    this.part("queue-empty").hidden = this.#items.length > 0;
    this.querySelector(".vk-table").hidden = !this.#items.length;
    this.part("queue-rows").replaceChildren(...this.#items.map((item) => this.#row(item)));
    this.#gradebook.show(this.#items);
  }

  #row(item) {
    const { submission, learner, name, number, submitted_at: at, words, status, score, maximum } = item;
    const row = this.build("t-row", {
      name,
      number: number > 1 ? say("{number}e versie", { number }) : null,
      when: { at },
      words: words ? String(words) : "–",
      status: this.#aside.has(learner) ? say("Nog niet bewaard") : STATUS[status] ? say(STATUS[status]) : status,
      sync: this.#gradebook.lines(item),
      score: score === null || score === undefined ? "–" : `${written(score)} / ${written(maximum)}`,
    });
    row.dataset.vkStatus = status;
    for (const cell of [row.slots.words, row.slots.score]) cell.classList.toggle("is-none", cell.textContent === "–");
    row.slots.name.onclick = () => this.#open(submission);
    return row;
  }

  #waiting() {
    const open = this.#work?.submission;
    return this.#items.find(({ submission, status }) => status === "waiting" && submission !== open?.id);
  }

  #open(submission) {
    this.#putAside();
    return this.need("work", { submission }, (work) => this.#showWork(submission, work));
  }

  #showWork(id, work) {
    const item = this.#items.find(({ submission }) => submission === id);
    this.#work = { ...work, submission: { ...item, ...work.submission, sync: work.sync, id } };
    const { submission, assessment } = this.#work;
    this.part("queue").hidden = true;
    this.part("missing-jump").hidden = true;
    this.part("queue-rows").replaceChildren(); // fetched again on the way back
    this.part("desk-work").hidden = false;
    this.part("stale").replaceChildren();
    this.part("grading-status").replaceChildren();
    for (const status of this.parts("gradebook-status")) status.textContent = "";
    this.#error("");
    this.part("who").textContent = submission.name;
    const about = [say("Ingediend {when}", { when: near(submission.submitted_at) })];
    if (submission.words) about.push(`${submission.words} woorden`);
    if (submission.number > 1) about.push(say("{number}e versie", { number: submission.number }));
    this.part("about").textContent = about.join(" · ");
    this.part("asked").replaceChildren(adopt(work.prompt_html ?? ""));
    this.part("asked").parentElement.hidden = !work.prompt_html;
    this.part("choices").hidden = !submission.answers?.length;
    this.part("answers").replaceChildren(...(submission.answers ?? []).map((answer) => this.#answer(answer)));
    const text = submission.body?.text ?? "";
    this.part("body").replaceChildren(...(submission.filled ? said(this, submission.filled) : paragraphs(text)));
    this.part("body").hidden = !text && !submission.filled;
    const read = submission.filled ? { parts: submission.body.parts ?? {}, filled: submission.filled } : { text };
    this.part("ask").hidden = !(text || submission.filled) || !work.assistant;
    this.#panel?.clear();
    this.#along?.close();
    this.#along = this.#alongs.get(id) ?? new ReadAlong(this.#form);
    this.#alongs.set(id, this.#along);
    this.#panel = new FeedbackPanel(this, {
      payload: { submission: id },
      work: () => read,
      back: () => this.part("ask").focus(),
      onShow: (feedback, assistant) => {
        this.part("body").hidden = true; // the panel has it, with the evidence marked
        this.#along.load(feedback, assistant);
      },
      onNote: (note, criterion) => this.#along.note(note, criterion),
      teacher: true,
    });
    this.#form.load(work.rubric, assessment);
    this.#takeUp(submission);
    this.#controls();
    this.part("who").focus();
  }

  #answer({ prompt_html: html, choice }) {
    return this.build("t-answer", { prompt: { html }, choice });
  }

  #controls() {
    const published = Boolean(this.#work.assessment?.published_at);
    this.part("publish-label").textContent = published ? say("Opnieuw publiceren") : say("Publiceren");
    this.part("hold").hidden = published;
    this.part("grading-hint").textContent = published
      ? say("Deze beoordeling is zichtbaar. Wat je wijzigt, wordt zichtbaar als je opnieuw publiceert.")
      : say("Bij het publiceren ziet de lerende niveaus en opmerkingen, en gaat de score naar het puntenboek.");
    this.part("next").hidden = !this.#waiting();
    this.#showSync();
  }

  #showSync() {
    const { submission, assessment } = this.#work;
    const status = assessment?.published_at ? "published" : "waiting";
    const lines = this.#gradebook.lines({ ...submission, submission: submission.id, status }, { full: true });
    this.part("work-sync").replaceChildren(...lines);
  }

  /** Take in how scores stand now, by submission, and draw what shows it. */
  #stand(states) {
    this.#items = this.#items.map((item) => ({ ...item, sync: states[item.submission] ?? item.sync }));
    if (this.part("desk-work").hidden) return this.#drawQueue();
    this.#work.submission.sync = states[this.#work.submission.id] ?? this.#work.submission.sync;
    return this.#showSync();
  }

  #putAside() {
    if (this.#work && !this.part("desk-work").hidden && this.#form.dirty) {
      const { learner, id } = this.#work.submission;
      this.#aside.set(learner, { id, values: this.#form.values });
    }
  }

  /** Put back what was chosen and written but not saved, also when the learner handed in anew meanwhile. */
  #takeUp({ learner, id }) {
    const unsaved = this.#aside.get(learner);
    if (!unsaved) return;
    this.#aside.delete(learner);
    this.#form.fill(unsaved.values);
    if (unsaved.id !== id) this.part("stale").replaceChildren(this.build("t-plain", { text: say(ANEW) }));
  }

  async #toQueue() {
    this.#putAside();
    const id = this.#work.submission.id;
    this.#form.settle();
    this.#panel.clear();
    await this.#load();
    const row = this.#items.findIndex(({ submission }) => submission === id);
    (this.part("queue-rows").rows[row]?.querySelector("button") ?? this.part("desk-title")).focus();
  }

  #error(text) {
    this.part("error").hidden = !text;
    this.part("error-text").textContent = text;
  }

  async #assess(publish) {
    if (this.#busy) return;
    const missing = publish ? this.#form.missing() : [];
    if (missing.length) return this.#error(say("Kies nog een niveau voor: {criteria}. Daarna kun je publiceren.", { criteria: missing.join(", ") }));
    const { submission, version } = this.#work;
    this.#busy = true;
    this.#error("");
    try {
      const answer = await this.host.call("assess", { submission: submission.id, version, ...this.#form.values, publish });
      Object.assign(this.#work, { assessment: answer.assessment, version: answer.version });
      this.#work.submission.sync = answer.item.sync;
      this.#form.settle();
      this.#along.report(this.#form.values);
      this.#items = this.#items.map((item) => (item.submission === submission.id ? { ...item, ...answer.item } : item));
      this.#tally();
      this.#controls();
      this.#gradebook.look([answer.item]);
      this.#after(publish);
    } catch (error) {
      if (!error.code) throw error;
      if (error.code === "assessment-stale") await this.#stale();
      else this.#error(explain(error, { offline: say("Geen verbinding, dus nog niet bewaard. Je beoordeling staat nog op deze pagina. Probeer zo opnieuw.") }));
    } finally {
      this.#busy = false;
    }
  }

  #after(published) {
    const { name } = this.#work.submission;
    const next = this.#waiting();
    const said = published ? say("Gepubliceerd: {name} ziet de beoordeling.", { name }) : say("Bewaard. {name} ziet nog niets.", { name });
    const note = this.build("t-saved", { text: said, next: next ? say("Volgende: {name}", { name: next.name }) : say("Naar alle inzendingen") });
    note.slots.next.onclick = () => (next ? this.#open(next.submission) : this.#toQueue());
    this.part("grading-status").replaceChildren(note);
    note.slots.next.focus();
  }

  /** A colleague saved first: show theirs, keep mine in the form, and let the teacher decide. */
  async #stale() {
    const id = this.#work.submission.id;
    await this.need("work", { submission: id }, (work) => {
      Object.assign(this.#work, { assessment: work.assessment, version: work.version });
      const theirs = this.#form.differences(work.assessment);
      const panel = this.build("t-stale", {
        theirs: theirs.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
      });
      const close = () => {
        this.part("stale").replaceChildren();
        this.part("publish").focus();
      };
      panel.slots["keep-theirs"].onclick = () => {
        this.#form.fill(work.assessment);
        this.#form.settle();
        close();
      };
      panel.slots["keep-mine"].onclick = close;
      this.part("stale").replaceChildren(panel);
      this.#controls();
      panel.slots.title.focus();
    });
  }
}
