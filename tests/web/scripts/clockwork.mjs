/** Time that only moves when a test says so, and a host that keeps a text by compare-and-set, with faults on demand. */

import { HostError } from "../../../veranderkracht/web/static/host.js";

export class Clock {
  time = 0;
  #due = new Map();
  #next = 1;
  timers = {
    set: (act, ms) => {
      this.#due.set(this.#next, { at: this.time + ms, act });
      return this.#next++;
    },
    clear: (id) => this.#due.delete(id),
  };
  now = () => this.time;

  get waiting() {
    return this.#due.size;
  }

  /** Let time pass, running what falls due in its order, and everything that follows from it. */
  async pass(ms) {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const [id, first] = [...this.#due].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!first || first.at > end) break;
      this.#due.delete(id);
      this.time = Math.max(this.time, first.at);
      first.act();
    }
    this.time = end;
    await settle();
  }
}

export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

export class Storage {
  kept = new Map();
  getItem = (key) => this.kept.get(key) ?? null;
  setItem = (key, value) => void this.kept.set(key, value);
  removeItem = (key) => void this.kept.delete(key);
}

export class Host {
  version = 0;
  text = "";
  saves = []; // the texts that were stored
  faults = []; // for the next calls, in order: "offline" (never arrives), "lost" (the answer is lost), or a HostError
  #gate = null;

  /** Hold the next calls until `release` is called. */
  hold() {
    this.#gate = Promise.withResolvers?.() ?? deferred();
  }

  async release() {
    this.#gate.resolve();
    this.#gate = null;
    await settle();
  }

  save = async (version, text) => {
    await this.#gate?.promise;
    const fault = this.faults.shift();
    if (fault === "offline") throw new HostError({ code: "offline" });
    if (fault instanceof HostError) throw fault;
    if (version !== this.version) throw this.stale();
    this.version += 1;
    this.text = text;
    this.saves.push(text);
    if (fault === "lost") throw new HostError({ code: "offline" });
    return { version: this.version, saved_at: `t${this.version}` };
  };

  /** Somebody else writes: another tab, another device. */
  elsewhere(text) {
    this.version += 1;
    this.text = text;
  }

  stale() {
    const current = { version: this.version, body: { text: this.text }, saved_at: `t${this.version}` };
    return new HostError({ code: "draft-stale", status: 409, body: { current } });
  }

  get state() {
    return { version: this.version, text: this.text, savedAt: this.version ? `t${this.version}` : null, canSave: true };
  }
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}
