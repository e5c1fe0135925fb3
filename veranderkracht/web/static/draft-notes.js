/**
 * What a page says about saving: when it was saved, what needs attention, and two versions to choose from.
 *
 * Used by everything that is worked on in drafts; how a version looks is for whoever owns the draft.
 */

import { exact, near } from "./moments.js";

const STATUS = {
  waiting: () => "Wordt zo bewaard",
  saving: () => "Wordt bewaard",
  saved: (draft) => (draft.savedAt ? `Bewaard ${near(draft.savedAt)}` : ""),
};

/** What needs the learner's attention, and what can be done about it now; `it` is `Je tekst` or what else it is. */
const NOTES = {
  offline: ({ it }) => [`Geen verbinding. ${it} staat veilig op deze pagina; we proberen opnieuw.`, "Nu proberen"],
  failed: ({ it }) => [`Bewaren lukt nu niet. ${it} staat veilig op deze pagina; we proberen opnieuw.`, "Nu proberen"],
  expired: ({ it }) => [
    `Je sessie is verlopen. ${it} staat nog op deze pagina. Open deze stap opnieuw vanuit je cursus, in ditzelfde tabblad: ` +
      `${it.toLowerCase()} komt dan mee. Of meld je aan in een ander tabblad en probeer hier opnieuw.`,
    "Opnieuw proberen",
  ],
  refused: ({ it, draft }) => [`${draft.problem || "Bewaren lukt nu niet."} ${it} staat nog op deze pagina.`, "Opnieuw proberen"],
};

export function sessionStorageIfAny() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // blocked in this frame
  }
}

export class DraftNotes {
  restored = false; // whether the draft came back from this session's copy, and nothing was typed since

  #element;
  #draft;
  #it;
  #show;
  #both;
  #focus;
  #told = "";

  /**
   * `it`: what is being written, to begin a sentence with. `show(text)` gives nodes for a version, `focus()` goes back to
   * the work; `both(theirs, mine)`, where there is one, joins two versions.
   */
  constructor(element, draft, { it = "Je tekst", show, focus, both = null }) {
    this.#element = element;
    this.#draft = draft;
    this.#it = it;
    this.#show = show;
    this.#focus = focus;
    this.#both = both;
  }

  /** Say how the draft stands. Notes are said once: a live region that is filled again would be read out again. */
  tell() {
    const draft = this.#draft;
    const said = this.#element.part("saved");
    said.textContent = (STATUS[draft.status] ?? (() => "Nog niet bewaard"))(draft);
    said.title = draft.savedAt ? exact(draft.savedAt) : "";
    said.classList.toggle("is-done", draft.status === "saved" && Boolean(draft.savedAt));
    const restored = [`We hebben ${this.#it.toLowerCase()} teruggezet: de vorige keer was bewaren nog niet gelukt.`, ""];
    const [text, act] = NOTES[draft.status]?.({ it: this.#it, draft }) ?? (this.restored ? restored : ["", ""]);
    const kind = draft.conflict ? `stale ${draft.conflict.version}` : text;
    if (kind === this.#told) return;
    this.#told = kind;
    const place = this.#element.part("draft-status");
    this.#element.part("conflict").replaceChildren(...(draft.conflict ? [this.#conflict()] : []));
    // Said in one sentence; the two versions themselves are there to be read at leisure.
    if (draft.conflict) return place.replaceChildren(this.#element.build("t-two-versions"));
    if (!text) return place.replaceChildren();
    const note = this.#element.build("t-draft-note", { text, act: act || null });
    note.classList.toggle("is-attention", Boolean(act));
    note.slots.act.onclick = () => draft.retry();
    place.replaceChildren(note);
  }

  #conflict() {
    const draft = this.#draft;
    const { theirs, savedAt } = draft.conflict;
    const mine = draft.text;
    const panel = this.#element.build("t-conflict", {
      why: `${this.#it} is intussen ook ergens anders bewaard: in een ander tabblad of op een ander toestel. Kies waarmee je verdergaat.`,
      mine: this.#show(mine),
      theirs: this.#show(theirs),
      when: savedAt ? { at: savedAt } : null,
    });
    const choose = (text) => {
      draft.resolve(text);
      this.#focus();
    };
    panel.slots["keep-mine"].onclick = () => choose(mine);
    panel.slots["keep-theirs"].onclick = () => choose(theirs);
    if (this.#both) panel.slots["keep-both"].onclick = () => choose(this.#both(theirs, mine));
    return panel;
  }
}
