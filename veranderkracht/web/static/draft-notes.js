/**
 * What a page says about saving: when it was saved, what needs attention, and two versions to choose from.
 *
 * Used by everything that is worked on in drafts; how a version looks is for whoever owns the draft.
 */

import { WORDS } from "./draft-words.js";
import { say } from "./language.js";
import { exact, near } from "./moments.js";
import { sessionOver } from "./session-over.js";

const STATUS = {
  waiting: () => say("Wordt zo bewaard"),
  saving: () => say("Wordt bewaard"),
  saved: (draft) => (draft.savedAt ? say("Bewaard {when}", { when: near(draft.savedAt) }) : ""),
};

/** What needs the learner's attention: a text, and what can be done about it now; by default, to try again. */
const NOTES = {
  offline: ({ words }) => [`${say("Geen verbinding.")} ${say(words.safe)}`, say("Nu proberen")],
  failed: ({ words }) => [`${say("Bewaren lukt nu niet.")} ${say(words.safe)}`, say("Nu proberen")],
  expired: ({ words, draft, element, area }) =>
    sessionOver({
      words,
      launched: element.host.launched === true,
      lasting: draft.copy.lasting,
      framed: window.top !== window,
      area,
      retry: () => draft.retry(),
    }),
  refused: ({ words, draft }) => [`${draft.problem || say("Bewaren lukt nu niet.")} ${say(words.here)}`, say("Opnieuw proberen")],
};

export function sessionStorageIfAny() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // blocked in this frame
  }
}

/** Save again when the connection is back, and lose nothing when the page is left. */
export function keepSafe(element, draft) {
  element.listen(window, "online", () => draft.status === "offline" && draft.retry());
  element.listen(window, "pagehide", () => draft.leave());
  // What neither the host nor this tab holds is gone with the page.
  element.listen(window, "beforeunload", (event) => {
    if (element.state?.may.save && draft.dirty && !draft.copy.lasting) event.preventDefault();
  });
  element.listen(document, "visibilitychange", () => document.hidden && draft.dirty && draft.flush());
}

export class DraftNotes {
  restored = false; // whether the draft came back from this session's copy, and nothing was typed since

  #element;
  #draft;
  #words;
  #area;
  #show;
  #both;
  #focus;
  #told = "";

  /**
   * `kind`: what is being written, as `draft-words.js` names it; `area`: the textarea that it is in, where it is in one.
   * `show(text)` gives nodes for a version, `focus()` goes back to
   * the work; `both(theirs, mine)`, where there is one, joins two versions.
   */
  constructor(element, draft, { kind = "text", area = null, show, focus, both = null }) {
    this.#element = element;
    this.#draft = draft;
    this.#words = WORDS[kind];
    this.#area = area;
    this.#show = show;
    this.#focus = focus;
    this.#both = both;
  }

  /** Say how the draft stands. Notes are said once: a live region that is filled again would be read out again. */
  tell() {
    const draft = this.#draft;
    const said = this.#element.part("saved");
    said.textContent = (STATUS[draft.status] ?? (() => say("Nog niet bewaard")))(draft);
    said.title = draft.savedAt ? exact(draft.savedAt) : "";
    said.classList.toggle("is-done", draft.status === "saved" && Boolean(draft.savedAt));
    const restored = [say(this.#words.restored), ""];
    const about = { words: this.#words, draft, element: this.#element, area: this.#area };
    const note = NOTES[draft.status]?.(about) ?? (this.restored ? restored : ["", ""]);
    const [text, label, act = () => draft.retry()] = note;
    const kind = draft.conflict ? `stale ${draft.conflict.version}` : text;
    if (kind === this.#told) return;
    this.#told = kind;
    const place = this.#element.part("draft-status");
    this.#element.part("conflict").replaceChildren(...(draft.conflict ? [this.#conflict()] : []));
    // Said in one sentence; the two versions themselves are there to be read at leisure.
    if (draft.conflict) return place.replaceChildren(this.#element.build("t-two-versions"));
    if (!text) return place.replaceChildren();
    const shown = this.#element.build("t-draft-note", { text, act: label || null });
    shown.classList.toggle("is-attention", note !== restored);
    shown.slots.act.onclick = act;
    place.replaceChildren(shown);
  }

  #conflict() {
    const draft = this.#draft;
    const { theirs, savedAt } = draft.conflict;
    const mine = draft.text;
    const panel = this.#element.build("t-conflict", {
      why: say(this.#words.elsewhere),
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
