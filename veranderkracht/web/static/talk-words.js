/** What a page says when a conversation cannot go on, by the service's stable codes. */

import { later, say } from "./language.js";

const SAID = {
  away: later("De assistent is nu niet bereikbaar. Wat je schreef, staat er nog; alles op deze pagina werkt gewoon verder."),
  "assistant-off": later("Er is hier geen assistent ingesteld. Al het andere werkt."),
  "assistant-preview": later("In een voorbeeldweergave antwoordt de assistent niet. Een lerende kan er wel mee praten."),
  "session-expired": later("Je sessie is verlopen. Open deze stap opnieuw vanuit je cursus; wat je schreef, blijft staan."),
  "text-empty": later("Schrijf eerst iets; dan is er iets om op te antwoorden."),
  "model-unavailable": later("De assistent antwoordt nu niet. Je bericht staat er; vraag straks opnieuw een antwoord."),
  "conversation-unknown": later("Dit gesprek is er niet meer. Begin een nieuw."),
};

export function explain(code, detail = "") {
  return (SAID[code] && say(SAID[code])) || detail || say(SAID.away);
}
