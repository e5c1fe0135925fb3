/** What to do with an unsaved text when the session is over: stay and try again, open the step anew, or take it along by hand. */

const AGAIN = "Opnieuw proberen";
const COPY = "Kopieer je tekst";
const PRINT = "Afdrukken";

/**
 * Give `[text, label, act]` for the note; without a label there is no button.
 *
 * `launched`: a launch opened this page, so signing in elsewhere does not bring it back to life. `lasting`: the browser
 * keeps the text for this tab; many refuse that in a frame of another site. `framed`: the course stands in the same tab.
 * `it`: what was being written, `area`: the textarea that it is in, or null for a form, which can be printed.
 */
export function sessionOver({ it, launched, lasting, framed, area, retry }) {
  const over = `Je sessie is verlopen. ${it} staat nog op deze pagina`;
  const along = `${it.toLowerCase()} komt dan mee`;
  if (!launched && lasting) {
    const either =
      `Open deze stap opnieuw vanuit je cursus, in ditzelfde tabblad: ${along}. ` +
      "Of meld je aan in een ander tabblad en probeer hier opnieuw.";
    return [`${over}. ${either}`, AGAIN, retry];
  }
  if (!launched) return [`${over}. Meld je aan in een ander tabblad en probeer dan hier opnieuw.`, AGAIN, retry];
  if (lasting && framed) {
    return [`${over}. Open deze stap opnieuw vanuit je cursus, in ditzelfde tabblad: ${along}.`, ""];
  }
  if (!area) return [`${over}, maar komt niet vanzelf mee. Druk de pagina af en open deze stap opnieuw vanuit je cursus.`, PRINT, () => window.print()];
  const byHand = "maar komt niet vanzelf mee. Kopieer hem, open deze stap opnieuw vanuit je cursus en plak hem daar.";
  return [`${over}, ${byHand}`, COPY, (event) => copy(area, event.currentTarget)];
}

/** Select the text and copy it; where the browser forbids copying, the selection is there for the keyboard. */
function copy(area, button) {
  area.focus();
  area.select();
  // The newer clipboard asks a permission that frames rarely have.
  button.textContent = document.execCommand("copy") ? "Gekopieerd" : "Geselecteerd: kopieer met Ctrl+C";
}
