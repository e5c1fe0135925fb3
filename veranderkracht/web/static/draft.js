/**
 * A text that must not get lost: autosave with compare-and-set, a copy for the session, retries, and conflicts.
 *
 * Knows nothing of the page: it is given a `save` function, a storage and timers, and tells `onChange` what it is up to.
 * One operation on the learner's work runs at a time, for each carries the version that the one before it gave.
 */

import { SessionCopy } from "./session-copy.js";

const clockwork = { set: (act, ms) => setTimeout(act, ms), clear: (id) => clearTimeout(id) };

export class Draft {
  text = "";
  saved = "";
  version = 0;
  savedAt = null;
  /**
   * saved; waiting (typed, not yet sent); saving; offline and failed (tried again by itself); expired (waits for the
   * learner); refused (not sent again before it changes); stale (there is a conflict).
   */
  status = "saved";
  conflict = null; // {theirs, version, savedAt}: the host holds another text than the one this page built on
  copy; // what this tab keeps of it
  problem = ""; // what the host said, in Dutch, when status is "failed" or "refused"

  #save;
  #read;
  #timers;
  #onChange;
  #idle;
  #longest;
  #backoff;
  #timer = null;
  #firstUnsent = null;
  #now;
  #failures = 0;
  #unanswered = new Set(); // texts that were sent without an answer: the host may hold them
  #lane = Promise.resolve();
  #frozen = true;
  #stopped = false;

  /**
   * `save(version, text)` gives `{version, saved_at}` or rejects with a HostError; `read(body)` gives the text of a body
   * that the host holds. `idle`: ms of rest before a save; `longest`: ms of continuous typing before one; `backoff`: ms before each next try, the last one repeated.
   */
  constructor({
    save, key, read = (body) => body?.text ?? "", storage = null, timers = clockwork, now = () => Date.now(), onChange = () => {},
    idle = 1500, longest = 10000, backoff = [2000, 5000, 15000, 30000, 60000],
  }) {
    this.#save = save;
    this.#read = read;
    this.copy = new SessionCopy(storage, key);
    this.#timers = timers;
    this.#now = now;
    this.#onChange = onChange;
    this.#idle = idle;
    this.#longest = longest;
    this.#backoff = backoff;
  }

  get dirty() {
    return this.text !== this.saved;
  }

  /**
   * Take over what the host holds. Gives what happened to a copy left in this session: `none`, `restored` (it is the text
   * now and will be saved), `conflict`, or `orphan` (nothing can be saved any more; `orphan` has the text).
   */
  load({ version, text, savedAt, canSave }) {
    const copy = this.copy.read();
    this.#cancel();
    this.conflict = null;
    this.#unanswered.clear();
    this.#failures = 0;
    Object.assign(this, { version, saved: text, savedAt, problem: "" });
    this.#frozen = !canSave;
    if (!copy || copy.text === text || copy.text === copy.base) {
      this.text = text;
      this.copy.forget();
      this.#become("saved");
      return { copy: "none" };
    }
    if (!canSave) {
      this.text = text;
      this.#become("saved");
      return { copy: "orphan", orphan: copy.text };
    }
    this.text = copy.text;
    if (copy.base === text) {
      this.#schedule(0);
      this.#become("waiting");
      return { copy: "restored" };
    }
    this.saved = copy.base;
    this.#clash({ version, text, savedAt });
    return { copy: "conflict" };
  }

  /** The learner typed: keep it in this session at once, and save it after a rest. */
  input(text) {
    this.text = text;
    if (this.#frozen) return;
    this.#keep();
    if (this.conflict || this.status === "expired") return this.#become(this.status);
    if (!this.dirty && this.status !== "saving") {
      this.#cancel();
      return this.#become("saved");
    }
    if (this.status === "saving") return this.#become("saving"); // #settle looks at the text again
    if (this.status === "offline" || this.status === "failed") return this.#become(this.status); // a retry is planned
    this.#firstUnsent ??= this.#now();
    this.#schedule(Math.max(0, Math.min(this.#idle, this.#firstUnsent + this.#longest - this.#now())));
    this.#become("waiting");
  }

  /** Save now what is not saved yet; resolves when that try has ended, well or not. */
  flush() {
    this.#cancel();
    return this.#inLane(() => this.#push());
  }

  /** Try again at once: the connection is back, or the learner signed in again. */
  retry() {
    if (!["offline", "failed", "expired", "refused"].includes(this.status)) return Promise.resolve();
    this.#failures = 0;
    this.#become("waiting");
    return this.flush();
  }

  /**
   * Run another operation on the work (`answer`): `operation(version)` gives an answer that carries the new `version`.
   * A version that moved on without touching the text is taken over and the operation tried again.
   */
  act(operation) {
    return this.#inLane(async () => {
      let answer;
      try {
        answer = await this.#insist(() => operation(this.version));
      } catch (error) {
        if (this.status === "waiting") this.#settle(); // the save that was planned may have been put off
        throw error;
      }
      this.version = answer.version;
      this.savedAt = answer.saved_at ?? this.savedAt;
      this.#keep();
      this.#settle();
      return answer;
    });
  }

  /**
   * Hand in the text: `operation(version, text)` gives the host's new state. On success the copy in this session goes.
   * Rejects with what the host said; the text stays where it is.
   */
  submit(operation) {
    this.#cancel();
    return this.#inLane(async () => {
      let sent = this.text;
      try {
        const state = await this.#insist(() => operation(this.version, (sent = this.text)), { sameText: true });
        this.saved = sent;
        this.#keep();
        return state;
      } catch (error) {
        const unheard = error.code === "offline" || error.status >= 500;
        this.#unanswered.add(sent); // even a text that is refused, being too short, has been saved
        if (error.code === "session-expired" || (unheard && this.dirty)) this.#refused(error);
        else this.#settle();
        throw error;
      }
    });
  }

  /** Settle a conflict with the text that the learner chose. */
  resolve(text) {
    const { theirs, version, savedAt } = this.conflict;
    Object.assign(this, { text, version, saved: theirs, savedAt, conflict: null });
    this.#keep();
    this.#settle(0);
  }

  /** The page is being left: a shared PC keeps nothing that the host already has. */
  leave() {
    if (!this.#frozen) this.#keep();
  }

  stop() {
    this.#stopped = true;
    this.#cancel();
  }

  #inLane(task) {
    const run = this.#lane.then(task);
    this.#lane = run.catch(() => {}); // whoever asked hears of it; the next one in the lane goes on
    return run;
  }

  async #push() {
    if (this.#frozen || this.#stopped || this.conflict || !this.dirty) return;
    const sent = this.text;
    this.#firstUnsent = null;
    this.#become("saving");
    try {
      const answer = await this.#save(this.version, sent);
      this.#accept(answer.version, sent, answer.saved_at);
    } catch (error) {
      if (error.code === "offline" || error.status >= 500) this.#unanswered.add(sent);
      this.#refused(error);
    }
  }

  #accept(version, text, savedAt) {
    Object.assign(this, { version, saved: text, savedAt, problem: "" });
    this.#failures = 0;
    this.#unanswered.clear();
    this.#keep();
    this.#settle();
  }

  /** After an operation: nothing left to save, or plan the next save. */
  #settle(delay = this.#idle) {
    if (this.conflict) return;
    if (!this.dirty) {
      this.#cancel();
      return this.#become("saved");
    }
    this.#schedule(delay);
    this.#become("waiting");
  }

  #refused(error) {
    if (error.code === "draft-stale") return this.#merge(error.body.current);
    if (error.code === "session-expired") return this.#become("expired");
    this.problem = error.detail ?? "";
    if (error.code !== "offline" && error.status < 500 && error.status !== 429) return this.#become("refused");
    const pause = this.#backoff[Math.min(this.#failures++, this.#backoff.length - 1)];
    // A host that is too busy says after how many seconds it may be asked again.
    this.#schedule(Math.max(pause, 1000 * (Number(error.body?.retry_after) || 0)));
    this.#become(error.code === "offline" ? "offline" : "failed");
  }

  /** Someone saved since: our own save whose answer was lost, another operation, or a text written elsewhere. */
  #merge(current) {
    const text = this.#read(current.body);
    if (text === this.text) return this.#accept(current.version, text, current.saved_at);
    if (text === this.saved || this.#unanswered.has(text)) {
      Object.assign(this, { version: current.version, saved: text, savedAt: current.saved_at });
      this.#keep();
      return this.#settle(0);
    }
    if (!this.dirty) {
      this.text = text;
      return this.#accept(current.version, text, current.saved_at);
    }
    this.#clash({ version: current.version, text, savedAt: current.saved_at });
  }

  #clash({ version, text, savedAt }) {
    this.#cancel();
    this.conflict = { theirs: text, version, savedAt };
    this.#keep();
    this.#become("stale");
  }

  /** Run an operation again after a stale version, as long as that settles without the learner's eyes on another text. */
  async #insist(operation, { sameText = false } = {}) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await operation();
      } catch (error) {
        if (error.code !== "draft-stale" || tries === 3) throw error;
        const before = this.text;
        this.#merge(error.body.current);
        this.#cancel();
        if (this.conflict || (sameText && this.text !== before)) throw error;
      }
    }
  }

  #schedule(ms) {
    this.#cancel();
    if (!this.#stopped) this.#timer = this.#timers.set(() => this.flush(), ms);
  }

  #cancel() {
    if (this.#timer !== null) this.#timers.clear(this.#timer);
    this.#timer = null;
  }

  #become(status) {
    this.status = status;
    this.#onChange(this);
  }

  #keep() {
    if (this.dirty || this.conflict) this.copy.keep(this.text, this.saved);
    else this.copy.forget();
  }
}
