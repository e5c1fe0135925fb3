/** A scan: statements to rate, round after round, and what the rounds say: a chart, the same in a table, and advice. */

import { separator } from "./decimals.js";
import { Draft } from "./draft.js";
import { DraftNotes, keepSafe, sessionStorageIfAny } from "./draft-notes.js";
import { explain, part, VkElement } from "./element.js";
import { plural, say } from "./language.js";
import { exact, near } from "./moments.js";
import { adopt } from "./safe-html.js";
import { drawRounds } from "./scan-chart.js";
import { canonical } from "./sheet.js";

const SHOWN = 4; // rounds side by side: more no longer fit, nor say much

export class VkScan extends VkElement {
  #draft = null;
  #notes = null;
  #filling = false;
  #busy = false;

  start() {
    const form = this.part("work");
    this.#draft = new Draft({
      key: this.host.key,
      storage: sessionStorageIfAny(),
      read: (body) => canonical(round(body)),
      save: (version, text) => this.host.call("save", { version, body: JSON.parse(text) }),
      onChange: () => this.#show(),
    });
    this.#notes = new DraftNotes(this, this.#draft, {
      kind: "scan",
      show: (text) => [document.createTextNode(this.#tally(JSON.parse(text)))],
      focus: () => this.part("form-title").focus(),
    });
    this.listen(form, "input", () => this.#typed());
    this.listen(form, "submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.listen(this.part("again"), "click", () => this.#again());
    this.listen(this.part("back"), "click", () => this.#fill(false));
    this.listen(this.part("print"), "click", () => window.print());
    keepSafe(this, this.#draft);
    this.#refresh();
  }

  stop() {
    this.#draft?.leave();
    this.#draft?.stop();
  }

  #refresh() {
    return this.need("state", {}, (state) => this.#load(state));
  }

  #load(state) {
    this.state = state;
    const { version, body, saved_at: savedAt } = state.work;
    const text = canonical(round(body));
    const found = this.#draft.load({ version, text, savedAt, canSave: state.may.save });
    this.#notes.restored = found.copy === "restored";
    const closed = state.submission && this.#draft.text === canonical(round(state.submission.body));
    this.#fill(!closed);
    this.#show();
  }

  #fill(filling) {
    const rounds = this.state.rounds ?? [];
    this.#filling = filling && this.state.may.save;
    this.part("work").hidden = !this.#filling;
    this.part("back").hidden = !rounds.length;
    this.part("results").hidden = this.#filling || !rounds.length;
    if (!this.part("results").hidden) this.#results(rounds);
  }

  #read() {
    const ratings = {};
    for (const item of this.parts("item")) {
      const chosen = item.querySelector("input:checked");
      if (chosen) ratings[item.dataset.vkItem] = chosen.value === "" ? null : Number(chosen.value);
    }
    const layer = this.part("layer")?.value;
    return layer ? { layer, ratings } : { ratings };
  }

  #write({ layer = "", ratings = {} }) {
    if (this.part("layer")) this.part("layer").value = layer;
    for (const item of this.parts("item")) {
      const id = item.dataset.vkItem;
      const wanted = id in ratings ? String(ratings[id] ?? "") : null;
      for (const input of item.querySelectorAll("input")) input.checked = input.value === wanted;
    }
  }

  #typed() {
    this.#notes.restored = false;
    this.#error("");
    this.#draft.input(canonical(this.#read()));
  }

  #show() {
    const draft = this.#draft;
    if (canonical(this.#read()) !== draft.text) this.#write(JSON.parse(draft.text || "{}"));
    this.part("count").textContent = this.#tally(this.#read());
    this.part("submit").disabled = this.#busy || draft.conflict !== null;
    this.#notes.tell();
  }

  #tally({ ratings = {} }) {
    const all = this.parts("item").length;
    return say("{done} van de {all} stellingen beantwoord.", { done: Object.keys(ratings).length, all });
  }

  #again() {
    this.#write({});
    this.#typed();
    this.#fill(true);
    this.part("form-title").focus();
  }

  async #submit() {
    this.#busy = true;
    this.#error("");
    this.#show();
    try {
      const state = await this.#draft.submit((version, text) => this.host.call("submit", { version, body: JSON.parse(text) }));
      this.#busy = false;
      this.#load(state);
      this.part("results-title").focus();
    } catch (error) {
      this.#busy = false;
      this.#show();
      if (!error.code) throw error;
      if (error.code === "draft-stale" && this.#draft.conflict) return;
      this.#error(explain(error, { offline: say("Geen verbinding. Je antwoorden staan veilig op deze pagina. Probeer opnieuw zodra je weer verbinding hebt.") }));
      this.#toOpen(error.body?.items ?? []);
    }
  }

  #toOpen([first]) {
    if (!first) return;
    const item = this.querySelector(`[data-vk-item="${CSS.escape(first)}"] input`);
    (first === "layer" ? this.part("layer") : item)?.focus();
  }

  #error(text) {
    this.part("error").hidden = !text;
    this.part("error-text").textContent = text;
  }

  #results(rounds) {
    const shown = rounds.slice(-SHOWN);
    const last = shown.at(-1);
    this.part("results-title").textContent = plural("Wat je scan zegt", "Wat {n} rondes zeggen", rounds.length);
    this.part("results-hint").textContent =
      rounds.length > shown.length
        ? say("De laatste {n} rondes. De raad hieronder gaat over de laatste.", { n: SHOWN })
        : say("De raad hieronder gaat over de laatste ronde.");
    this.part("results-hint").hidden = rounds.length === 1;
    this.#table(shown);
    this.#advice(last);
    const themes = this.parts("theme-row").map((row) => row.querySelector("th").textContent);
    const points = Number(this.part("work").dataset.vkPoints);
    this.part("chart").setAttribute("aria-label", say("Grafiek van {themes}; de tabel hieronder zegt hetzelfde.", { themes: themes.join(", ") }));
    const series = shown.map((one) => ({ label: this.#name(one), means: one.themes.map(({ mean }) => (mean === null ? null : Number(mean))) }));
    drawRounds(this.part("chart"), { themes, points, series });
  }

  #name({ layer, submitted_at: at, number }) {
    const title = layer && [...(this.part("layer")?.options ?? [])].find(({ value }) => value === layer)?.textContent;
    const when = near(at);
    return title ? say("Ronde {number}: {layer}, {when}", { number, layer: title, when }) : say("Ronde {number}, {when}", { number, when });
  }

  #table(rounds) {
    for (const old of this.querySelectorAll(".vk-round")) old.remove();
    for (const one of rounds) {
      const head = cell("th", this.#name(one));
      head.scope = "col";
      head.title = exact(one.submitted_at);
      this.part("round-heads").append(head);
      for (const row of this.parts("theme-row")) {
        const theme = one.themes.find(({ id }) => id === row.dataset.vkThemeId);
        row.append(cell("td", theme?.mean ? tenths(theme.mean) : say("te weinig beantwoord")));
      }
    }
  }

  #advice({ themes }) {
    for (const place of this.parts("theme-advice")) {
      const theme = themes.find(({ id }) => id === place.dataset.vkThemeId);
      place.hidden = !theme?.mean;
      if (place.hidden) continue;
      part(place, "theme-mean").textContent = tenths(theme.mean);
      part(place, "theme-text").replaceChildren(adopt(theme.advice_html));
    }
  }
}

/** What a body says, without keys that hold nothing. */
function round(body) {
  const { layer, ratings = {} } = body ?? {};
  return layer ? { layer, ratings } : { ratings };
}

function tenths(mean) {
  return Number(mean).toFixed(1).replace(".", separator);
}

function cell(name, text) {
  const made = document.createElement(name);
  made.className = "vk-round";
  made.textContent = text;
  return made;
}
