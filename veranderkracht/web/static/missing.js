/** Below the queue: who has handed in nothing yet, how old that list is, and a newer one when asked for. */

import { explain } from "./element.js";
import { later, plural, say } from "./language.js";
import { near } from "./moments.js";

const STAGE = {
  begun: later("Begonnen"),
  opened: later("Geopend, nog niet begonnen"),
  new: later("Nog niet geopend"),
};
const LOOK_AGAIN = [1, 2, 3, 5, 8, 15, 25]; // seconds; a list that takes longer comes with the next visit

export class MissingPanel {
  #desk;
  #timer = 0;

  constructor(desk) {
    this.#desk = desk;
    desk.listen(desk.part("missing-refresh"), "click", () => this.#ask(true));
    desk.listen(desk.part("missing-jump"), "click", () => {
      this.#part("list").open = true;
      this.#part("list").querySelector("summary").focus();
    });
  }

  /** Show what the host knows; null where it knows of no list. */
  show(missing, looks = 0) {
    this.stop();
    this.#desk.part("missing").hidden = !missing;
    // A work that is open hides the list.
    this.#part("jump").hidden = !missing?.people.length || this.#desk.part("queue").hidden;
    if (!missing) return;
    const { people, expected, updated_at: at, refreshing, whole_course: whole, complete, fault } = missing;
    this.#part("list").hidden = !people.length;
    this.#part("none").hidden = !at || people.length > 0 || !expected || !complete;
    this.#part("nobody").hidden = !at || expected > 0 || !complete;
    this.#part("count").textContent = count(people);
    this.#part("jump").textContent = say("{n} nog niets ingediend", { n: people.length });
    this.#part("rows").replaceChildren(...people.map(({ name, stage }) =>
      this.#desk.build("t-missing", { name, stage: STAGE[stage] ? say(STAGE[stage]) : stage })));
    this.#part("whole").hidden = !people.length || !whole;
    this.#part("cut").hidden = !at || complete;
    this.#part("fault").hidden = !fault || refreshing;
    this.#part("fault-text").textContent = fault;
    this.#tell(age(at, refreshing));
    if (refreshing && looks < LOOK_AGAIN.length) {
      this.#timer = setTimeout(() => this.#ask(false, looks + 1), LOOK_AGAIN[looks] * 1000);
    }
  }

  stop() {
    clearTimeout(this.#timer);
  }

  async #ask(refresh, looks = 0) {
    this.stop();
    try {
      const { missing } = await this.#desk.host.call("roster", { refresh });
      this.show(missing, looks);
    } catch (error) {
      if (!error.code) throw error;
      // Nobody asked for a look in between; the queue itself tells when the connection is gone.
      if (refresh) this.#tell(explain(error));
    }
  }

  #part(name) {
    return this.#desk.part(`missing-${name}`);
  }

  #tell(text) {
    // A status that is set to what it says already would be read aloud again.
    if (this.#part("age").textContent !== text) this.#part("age").textContent = text;
  }
}

function count(people) {
  const begun = people.filter(({ stage }) => stage === "begun").length;
  if (begun && people.length === 1) return say("1 lerende diende nog niets in, maar is wel begonnen");
  const all = plural("1 lerende diende nog niets in", "{n} lerenden dienden nog niets in", people.length);
  return begun ? plural("{all}; 1 is wel begonnen", "{all}; {n} zijn wel begonnen", begun, { all }) : all;
}

function age(at, refreshing) {
  if (!at) return refreshing ? say("We halen de deelnemers op bij je leeromgeving.") : say("De deelnemers zijn nog niet opgehaald.");
  const when = near(at);
  return refreshing ? say("Deelnemers bijgewerkt {when}. We halen een nieuwere lijst op.", { when }) : say("Deelnemers bijgewerkt {when}.", { when });
}
