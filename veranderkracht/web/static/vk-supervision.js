/** The assistant below a step: choosing what to talk about, earlier conversations, own questions and own data. */

import { Assistant } from "./assistant.js";
import { sessionStorageIfAny } from "./draft-notes.js";
import { paragraphs, VkElement } from "./element.js";
import { say } from "./language.js";
import { Talk } from "./talk.js";
import { explain } from "./talk-words.js";

const OPEN = "vk:talk-open:";

export class VkSupervision extends VkElement {
  #assistant = null;
  #offered = null;
  #talk = null;

  start() {
    this.#assistant = new Assistant({ askToken: () => this.host.call("assistant-token", {}) });
    const panel = this.part("panel");
    const { key } = this.host;
    this.listen(panel, "toggle", () => {
      remember(key, panel.open);
      if (panel.open && !this.#offered) this.#begin();
    });
    const views = { choose: () => this.#choose(), history: () => this.#history(), questions: () => this.#questions(), mine: () => this.#mine() };
    for (const [name, show] of Object.entries(views)) this.listen(this.part(name), "click", () => this.#attempt(show));
    if (panel.open) this.#begin(); // somebody was quicker than the host
    else if (wasOpen(key)) panel.open = true;
  }

  stop() {
    this.#talk?.stop();
  }

  async #begin() {
    await this.#attempt(async () => {
      this.#offered = await this.#assistant.ask("GET", "/v1/profiles");
      const notice = await this.#assistant.notice();
      if (notice.accepted) await this.#choose({ focus: false });
      else this.#notice(notice, () => this.#choose());
    }, () => this.#begin());
  }

  /** Do something with the service; on failure say so above it, with a way to try again. */
  async #attempt(act, again = () => this.#attempt(act)) {
    try {
      this.trouble("");
      await act();
    } catch (error) {
      if (error.name !== "AssistantError") throw error;
      if (error.body.notice) return this.#notice(error.body.notice, again);
      this.trouble(explain(error.code, error.body.detail), again);
    }
  }

  #put(view, { focus = true } = {}) {
    this.#talk?.stop();
    this.#talk = null;
    this.part("nav").hidden = false;
    this.part("place").replaceChildren(view);
    if (focus) view.slots.title.focus();
    return view;
  }

  #notice({ version, html }, then) {
    const view = this.#put(this.build("t-notice", { html: { html } }));
    this.part("nav").hidden = true;
    view.slots.no.onclick = () => {
      this.part("panel").open = false;
      this.part("panel").querySelector("summary").focus();
      this.#offered = null;
    };
    view.slots.yes.onclick = () =>
      this.#attempt(async () => {
        await this.#assistant.accept(version);
        await then();
      });
  }

  async #choose(how) {
    const { profiles, by } = this.#offered;
    const cards = profiles.map(({ id, title, about }) => {
      const card = this.build("t-profile", { name: title, about });
      card.slots.choose.onclick = () =>
        this.#attempt(async () => {
          const made = await this.#assistant.ask("POST", "/v1/conversations", ({ snapshot }) => ({ profile: id, snapshot }));
          this.#open(made);
        });
      return card;
    });
    this.#put(this.build("t-choose", { profiles: cards, by: `${by.name}. ${by.says}` }), how);
  }

  #open(conversation) {
    const talk = new Talk(this, this.#assistant, conversation, {
      by: this.#offered.by,
      draft: () => this.#draft(),
      leave: () => this.#attempt(() => this.#history()),
      notice: (notice, then) => this.#notice(notice, () => {
        this.#open(conversation);
        return then();
      }),
    });
    this.#put(talk.panel, { focus: false });
    this.#talk = talk;
    talk.focus();
  }

  /** What the learner is writing at the step above, if they write there. */
  #draft() {
    return this.previousElementSibling?.querySelector("textarea[data-vk='text']")?.value.trim() ?? "";
  }

  async #history() {
    const { conversations } = await this.#assistant.ask("GET", "/v1/conversations");
    const names = Object.fromEntries(this.#offered.profiles.map(({ id, title }) => [id, title]));
    const lines = conversations.map(({ id, title, profile, changed_at: at }) => {
      const line = this.build("t-history-line", { open: title, profile: names[profile] ?? say("Gesprek"), at: { at } });
      line.slots.open.onclick = () => this.#attempt(async () => this.#open(await this.#assistant.ask("GET", `/v1/conversations/${id}`)));
      return line;
    });
    this.#put(this.build("t-history", { list: lines, ...(lines.length && { none: null }) }));
  }

  async #questions() {
    const { questions } = await this.#assistant.ask("GET", "/v1/questions");
    const lines = questions.map(({ text, asked_at: at, answer }) =>
      this.build("t-question-line", {
        text: paragraphs(text), at: { at }, answer: answer && paragraphs(answer), ...(answer && { waiting: null }),
      }),
    );
    this.#put(this.build("t-questions", { list: lines, ...(lines.length && { none: null }) }));
  }

  async #mine() {
    const { html } = await this.#assistant.notice();
    const { slots } = this.#put(this.build("t-mine", { html: { html } }));
    slots.export.onclick = () =>
      this.#attempt(async () => {
        const file = new Blob([JSON.stringify(await this.#assistant.ask("GET", "/v1/me"), null, 2)], { type: "application/json" });
        const address = URL.createObjectURL(file);
        Object.assign(document.createElement("a"), { href: address, download: "mijn-gegevens.json" }).click();
        setTimeout(() => URL.revokeObjectURL(address), 10000);
      });
    slots.withdraw.onclick = () =>
      this.#sure(slots, say("De assistent leest dan niets meer van je. Wat er al is, blijft staan tot je het wist."), say("Trek mijn toestemming in"), "/v1/notice");
    slots.erase.onclick = () =>
      this.#sure(slots, say("Al je gesprekken en vragen verdwijnen voorgoed. Wat je indiende bij je docent, blijft."), say("Wis alles van mij"), "/v1/me");
  }

  #sure(slots, text, yes, path) {
    const sure = this.build("t-sure", { text, yes });
    slots.sure.replaceChildren(sure);
    sure.slots.text.focus();
    sure.slots.no.onclick = () => sure.remove();
    sure.slots.yes.onclick = () =>
      this.#attempt(async () => {
        await this.#assistant.ask("DELETE", path);
        await this.#begin();
      });
  }
}

function remember(key, open) {
  try {
    sessionStorageIfAny()?.setItem(OPEN + key, open ? "yes" : "no");
  } catch {
    // Full or blocked: the panel then opens closed, and nothing is lost.
  }
}

function wasOpen(key) {
  try {
    return sessionStorageIfAny()?.getItem(OPEN + key) === "yes";
  } catch {
    return false;
  }
}
