/** What to do with an unsaved text when the session is over: stay and try again, open the step anew, or take it along by hand. */

import { say } from "./language.js";

/**
 * Give `[text, label, act]` for the note; without a label there is no button.
 *
 * `launched`: a launch opened this page, so signing in elsewhere does not bring it back to life. `lasting`: the browser
 * keeps the text for this tab; many refuse that in a frame of another site. `framed`: the course stands in the same tab.
 * `words`: the sentences about what was being written, `area`: the textarea that it is in, or null for a form, which can be printed.
 */
export function sessionOver({ words, launched, lasting, framed, area, retry }) {
  const over = say("Je sessie is verlopen.");
  const again = say("Opnieuw proberen");
  if (!launched && lasting) {
    const either = say("Of meld je aan in een ander tabblad en probeer hier opnieuw.");
    return [[over, say(words.here), say(words.along), either].join(" "), again, retry];
  }
  if (!launched) {
    return [[over, say(words.here), say("Meld je aan in een ander tabblad en probeer dan hier opnieuw.")].join(" "), again, retry];
  }
  if (lasting && framed) return [[over, say(words.here), say(words.along)].join(" "), ""];
  if (!area) {
    const print = say("Druk de pagina af en open deze stap opnieuw vanuit je cursus.");
    return [[over, say(words.behind), print].join(" "), say("Afdrukken"), () => window.print()];
  }
  const byHand = say("Kopieer hem, open deze stap opnieuw vanuit je cursus en plak hem daar.");
  return [[over, say(words.behind), byHand].join(" "), say("Kopieer je tekst"), (event) => copy(area, event.currentTarget)];
}

/** Select the text and copy it; where the browser forbids copying, the selection is there for the keyboard. */
function copy(area, button) {
  area.focus();
  area.select();
  // The newer clipboard asks a permission that frames rarely have.
  button.textContent = document.execCommand("copy") ? say("Gekopieerd") : say("Geselecteerd: kopieer met Ctrl+C");
}
