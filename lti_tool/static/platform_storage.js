/**
 * A platform's storage, reached by messages to its window, for browsers that keep no cookie in a frame.
 * Sources: 1EdTech LTI Client Side postMessages 0.1 and LTI postMessage Storage 0.1.
 */

const PATIENCE = 3000; // ms that a platform may take over an answer

export class StorageFault extends Error {}

export class PlatformStorage {
  #target;
  #origin;
  #host;
  #timers;

  /**
   * `target`: `_parent`, or the name of a frame beside ours, as the platform's `lti_storage_target` says.
   * `origin`: of the platform's login address; nothing goes to another, and no answer of another counts.
   */
  constructor({ target, origin, host = globalThis.window, timers = globalThis }) {
    this.#target = target;
    this.#origin = new URL(origin).origin;
    this.#host = host;
    this.#timers = timers;
  }

  /** Keep a value; rejects with a StorageFault when the platform does not say that it did. */
  async put(key, value) {
    await this.#ask("lti.put_data", { key, value });
  }

  /** Give a value, or an empty string when the platform knows none. */
  async get(key) {
    const { value } = await this.#ask("lti.get_data", { key });
    return typeof value === "string" ? value : "";
  }

  /** Have a value thrown away; nobody waits for it. */
  drop(key) {
    this.put(key, null).catch(() => {});
  }

  #ask(subject, fields) {
    return new Promise((resolve, reject) => {
      const frame = this.#frame();
      if (!frame) {
        reject(new StorageFault("no such frame"));
        return;
      }
      const message_id = globalThis.crypto.randomUUID();
      const end = (settle, value) => {
        this.#timers.clearTimeout(timer);
        this.#host.removeEventListener("message", hear);
        settle(value);
      };
      const hear = ({ origin, data }) => {
        if (origin !== this.#origin || typeof data !== "object" || data === null) return;
        if (data.message_id !== message_id || data.subject !== `${subject}.response`) return;
        if (data.error) end(reject, new StorageFault(String(data.error.code)));
        else end(resolve, data);
      };
      const timer = this.#timers.setTimeout(() => end(reject, new StorageFault("no answer")), PATIENCE);
      this.#host.addEventListener("message", hear);
      frame.postMessage({ subject, message_id, ...fields }, this.#origin);
    });
  }

  #frame() {
    try {
      const parent = this.#host.parent;
      const frame = this.#target === "_parent" ? parent : parent.frames[this.#target];
      return frame !== this.#host && typeof frame?.postMessage === "function" ? frame : null;
    } catch {
      return null; // a browser refuses to look for a frame that is not there
    }
  }
}
