/** The blocks' adapter: gives the elements on a page of Open edX their host, over the runtime's handlers. */

import { attach, httpHost } from "./vk/vk.js";
import { handlers } from "./handlers.js";

/** Make the host of one block; `data.key` names what the browser keeps of unsaved text. */
export function blockHost(runtime, root, { key }, { fetch } = {}) {
  return httpHost({ key, ...handlers(runtime, root, { fetch }) });
}

export function start(runtime, root, data) {
  attach(root, blockHost(runtime, root, data));
}
