/** How a block's handlers are called: their address, the CSRF token, and a session that ended told as such. */

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** Tell whether it was the platform at its door that answered, and not our handler: ours answer JSON, whatever they say. */
function turnedAway(response) {
  const json = /^application\/(problem\+)?json\b/.test(response.headers.get("Content-Type") ?? "");
  if (json && response.headers.get("Content-Type").includes("problem")) return false;
  return response.redirected || response.status === 403 || (response.ok && !json);
}

/** Give what `httpHost` asks for: `url(op)`, `headers()` and `fetch`. An operation's dashes become underscores. */
export function handlers(runtime, root, { fetch = globalThis.fetch.bind(globalThis) } = {}) {
  return {
    url: (op) => runtime.handlerUrl(root, op.replaceAll("-", "_")),
    // Read anew for every call: signing in again in another tab gives a new one.
    headers: () => ({ "X-CSRFToken": cookie("csrftoken") }),
    async fetch(url, request) {
      const response = await fetch(url, request);
      return turnedAway(response) ? new Response("{}", { status: 401 }) : response;
    },
  };
}
