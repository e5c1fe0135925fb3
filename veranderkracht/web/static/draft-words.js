/** What is worked on in drafts, in whole sentences: a text, the answers of a scan, or a worksheet. */

import { later } from "./language.js";

export const WORDS = {
  text: {
    safe: later("Je tekst staat veilig op deze pagina; we proberen opnieuw."),
    here: later("Je tekst staat nog op deze pagina."),
    behind: later("Je tekst staat nog op deze pagina, maar komt niet vanzelf mee."),
    along: later("Open deze stap opnieuw vanuit je cursus, in ditzelfde tabblad: je tekst komt dan mee."),
    restored: later("We hebben je tekst teruggezet: de vorige keer was bewaren nog niet gelukt."),
    elsewhere: later("Je tekst is intussen ook ergens anders bewaard: in een ander tabblad of op een ander toestel. Kies waarmee je verdergaat."),
  },
  scan: {
    safe: later("Je antwoorden staan veilig op deze pagina; we proberen opnieuw."),
    here: later("Je antwoorden staan nog op deze pagina."),
    behind: later("Je antwoorden staan nog op deze pagina, maar komen niet vanzelf mee."),
    along: later("Open deze stap opnieuw vanuit je cursus, in ditzelfde tabblad: je antwoorden komen dan mee."),
    restored: later("We hebben je antwoorden teruggezet: de vorige keer was bewaren nog niet gelukt."),
    elsewhere: later("Je antwoorden zijn intussen ook ergens anders bewaard: in een ander tabblad of op een ander toestel. Kies waarmee je verdergaat."),
  },
  sheet: {
    safe: later("Je werkblad staat veilig op deze pagina; we proberen opnieuw."),
    here: later("Je werkblad staat nog op deze pagina."),
    behind: later("Je werkblad staat nog op deze pagina, maar komt niet vanzelf mee."),
    along: later("Open deze stap opnieuw vanuit je cursus, in ditzelfde tabblad: je werkblad komt dan mee."),
    restored: later("We hebben je werkblad teruggezet: de vorige keer was bewaren nog niet gelukt."),
    elsewhere: later("Je werkblad is intussen ook ergens anders bewaard: in een ander tabblad of op een ander toestel. Kies waarmee je verdergaat."),
  },
};
