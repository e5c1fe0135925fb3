/** The way in for a host's page: defines the elements and gives each of them its host. */

import { VkCase } from "./vk-case.js";
import { VkDesk } from "./vk-desk.js";
import { VkQuiz } from "./vk-quiz.js";
import { VkReading } from "./vk-reading.js";
import { VkReflection } from "./vk-reflection.js";
import { VkScan } from "./vk-scan.js";
import { VkSupervision } from "./vk-supervision.js";
import { VkWorksheet } from "./vk-worksheet.js";

export { HostError, httpHost } from "./host.js";

const ELEMENTS = {
  "vk-case": VkCase,
  "vk-desk": VkDesk,
  "vk-quiz": VkQuiz,
  "vk-reading": VkReading,
  "vk-reflection": VkReflection,
  "vk-scan": VkScan,
  "vk-supervision": VkSupervision,
  "vk-worksheet": VkWorksheet,
};

/** Give every element at or below `root` this host: `{key, call(op, payload)}`. */
export function attach(root, host) {
  for (const [name, Element] of Object.entries(ELEMENTS)) {
    // Another block on the page may have come first, from another address.
    if (!customElements.get(name)) customElements.define(name, Element);
  }
  const names = Object.keys(ELEMENTS).join(", ");
  for (const element of [root, ...root.querySelectorAll(names)]) {
    if (!element.matches?.(names)) continue;
    customElements.upgrade(element);
    element.host = host;
  }
}
