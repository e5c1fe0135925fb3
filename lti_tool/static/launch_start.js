/** The first page of a launch in a frame: finds out how this browser can be known again, before the platform is asked. */

import { PlatformStorage } from "./platform_storage.js";

const PROBE = "vk_probe";

/** Tell whether the browser keeps a cookie in this frame, by keeping one for a moment. */
export function keepsCookies(page) {
  const rest = "Path=/; Secure; SameSite=None; Partitioned";
  try {
    page.cookie = `${PROBE}=1; ${rest}; Max-Age=30`;
    const kept = page.cookie.split("; ").includes(`${PROBE}=1`);
    page.cookie = `${PROBE}=; ${rest}; Max-Age=0`;
    return kept;
  } catch {
    return false;
  }
}

/**
 * Give the way: `cookie`, `storage` or `window`. Where there is storage it is filled in any case, for the cookie may still
 * not come back; but only who needs it waits for it.
 */
export async function findWay({ framed, cookies, storage, key, secret }) {
  const kept = storage ? storage.put(key, secret).then(() => true, () => false) : Promise.resolve(false);
  if (!framed || cookies) return "cookie";
  return (await kept) ? "storage" : "window";
}

const start = globalThis.document?.getElementById("lti-start");
if (start) {
  const { next, target, origin, key, secret } = start.dataset;
  const storage = target ? new PlatformStorage({ target, origin }) : null;
  const framed = window.top !== window;
  const way = await findWay({ framed, cookies: keepsCookies(document), storage, key, secret });
  start.dataset.way = way;
  if (way !== "window") window.location.replace(next);
  else {
    start.querySelector('[data-lti="busy"]').hidden = true;
    start.querySelector('[data-lti="window"]').hidden = false;
    start.querySelector("form").addEventListener("submit", () => {
      const opened = start.querySelector('[data-lti="opened"]');
      opened.textContent = opened.dataset.says;
    });
  }
}
