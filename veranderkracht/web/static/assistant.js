/** The way to the assistant's service: a short-lived token from the host, then the browser talks to the service itself. */

import { language } from "./language.js";

/** Codes that the panel can say something about; all else is "away". */
const KNOWN = new Set([
  "assistant-off", "assistant-preview", "session-expired", "notice-required", "notice-stale", "likely-names", "text-too-long",
  "text-empty", "attempts-used", "rate-limited", "budget-spent", "stopped", "conversation-unknown",
  "conversation-busy", "profile-unknown",
]);

export class AssistantError extends Error {
  constructor(code, body = {}) {
    super(code);
    this.name = "AssistantError";
    this.code = KNOWN.has(code) ? code : "away";
    this.body = body;
  }
}

export class Assistant {
  #askToken;
  #fetch;
  #timeout;
  #now;
  #ticket = null;

  /** `askToken()` gives the host's `{url, token, expires_at, snapshot}`; `timeout` in ms, for one whole answer. */
  constructor({ askToken, fetch = globalThis.fetch.bind(globalThis), timeout = 60000, now = () => Date.now() }) {
    this.#askToken = askToken;
    this.#fetch = fetch;
    this.#timeout = timeout;
    this.#now = now;
  }

  notice(signal) {
    return this.#call("GET", "/v1/notice", () => undefined, signal);
  }

  accept(version) {
    return this.#call("POST", "/v1/notice", () => ({ version }));
  }

  /** Give Feedback on `{text}` or a worksheet's `{parts}`, or `{crisis}`; rejects with an AssistantError. */
  feedback({ text, parts, namesOk = false, signal }) {
    const body = ({ snapshot }) => ({ snapshot, ...(parts ? { parts } : { text }), ...(namesOk && { names_ok: true }) });
    return this.#call("POST", "/v1/feedback", body, signal);
  }

  /** Ask something of the service; `body` may be made of the ticket, which carries the page's snapshot. */
  ask(method, path, body = undefined, signal = undefined) {
    return this.#call(method, path, typeof body === "function" ? body : () => body, signal);
  }

  /** Give a file of the service. */
  async file(path) {
    const response = await this.#respond("GET", path, () => undefined);
    return response.blob();
  }

  /**
   * Say something and hear the answer as it comes: `onEvent(name, data)` for each event of the stream. Rejects with an
   * AssistantError, also when the stream breaks off before its last event.
   */
  async stream(path, body, onEvent, signal) {
    const response = await this.#respond("POST", path, () => body, signal, "text/event-stream");
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    let last = "";
    try {
      for (;;) {
        const { done, value } = await reader.read();
        rest += decoder.decode(value, { stream: !done });
        const blocks = rest.split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
          const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
          if (!name) continue;
          last = name;
          onEvent(name, JSON.parse(data));
        }
        if (done) break;
      }
    } catch {
      throw new AssistantError(signal?.aborted ? "stopped" : "away");
    }
    if (!["done", "error", "crisis"].includes(last)) throw new AssistantError("away");
  }

  async #call(method, path, makeBody, signal) {
    const response = await this.#respond(method, path, makeBody, signal);
    return response.status === 204 ? null : response.json().catch(() => ({}));
  }

  async #respond(method, path, makeBody, signal, accept = "application/json") {
    for (let fresh = false; ; fresh = true) {
      const ticket = await this.#token(fresh);
      const response = await this.#send(ticket, method, path, makeBody(ticket), signal, accept);
      if (response.ok) return response;
      const body = await response.json().catch(() => ({}));
      if (response.status === 401 && !fresh) continue; // expired on its way, or the service's clock runs ahead
      throw new AssistantError(body.code, body);
    }
  }

  async #token(fresh) {
    const left = this.#ticket ? Date.parse(this.#ticket.expires_at) - this.#now() : 0;
    if (fresh || left < 30000) {
      try {
        this.#ticket = await this.#askToken();
      } catch (error) {
        throw new AssistantError(error.code, error.body);
      }
    }
    return this.#ticket;
  }

  async #send(ticket, method, path, body, signal, accept) {
    // By hand: AbortSignal.any is younger than the phones our learners have.
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), this.#timeout);
    signal?.addEventListener("abort", () => stop.abort(), { once: true });
    if (signal?.aborted) stop.abort();
    try {
      return await this.#fetch(ticket.url.replace(/\/$/, "") + path, {
        method,
        headers: {
          Authorization: `Bearer ${ticket.token}`,
          Accept: accept,
          "Accept-Language": language,
          ...(body && { "Content-Type": "application/json" }),
        },
        body: body && JSON.stringify(body),
        credentials: "omit",
        referrerPolicy: "no-referrer",
        signal: stop.signal,
      });
    } catch {
      throw new AssistantError(signal?.aborted ? "stopped" : "away");
    } finally {
      clearTimeout(limit);
    }
  }
}
