/** The way to the assistant's service: a short-lived token from the host, then the browser talks to the service itself. */

/** Codes that the panel can say something about; all else is "away". */
const KNOWN = new Set([
  "assistant-off", "assistant-preview", "session-expired", "notice-required", "notice-stale", "likely-names", "text-too-long",
  "text-empty", "attempts-used", "rate-limited", "stopped",
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

  /** Give Feedback, or `{crisis}`; rejects with an AssistantError. */
  feedback({ text, namesOk = false, signal }) {
    const body = ({ snapshot }) => ({ snapshot, text, ...(namesOk && { names_ok: true }) });
    return this.#call("POST", "/v1/feedback", body, signal);
  }

  async #call(method, path, makeBody, signal) {
    for (let fresh = false; ; fresh = true) {
      const ticket = await this.#token(fresh);
      const response = await this.#send(ticket, method, path, makeBody(ticket), signal);
      if (response.status === 204) return null;
      const body = await response.json().catch(() => ({}));
      if (response.ok) return body;
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

  async #send(ticket, method, path, body, signal) {
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
          Accept: "application/json",
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
