/** At the desk: how each score stands on its way to the gradebook, sending it anew, and what the gradebook itself holds. */

import { written } from "./decimals.js";
import { explain } from "./element.js";
import { plural, say } from "./language.js";
import { near } from "./moments.js";

const LOOK_AGAIN = [1, 2, 4, 8, 15]; // seconds; a score that takes longer is seen at the next visit

export class GradebookPanel {
  #desk;
  #onChange;
  #timer = 0;
  able = false; // whether the host can send scores anew, and read the gradebook
  #compared = new Map(); // what the gradebook holds, by submission, as it was last asked

  /** `onChange(states)` gets how scores stand, by submission, whenever that is heard anew. */
  constructor(desk, { onChange }) {
    this.#desk = desk;
    this.#onChange = onChange;
    desk.listen(desk.part("gradebook-compare"), "click", () => this.#compare());
    desk.listen(desk.part("gradebook-failed"), "click", () => this.#resend({ failed: true }));
    desk.listen(desk.part("gradebook-all"), "click", () => this.#resend({}));
  }

  /** Show what can be done with all of the queue; nothing where the host has no gradebook. */
  show(items) {
    const published = items.filter(({ status }) => status === "published");
    const failed = published.filter(({ sync }) => sync?.state === "failed");
    this.#desk.part("gradebook").hidden = !this.able || !items.length;
    this.#desk.part("gradebook-failed").hidden = !failed.length;
    this.#desk.part("gradebook-all").hidden = !published.length;
    this.look(items);
  }

  /** Look a few times whether what is on its way arrives. */
  look(items, looks = 0) {
    this.stop();
    if (looks >= LOOK_AGAIN.length || !items.some(({ sync }) => sync?.state === "waiting")) return;
    this.#timer = setTimeout(async () => {
      try {
        const { items: states } = await this.#desk.host.call("sync");
        this.#onChange(states);
        this.look(items.map((item) => ({ ...item, sync: states[item.submission] })), looks + 1);
      } catch (error) {
        if (!error.code) throw error; // nobody asked for this look
      }
    }, LOOK_AGAIN[looks] * 1000);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** Give the lines about one learner's score; none where there is nothing to say. */
  lines({ submission, status, sync }, { full = false } = {}) {
    const made = [];
    const published = status === "published";
    const theirs = this.#compared.get(submission);
    const difference = theirs && differs(theirs);
    // Before publication only what stands in the way says something: that the work was handed in, the row tells.
    // And what the gradebook itself was seen to hold goes before what we sent.
    const said = difference && sync?.state === "sent" ? null : sync;
    if (said && (published || said.state === "failed" || (full && said.state === "none"))) {
      made.push(this.#line(said.state, stands(said), full || said.state === "failed" ? said.detail : ""));
      if (published && (said.state === "failed" || (full && said.state !== "waiting"))) {
        this.#offer(made.at(-1), say("Opnieuw sturen"), submission, {});
      }
    }
    if (difference) {
      made.push(this.#line("differs", difference));
      if (theirs.state === "differs") {
        const ours = say("Vervangen door {score}", { score: outOf(theirs.ours) });
        this.#offer(made.at(-1), ours, submission, { replace: true });
      } else if (theirs.state === "absent" && sync?.state === "sent") {
        this.#offer(made.at(-1), say("Opnieuw sturen"), submission, {});
      }
    }
    return made;
  }

  #line(state, text, detail = "") {
    const made = this.#desk.build("t-sync", { text, detail });
    made.dataset.vkSync = state;
    return made;
  }

  #offer(line, label, submission, more) {
    if (!this.able) return;
    const button = line.slots.act;
    button.hidden = false;
    button.textContent = label;
    button.onclick = () => this.#resend({ submission, ...more });
  }

  async #resend(asked) {
    await this.#ask("resend", asked, ({ scores, without_column: without, items }) => {
      if (asked.submission) this.#compared.delete(asked.submission);
      else this.#compared.clear();
      this.#onChange(items);
      const said = [plural("1 score wordt opnieuw gestuurd.", "{n} scores worden opnieuw gestuurd.", scores)];
      if (without) said.push(say("{n} niet: daarvoor is er geen kolom in het puntenboek.", { n: without }));
      if (!scores && !without) said.splice(0, 1, say("Er is niets om opnieuw te sturen."));
      this.#tell(said.join(" "));
      this.look(Object.entries(items).map(([submission, sync]) => ({ submission, sync })));
    });
  }

  async #compare() {
    this.#tell(say("We lezen het puntenboek."));
    await this.#ask("compare", {}, ({ items, at }) => {
      this.#compared = new Map(Object.entries(items));
      this.#onChange({});
      const other = [...this.#compared.values()].filter(differs).length;
      const found = other
        ? plural("bij 1 lerende staat er iets anders", "bij {n} lerenden staat er iets anders", other)
        : say("alles staat er zoals hier");
      this.#tell(say("Vergeleken {when}: {found}.", { when: near(at), found }));
    });
  }

  async #ask(op, payload, use) {
    try {
      use(await this.#desk.host.call(op, payload));
    } catch (error) {
      if (!error.code) throw error;
      this.#tell(explain(error), true);
    }
  }

  /** Say it where the teacher is: below the queue, or beside the work that is open. */
  #tell(text, problem = false) {
    for (const part of this.#desk.parts("gradebook-status")) {
      part.textContent = text;
      part.classList.toggle("is-problem", problem);
    }
  }
}

function stands({ state, at, next_at: next }) {
  const said = {
    waiting: next ? say("Score onderweg naar het puntenboek; volgende poging {when}", { when: near(next) }) : say("Score onderweg naar het puntenboek"),
    sent: at ? say("Score in het puntenboek, {when}", { when: near(at) }) : say("Score in het puntenboek"),
    superseded: say("Het puntenboek hield zijn eigen score"),
    failed: at ? say("Score niet doorgekomen, {when}", { when: near(at) }) : say("Score niet doorgekomen"),
  };
  return said[state] ?? say("Geen kolom in het puntenboek");
}

function differs({ state, ours, theirs }) {
  const there = theirs ? outOf(theirs) : "";
  if (state === "differs") return say("In het puntenboek staat {there}, hier {here}", { there, here: outOf(ours) });
  if (state === "absent") return say("In het puntenboek staat nog geen score");
  if (state === "theirs") return say("In het puntenboek staat al {there}; hier is niets gepubliceerd", { there });
  return "";
}

function outOf({ score, maximum }) {
  return `${written(score)} / ${written(maximum)}`;
}
