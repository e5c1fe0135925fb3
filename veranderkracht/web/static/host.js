/** The page's way to its host: the one error that elements know, and an adapter for a host that answers over HTTP. */

import { language } from "./language.js";

export class HostError extends Error {
  /** `code` is stable; `detail` is Dutch, for people; `body` is the problem document, or an empty object. */
  constructor({ code, status = 0, detail = "", body = {} }) {
    super(detail || code);
    this.name = "HostError";
    Object.assign(this, { code, status, detail, body });
  }
}

/**
 * Make a host out of HTTP endpoints that answer JSON and problem+json.
 *
 * `url(op)` gives the address of an operation; `headers()` gives (a promise of) the headers that say who asks, at every
 * call, so that an adapter can renew its token. After `timeout` ms without an answer the host counts as out of reach.
 */
export function httpHost({ key, url, headers = () => ({}), timeout = 30000, fetch = globalThis.fetch.bind(globalThis) }) {
  return {
    key,
    async call(op, payload = {}) {
      const asked = await headers();
      const body = JSON.stringify(payload);
      let response, answer;
      try {
        response = await fetch(url(op), {
          method: "POST",
          headers: {
            "Content-Type": "application/json",
            Accept: "application/json",
            "Accept-Language": language,
            ...asked,
          },
          body,
          credentials: "same-origin",
          // A last save on a page that is being left still goes out; browsers allow this for 64 kB at most.
          keepalive: op === "save" && body.length < 15000,
          signal: AbortSignal.timeout(timeout),
        });
        answer = await response.json().catch(() => ({}));
      } catch {
        throw new HostError({ code: "offline" });
      }
      if (response.ok) return answer;
      const code = response.status === 401 ? "session-expired" : answer.code || "unexpected";
      throw new HostError({ code, status: response.status, detail: answer.detail, body: answer });
    },
  };
}
