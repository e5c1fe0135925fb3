/** A launch whose cookie did not come back: fetches from the platform's storage what this browser left there. */

import { PlatformStorage } from "./platform_storage.js";

/**
 * Give `{token, view, step}` of the page to go to, or `{token, action}` of another; rejects with what can be told, or
 * with the code alone of what the page has its own words for.
 */
export async function finish({ storage, key, url, token, state, fetch = globalThis.fetch.bind(globalThis) }) {
  const secret = await storage.get(key).catch(() => "");
  if (!secret) throw { code: "browser-mismatch" };
  storage.drop(key);
  let response, body;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      // The server lets in only what names our own origin; a form of another site cannot.
      referrerPolicy: "same-origin",
      body: JSON.stringify({ id_token: token, state, secret }),
    });
    body = await response.json();
  } catch {
    throw { code: "offline" };
  }
  if (!response.ok) throw body;
  return body;
}

const page = globalThis.document?.getElementById("lti-stored");
if (page) {
  const { target, origin, key, finish: url, token, state } = page.dataset;
  try {
    const found = await finish({ storage: new PlatformStorage({ target, origin }), key, url, token, state });
    const form = page.querySelector("form");
    for (const name of ["token", "view", "step"]) form.elements[name].value = found[name] ?? "";
    if (found.action) form.action = found.action;
    form.submit();
  } catch (fault) {
    page.querySelector('[data-lti="busy"]').hidden = true;
    const known = [...page.querySelectorAll("template")];
    const own = (known.find((each) => each.dataset.code === fault.code) ?? known[0]).dataset;
    for (const name of ["title", "detail", "code"])
      page.querySelector(`[data-lti="${name}"]`).textContent = fault[name] ?? own[name];
    page.querySelector('[data-lti="fault"]').hidden = false;
  }
}
