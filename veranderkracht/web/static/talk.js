/** One conversation on the page: what was said, the answer as it comes, and a message that is never lost. */

import { build } from "./element.js";
import { say } from "./language.js";
import { crisisPanel } from "./panels.js";
import { markdown, messageItem } from "./said.js";
import { SessionCopy } from "./session-copy.js";
import { sessionStorageIfAny } from "./draft-notes.js";
import { explain } from "./talk-words.js";

export class Talk {
  #element;
  #assistant;
  #conversation;
  #panel;
  #copy;
  #stopping = null;
  #leave;

  /** `draft()` gives the learner's own text at this step, or ""; `leave()` hears that the conversation is gone. */
  constructor(element, assistant, conversation, { by, draft, leave, notice }) {
    this.#element = element;
    this.#assistant = assistant;
    this.#conversation = conversation;
    this.#leave = leave;
    this.#copy = new SessionCopy(sessionStorageIfAny(), `${element.host.key}:talk:${conversation.id}`);
    this.draft = draft;
    this.notice = notice;
    this.#panel = element.build("t-talk", { title: conversation.title, by: `${by.name}. ${by.says}` });
    const { slots } = this.#panel;
    slots.text.value = this.#copy.read()?.text ?? "";
    slots.share.hidden = !draft();
    slots.name.value = conversation.title;
    this.#wire(slots);
    this.#show();
  }

  get panel() {
    return this.#panel;
  }

  get #path() {
    return `/v1/conversations/${this.#conversation.id}`;
  }

  stop() {
    this.#stopping?.abort();
  }

  focus() {
    this.#panel.slots.text.focus();
  }

  #wire(slots) {
    slots.form.onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
    slots.text.oninput = () => this.#copy.keep(slots.text.value, "");
    slots.text.onkeydown = (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.#send();
      }
    };
    slots.stop.onclick = () => this.stop();
    slots.person.onclick = () => this.#ask();
    slots["question-no"].onclick = () => this.#ask(false);
    slots.question.onsubmit = (event) => {
      event.preventDefault();
      this.#passOn();
    };
    slots.rename.onsubmit = (event) => {
      event.preventDefault();
      this.#rename(slots.name.value.trim());
    };
    slots.docx.onclick = () => this.#save("docx");
    slots.markdown.onclick = () => this.#save("md");
    slots.remove.onclick = () => this.#remove();
  }

  #show() {
    const { messages, opening } = this.#conversation;
    const first = this.#element.build("t-message", { by: say("Assistent"), text: opening, state: null });
    first.classList.add("is-assistant");
    first.slots.acts.remove();
    const items = messages.map((message, index) => this.#item(message, index === messages.length - 1));
    this.#panel.slots.said.replaceChildren(first, ...items);
  }

  #item(message, last) {
    return messageItem(this.#element, message, {
      retry: last ? () => this.#retry() : null,
      thumb: (value, reason = null, note = "") =>
        this.#try(() => this.#assistant.ask("POST", `${this.#path}/messages/${message.id}/thumb`, { value, reason, note })),
      told: (text) => this.#told(text),
    });
  }

  async #send({ namesOk = false } = {}) {
    const { text } = this.#panel.slots;
    const said = text.value.trim();
    if (this.#stopping) return;
    if (!said) {
      this.#told(explain("text-empty"));
      return text.focus();
    }
    const own = { id: "", by: "learner", text: said, state: "done", at: "", sources: [], thumb: null };
    const heard = await this.#hear(`${this.#path}/messages`, { text: said, ...this.#shared(), ...(namesOk && { names_ok: true }) }, own);
    if (heard === "kept") {
      this.#copy.forget();
      text.value = "";
    } else if (heard?.names) {
      this.#names(heard.names);
    } else if (heard?.notice) {
      this.notice(heard.notice, () => this.#send());
    }
  }

  #retry() {
    this.#hear(`${this.#path}/retry`, this.#shared(), null);
  }

  #shared() {
    const { draft } = this.#panel.slots;
    return draft?.checked ? { draft: this.draft() } : {};
  }

  /** Hear one answer; gives `kept` when the service has what was said, or what must be settled first. */
  async #hear(path, body, own) {
    const { slots } = this.#panel;
    const waiting = build(this.#element, "t-wait");
    const answer = { id: "", by: "assistant", text: "", state: "done", at: "", sources: [], thumb: null };
    let item = waiting;
    let kept = false;
    let fault = null;
    this.#busy(true);
    slots.between.replaceChildren();
    if (!own) slots.said.lastElementChild?.remove();
    this.#told("");
    const ownItem = own && this.#item(own, false);
    slots.said.append(...(ownItem ? [ownItem] : []), waiting);
    waiting.scrollIntoView({ block: "nearest" });
    const show = () => {
      item.slots.text.replaceChildren(markdown(answer.text));
    };
    const hear = {
      message: () => (kept = true),
      token: ({ text }) => {
        if (item === waiting) {
          item = this.#element.build("t-message", { by: say("Assistent"), state: null });
          item.classList.add("is-assistant");
          item.slots.acts.hidden = true;
          waiting.replaceWith(item);
        }
        answer.text += text;
        show();
      },
      sources: ({ sources }) => (answer.sources = sources),
      unanswered: () => this.#ask(true, own?.text ?? ""),
      crisis: ({ crisis }) => this.#crisis(crisis),
      error: (problem) => (fault = { code: problem.code, body: problem }),
      done: ({ message }) => Object.assign(answer, message ?? {}),
    };
    try {
      await this.#assistant.stream(path, body, (name, data) => hear[name]?.(data), this.#stopping.signal);
    } catch (error) {
      if (error.name !== "AssistantError") throw error;
      fault = error;
    } finally {
      this.#stopping = null;
      this.#busy(false);
    }
    if (fault) answer.state = fault.code === "stopped" ? "stopped" : "failed";
    if (kept) {
      if (own) this.#conversation.messages.push({ ...own });
      else this.#conversation.messages.pop();
      this.#conversation.messages.push(answer);
      item.replaceWith(this.#item(answer, true));
      this.#element.part("aloud").textContent = fault ? "" : item.slots?.text.textContent ?? answer.text;
    } else {
      item.remove();
      ownItem?.remove();
      if (!own) slots.said.append(this.#item(this.#conversation.messages.at(-1), true));
    }
    if (!fault) return kept ? "kept" : null;
    const { code, body: told = {} } = fault;
    if (code === "likely-names") return { names: told.names ?? [] };
    if (["notice-required", "notice-stale"].includes(code) && told.notice) return { notice: told.notice };
    if (code !== "stopped") this.#told(explain(code, told.detail));
    return kept ? "kept" : null;
  }

  #busy(busy) {
    const { slots } = this.#panel;
    this.#stopping = busy ? new AbortController() : null;
    slots.send.setAttribute("aria-disabled", String(busy));
    slots.stop.hidden = !busy;
    if (busy) this.#element.part("aloud").textContent = say("De assistent schrijft een antwoord.");
    else if (document.activeElement === document.body || document.activeElement === slots.stop) slots.text.focus();
  }

  #told(text) {
    this.#panel.slots.told.textContent = text;
  }

  #names(names) {
    const items = names.map((name) => Object.assign(document.createElement("li"), { textContent: name }));
    const panel = this.#element.build("t-names", { names: items });
    this.#panel.slots.between.replaceChildren(panel);
    panel.slots.title.focus();
    const close = () => {
      panel.remove();
      this.focus();
    };
    panel.slots.no.onclick = close;
    panel.slots.yes.onclick = () => {
      close();
      this.#send({ namesOk: true });
    };
  }

  #crisis(crisis) {
    const panel = crisisPanel(this.#element, crisis);
    this.#panel.slots.between.replaceChildren(panel);
    panel.slots.title.focus();
  }

  /** Offer to pass a question on; `text` is put in when there is none yet. */
  #ask(open = true, text = "") {
    const { slots } = this.#panel;
    slots.question.hidden = !open;
    if (!open) return slots.person.focus();
    slots["question-text"].value ||= text;
    if (!this.#stopping) slots["question-text"].focus();
  }

  async #passOn() {
    const { slots } = this.#panel;
    const text = slots["question-text"].value.trim();
    if (!text) return slots["question-text"].focus();
    let passed = null;
    if (!(await this.#try(async () => (passed = await this.#assistant.ask("POST", `${this.#path}/question`, { text }))))) return;
    slots["question-text"].value = "";
    this.#ask(false);
    this.#told(say("Je vraag is voorgelegd. Het antwoord vind je bij ‘Mijn vragen’."));
    if (passed.crisis) this.#crisis(passed.crisis);
  }

  async #rename(title) {
    if (!title || !(await this.#try(() => this.#assistant.ask("POST", `${this.#path}/title`, { title })))) return;
    this.#conversation.title = title;
    this.#panel.slots.title.textContent = title;
    this.#told(say("Het gesprek heeft een andere naam."));
  }

  async #save(kind) {
    await this.#try(async () => {
      const address = URL.createObjectURL(await this.#assistant.file(`${this.#path}/export.${kind}`));
      Object.assign(document.createElement("a"), { href: address, download: `gesprek.${kind}` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
    });
  }

  #remove() {
    const { slots } = this.#panel;
    const sure = this.#element.build("t-sure", { text: say("Wissen kan niet ongedaan worden gemaakt."), yes: say("Wis dit gesprek") });
    slots.sure.replaceChildren(sure);
    sure.slots.text.focus();
    sure.slots.no.onclick = () => {
      sure.remove();
      slots.remove.focus();
    };
    sure.slots.yes.onclick = async () => {
      if (!(await this.#try(() => this.#assistant.ask("DELETE", this.#path)))) return;
      this.#copy.forget();
      this.#leave();
    };
  }

  /** Do something with the service; say it when it fails, and give whether it did not. */
  async #try(act) {
    try {
      await act();
      return true;
    } catch (error) {
      if (error.name !== "AssistantError") throw error;
      this.#told(explain(error.code, error.body.detail));
      return false;
    }
  }
}
