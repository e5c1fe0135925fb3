/** What every element shares: its parts by name, templates, its host, and the one place where trouble is told. */

import { say } from "./language.js";
import { adopt } from "./safe-html.js";
import { exact, near } from "./moments.js";

/** Give the first element below `root` that the server's HTML calls `name`. */
export const part = (root, name) => root.querySelector(`[data-vk="${name}"]`);

export const parts = (root, name) => [...root.querySelectorAll(`[data-vk="${name}"]`)];

/**
 * Clone the template called `name` and fill its slots: text, nodes, `{html}` for HTML from the host, `{at}` for a moment;
 * null takes the slot away. Gives the element; `slots` on it finds each slot by name.
 */
export function build(root, name, values = {}) {
  const made = part(root, name).content.cloneNode(true).firstElementChild;
  const slots = {};
  const named = [made, ...made.querySelectorAll("[data-slot]")].filter((slot) => slot.dataset.slot);
  for (const slot of named) {
    const key = slot.dataset.slot;
    slots[key] = slot;
    if (!(key in values)) continue;
    const value = values[key];
    if (value === null || value === undefined || value === "") slot.remove();
    else if (Object.hasOwn(value, "at")) Object.assign(slot, { textContent: near(value.at), dateTime: value.at, title: exact(value.at) });
    else if (Object.hasOwn(value, "html")) slot.replaceChildren(adopt(value.html));
    else slot.replaceChildren(...[value].flat());
  }
  made.slots = slots;
  return made;
}

/** Set running text as paragraphs. */
export function paragraphs(text) {
  return text.split(/\n+/).filter((line) => line.trim()).map((line) => {
    const made = document.createElement("p");
    made.textContent = line;
    return made;
  });
}

/** What to tell about an error that nothing on the page can settle by itself. */
export function explain(error, { offline = say("Geen verbinding. Kijk je internet na en probeer opnieuw.") } = {}) {
  if (error.code === "offline") return offline;
  if (error.code === "session-expired") {
    return say("Je sessie is verlopen. Meld je opnieuw aan in een ander tabblad, of open deze stap opnieuw vanuit je cursus.");
  }
  return error.detail || say("Dit lukt nu niet. Probeer het straks opnieuw; er is niets verloren.");
}

export class VkElement extends HTMLElement {
  #host = null;
  #listening = null;
  state = null;

  get host() {
    return this.#host;
  }

  set host(host) {
    this.#host = host;
    if (this.isConnected) this.#begin();
  }

  connectedCallback() {
    if (this.#host) this.#begin();
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.stop();
  }

  /** Called once the host is known; `listen` ends by itself when the element leaves the page. */
  start() {}

  stop() {}

  part(name) {
    return part(this, name);
  }

  parts(name) {
    return parts(this, name);
  }

  build(name, values) {
    return build(this, name, values);
  }

  listen(target, type, act) {
    target.addEventListener(type, act, { signal: this.#listening.signal });
  }

  /** Tell of trouble above the work; with `retry`, offer to try again. An empty text takes it away. */
  trouble(text, retry = null) {
    this.part("trouble").hidden = !text;
    this.part("trouble-text").textContent = text;
    const button = this.part("trouble-retry");
    button.hidden = !retry;
    button.onclick = retry;
  }

  /** Get something from the host that the element cannot do without; on failure say so, and offer to try again. */
  async need(op, payload, use) {
    try {
      const answer = await this.#host.call(op, payload);
      this.trouble("");
      await use(answer);
    } catch (error) {
      if (!error.code) throw error; // a fault of ours belongs in the console
      this.trouble(explain(error), () => this.need(op, payload, use));
    }
  }

  #begin() {
    this.#listening?.abort();
    this.#listening = new AbortController();
    this.start();
  }
}
