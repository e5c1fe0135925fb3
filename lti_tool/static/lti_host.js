/** The LTI tool's adapter: gives the page's elements their host, and keeps the page's token fresh. */

import { attach, HostError, httpHost } from "../vk/vk.js";

const MARGIN = 60_000; // ms before its end that a token is renewed
const TIMEOUT = 20_000; // ms that a renewal may take

/** The token of one page: `fresh()` gives one that is good for a while, `renew()` a new one whatever the old one's age. */
export class PageToken {
  #token;
  #endsAt;
  #url;
  #fetch;
  #now;
  #onNew;
  #renewal = null;

  constructor({
    token, expiresIn, url, onNew = () => {}, fetch = globalThis.fetch.bind(globalThis), now = () => Date.now(),
  }) {
    this.#url = url;
    this.#fetch = fetch;
    this.#now = now;
    this.#onNew = onNew;
    this.#take(token, expiresIn);
  }

  async fresh() {
    return this.#now() < this.#endsAt - MARGIN ? this.#token : this.renew();
  }

  /** Several calls at once share one renewal. Rejects with a HostError: `offline`, or `session-expired`. */
  renew() {
    this.#renewal ??= this.#ask().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #ask() {
    let response, body;
    try {
      response = await this.#fetch(this.#url, {
        method: "POST",
        headers: { Authorization: `Bearer ${this.#token}`, Accept: "application/json" },
        credentials: "omit",
        signal: AbortSignal.timeout(TIMEOUT),
      });
      body = await response.json().catch(() => ({}));
    } catch {
      throw new HostError({ code: "offline" });
    }
    if (!response.ok) {
      const code = response.status === 401 ? "session-expired" : body.code || "unexpected";
      throw new HostError({ code, status: response.status, detail: body.detail, body });
    }
    this.#take(body.token, body.expires_in);
    this.#onNew(body.token);
    return this.#token;
  }

  #take(token, expiresIn) {
    this.#token = token;
    this.#endsAt = this.#now() + expiresIn * 1000;
  }
}

/** Make the host of a page: every call goes out with a fresh token, and once more when the server no longer takes it. */
export function ltiHost({ key, api, token, fetch }) {
  const plain = httpHost({
    key,
    url: (op) => api + op,
    headers: async () => ({ Authorization: `Bearer ${await token.fresh()}` }),
    ...(fetch && { fetch }),
  });
  return {
    key,
    launched: true,
    async call(op, payload) {
      try {
        return await plain.call(op, payload);
      } catch (error) {
        if (error.code !== "session-expired") throw error;
        await token.renew(); // a clock that jumped, or a machine that slept
        return plain.call(op, payload);
      }
    },
  };
}

const visit = globalThis.document?.getElementById("lti-visit");
if (visit) {
  const { token, expiresIn, key, api, renew } = visit.dataset;
  const pageToken = new PageToken({
    token,
    expiresIn: Number(expiresIn),
    url: renew,
    onNew(value) {
      for (const input of document.querySelectorAll('[data-lti="token"]')) input.value = value;
    },
  });
  attach(visit, ltiHost({ key, api, token: pageToken }));
}
