/** What to do with an unsaved text when the session is over: stay and try again, open the step anew, or take it along by hand. */

const OVER = "Je sessie is verlopen. Je tekst staat nog op deze pagina";
const AGAIN = "Opnieuw proberen";
const COPY = "Kopieer je tekst";

/**
 * Give `[text, label, act]` for the note; without a label there is no button.
 *
 * `launched`: a launch opened this page, so signing in elsewhere does not bring it back to life. `lasting`: the browser
 * keeps the text for this tab; many refuse that in a frame of another site. `framed`: the course stands in the same tab.
 */
export function sessionOver({ launched, lasting, framed, area, retry }) {
  if (!launched && lasting) {
    const either =
      "Open deze stap opnieuw vanuit je cursus, in ditzelfde tabblad: je tekst komt dan mee. " +
      "Of meld je aan in een ander tabblad en probeer hier opnieuw.";
    return [`${OVER}. ${either}`, AGAIN, retry];
  }
  if (!launched) return [`${OVER}. Meld je aan in een ander tabblad en probeer dan hier opnieuw.`, AGAIN, retry];
  if (lasting && framed) {
    return [`${OVER}. Open deze stap opnieuw vanuit je cursus, in ditzelfde tabblad: je tekst komt dan mee.`, ""];
  }
  const byHand = "maar komt niet vanzelf mee. Kopieer hem, open deze stap opnieuw vanuit je cursus en plak hem daar.";
  return [`${OVER}, ${byHand}`, COPY, (event) => copy(area, event.currentTarget)];
}

/** Select the text and copy it; where the browser forbids copying, the selection is there for the keyboard. */
function copy(area, button) {
  area.focus();
  area.select();
  // The newer clipboard asks a permission that frames rarely have.
  button.textContent = document.execCommand("copy") ? "Gekopieerd" : "Geselecteerd: kopieer met Ctrl+C";
}
