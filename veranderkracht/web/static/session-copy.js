/**
 * The copy of a text that lives as long as the browser's tab: `{text, base}`, where `base` is the text that the host held.
 *
 * A browser may refuse its storage (full, or blocked in a frame); the copy then lives as long as the page.
 */

const PREFIX = "vk:draft:";

export class SessionCopy {
  #storage;
  #key;
  #latest = null; // what this page itself kept last, whatever the storage did with it
  lasting = false; // whether the storage took it, so that the tab's next page finds it

  constructor(storage, key) {
    this.#storage = storage;
    this.#key = PREFIX + key;
  }

  keep(text, base) {
    this.#latest = { text, base };
    this.lasting = this.#attempt((storage) => {
      storage.setItem(this.#key, JSON.stringify(this.#latest));
      return true;
    }) === true;
  }

  forget() {
    this.#latest = null;
    this.#attempt((storage) => storage.removeItem(this.#key));
  }

  /** Give the copy, or null when there is none that we can read. */
  read() {
    if (this.#latest) return this.#latest;
    const found = this.#attempt((storage) => storage.getItem(this.#key));
    if (!found) return null;
    try {
      const copy = JSON.parse(found);
      this.lasting = true;
      return typeof copy.text === "string" && typeof copy.base === "string" ? copy : null;
    } catch {
      return null; // not ours, or cut off
    }
  }

  #attempt(act) {
    try {
      return this.#storage ? act(this.#storage) : null;
    } catch {
      return null;
    }
  }
}
