/**
 * The assistant's feedback on the page: what must be settled before it reads, and what it sees, in the margin of a copy
 * of the work. Serves the learner's editor and worksheet and, with evidence only, the teacher's desk.
 */

import { Assistant } from "./assistant.js";
import { later, plural, say } from "./language.js";
import { annotate, annotateSheet } from "./marks.js";
import { crisisPanel, sourceCard } from "./panels.js";

const AWAY = later("Feedback is nu niet bereikbaar. Je kunt gewoon verder schrijven, bewaren en indienen.");

const SAID = {
  away: AWAY,
  "assistant-off": later("Feedback staat voor deze opdracht uit. Je kunt gewoon verder schrijven, bewaren en indienen."),
  "assistant-preview": later("In een voorbeeldweergave geeft de meelezer geen feedback. Een lerende krijgt die wel."),
  "session-expired": later("Je sessie is verlopen. Open deze stap opnieuw vanuit je cursus om feedback te vragen; je tekst blijft staan."),
  "text-empty": later("Schrijf eerst een paar zinnen; dan is er iets om op te reageren."),
  "attempts-used": later("Je hebt voor deze opdracht alle feedback gevraagd die er is. Je docent leest je tekst zodra je indient."),
  "rate-limited": later("Je vroeg net feedback. Wacht een paar minuten en probeer opnieuw."),
};

const TEACHER = {
  away: later("De meelezer is nu niet bereikbaar. Je kunt gewoon verder beoordelen."),
  "assistant-off": later("De meelezer staat voor deze opdracht uit."),
  "session-expired": later("Je sessie is verlopen. Open deze pagina opnieuw vanuit je cursus."),
  "rate-limited": later("Je liet het laatste uur veel teksten meelezen. Wacht even en probeer opnieuw."),
};

const REDACTED = later("Nummers en adressen die naar iemand verwijzen, zijn weggelaten voor je tekst gelezen werd.");

export class FeedbackPanel {
  #element;
  #assistant;
  #work;
  #back;
  #onShow;
  #onNote;
  #teacher;
  #accepted = false;
  #stopping = null;

  /**
   * `payload` goes with `assistant-token`; `work()` gives what must be read: `{text}`, of a worksheet `{parts, filled}`
   * (as it is saved, and in words), or null when there is nothing yet; `back()` puts the focus where it came from;
   * `onShow(feedback, assistant)` hears that the work now stands in the panel too, `onNote(note, criterion)` of each note.
   */
  constructor(element, { payload, work, back, onShow = () => {}, onNote = () => {}, teacher = false }) {
    this.#element = element;
    this.#work = work;
    this.#back = back;
    this.#onShow = onShow;
    this.#onNote = onNote;
    this.#teacher = teacher;
    this.#assistant = new Assistant({ askToken: () => element.host.call("assistant-token", payload) });
  }

  /** Ask for feedback on the work as it stands, after the notice and with care for names. */
  async ask({ namesOk = false } = {}) {
    if (this.#stopping) return;
    const work = this.#work();
    if (!work) return this.#told("text-empty");
    this.#stopping = new AbortController();
    this.#wait();
    try {
      if (!this.#accepted) {
        const notice = await this.#assistant.notice(this.#stopping.signal);
        if (!notice.accepted) return this.#notice(notice);
        this.#accepted = true;
      }
      const feedback = await this.#assistant.feedback({ ...work, namesOk, signal: this.#stopping.signal });
      this.#status();
      if (feedback.crisis) this.#crisis(feedback.crisis);
      else this.#show(feedback, work);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#stopping = null;
      this.#button(false);
    }
  }

  /** Take everything away: another text is on the page. */
  clear() {
    this.#stopping?.abort();
    this.#status();
    this.#place().replaceChildren();
    this.#place().hidden = true;
  }

  #failed(error) {
    if (error.name !== "AssistantError") throw error; // a fault of ours belongs in the console
    if (error.code === "stopped") return this.#status();
    if (["notice-required", "notice-stale"].includes(error.code) && error.body.notice) return this.#notice(error.body.notice);
    if (error.code === "likely-names") return this.#names(error.body.names ?? []);
    this.#told(error.code, error.body.detail);
  }

  #place() {
    return this.#element.part("feedback");
  }

  #button(busy) {
    const button = this.#element.part("ask");
    button.setAttribute("aria-disabled", String(busy)); // not `disabled`: the focus must have somewhere to stay
  }

  #status(...nodes) {
    this.#element.part("feedback-status").replaceChildren(...nodes);
  }

  #wait() {
    this.#button(true);
    const note = this.#element.build("t-wait");
    note.slots.stop.onclick = () => {
      this.#stopping?.abort();
      this.#back();
    };
    this.#status(note);
  }

  #told(code, detail = "") {
    const known = (this.#teacher && TEACHER[code]) || SAID[code];
    const text = (known && say(known)) || detail || say(SAID.away);
    this.#status(this.#element.build("t-plain", { text }));
  }

  /** Put a panel in the place of the feedback, with the focus on its title. */
  #open(panel) {
    this.#status();
    this.#place().replaceChildren(panel);
    this.#place().hidden = false;
    panel.slots.title.focus();
    return panel;
  }

  #notice({ version, html }) {
    const panel = this.#open(this.#element.build("t-notice", { html: { html } }));
    panel.slots.yes.onclick = async () => {
      try {
        await this.#assistant.accept(version);
      } catch (error) {
        return this.#failed(error);
      }
      this.#accepted = true;
      this.#close();
      this.ask();
    };
    panel.slots.no.onclick = () => this.#close();
  }

  #names(names) {
    const items = names.map((name) => Object.assign(document.createElement("li"), { textContent: name }));
    const panel = this.#open(this.#element.build("t-names", { names: items }));
    panel.slots.no.onclick = () => this.#close();
    panel.slots.yes.onclick = () => {
      this.#close();
      this.ask({ namesOk: true });
    };
  }

  #close() {
    this.#place().replaceChildren();
    this.#place().hidden = true;
    this.#back();
  }

  #crisis(crisis) {
    this.#open(crisisPanel(this.#element, crisis));
  }

  #show(feedback, work) {
    const { by, criteria, sources, attempts, redacted } = feedback;
    const visible = criteria.filter((criterion) => criterion.visible);
    const missing = criteria.filter((criterion) => !criterion.visible);
    const quotes = visible.map(({ quote }) => quote);
    const { paragraphs, parts, loose } = work.filled ? annotateSheet(work.filled, quotes) : annotate(work.text, quotes);
    const note = (index) => this.#note(visible[index], { number: index + 1, quoted: loose.includes(index) });
    const panel = this.#element.build("t-feedback", {
      by: `${by.name}. ${by.says}`,
      redacted: redacted.length ? say(REDACTED) : null,
      text: parts ? parts.map((part) => this.#part(part, note)) : paragraphs.map((row) => this.#row(row, note)),
      "loose-list": loose.map(note),
      "missing-list": missing.map((criterion) => this.#note(criterion, { number: null, quoted: false })),
      "source-list": sources.map((source) => sourceCard(this.#element, source)),
      attempts: this.#teacher || !attempts ? null : left(attempts),
    });
    if (this.#teacher || JSON.stringify(this.#work()) === JSON.stringify(work)) panel.slots.older.remove();
    if (!loose.length) panel.slots.loose.remove();
    if (!missing.length) panel.slots.missing.remove();
    if (!sources.length) panel.slots.sources.remove();
    if (!feedback.proposals) panel.slots.proposes?.remove();
    this.#onShow(feedback, this.#assistant);
    this.#open(panel);
  }

  #part({ title, fields }, note) {
    const rows = fields.flatMap(({ label, paragraphs }) =>
      paragraphs.map((row, index) => this.#row(row, note, index ? null : label)),
    );
    return this.#element.build("t-marked-part", { title, rows });
  }

  #row({ segments, notes }, note, label = null) {
    const pieces = segments.flatMap(({ text, notes: covering, ends }) => {
      if (!covering.length) return [text];
      const mark = document.createElement("mark");
      mark.className = "vk-mark";
      mark.textContent = text;
      return [mark, ...ends.map((index) => Object.assign(document.createElement("sup"), { className: "vk-number", textContent: index + 1 }))];
    });
    return this.#element.build("t-paragraph", { label, text: pieces, notes: notes.map(note) });
  }

  #note(criterion, { number, quoted }) {
    const { title, quote, remark, question, next_step: next } = criterion;
    const learner = !this.#teacher;
    const note = this.#element.build("t-note", {
      title,
      number: number === null ? null : String(number),
      quote: quoted && quote ? quote : null,
      remark: remark || null,
      question: (learner && question) || null,
      next: (learner && next) || null,
    });
    this.#onNote(note, criterion);
    return note;
  }
}

function left({ used, allowed }) {
  const rest = allowed - used;
  if (rest <= 0) return say("Dit was de laatste keer dat je voor deze opdracht feedback kon vragen.");
  return plural("Je kunt nog één keer feedback vragen.", "Je kunt nog {n} keer feedback vragen.", rest);
}
