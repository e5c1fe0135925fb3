/** A text on the learner's own practice: everything it does is the editor's. */

import { Editor } from "./editor.js";
import { VkElement } from "./element.js";

export class VkReflection extends VkElement {
  #editor = null;

  start() {
    this.#editor = new Editor(this, { onState: (state) => this.#show(state) });
    this.need("state", {}, (state) => this.#show(state));
  }

  stop() {
    this.#editor?.stop();
  }

  #show(state) {
    this.state = state;
    this.#editor.load(state);
  }
}
