/** A text to read, with one thing to do at the end. */

import { explain, VkElement } from "./element.js";
import { say } from "./language.js";

export class VkReading extends VkElement {
  start() {
    this.listen(this.part("read"), "click", () => this.#read());
    this.need("state", {}, (state) => this.#show(state));
  }

  #show(state) {
    this.state = state;
    const done = state.status === "done";
    this.part("read").hidden = done;
    this.part("read").disabled = !state.may.submit;
    this.part("done").textContent = done ? say("Gelezen. Je kunt verder met de volgende stap.") : "";
  }

  async #read() {
    this.part("read").disabled = true;
    try {
      this.#show(await this.host.call("submit", { version: this.state.work.version, body: {} }));
      this.trouble("");
    } catch (error) {
      this.part("read").disabled = false;
      if (!error.code) throw error;
      if (error.code === "draft-stale") return this.need("state", {}, (state) => this.#show(state)); // read elsewhere
      this.trouble(explain(error), () => this.#read());
    }
  }
}
