/** What a page says when a conversation cannot go on, by the service's stable codes. */

const SAID = {
  away: "De assistent is nu niet bereikbaar. Wat je schreef, staat er nog; alles op deze pagina werkt gewoon verder.",
  "assistant-off": "Er is hier geen assistent ingesteld. Al het andere werkt.",
  "assistant-preview": "In een voorbeeldweergave antwoordt de assistent niet. Een lerende kan er wel mee praten.",
  "session-expired": "Je sessie is verlopen. Open deze stap opnieuw vanuit je cursus; wat je schreef, blijft staan.",
  "text-empty": "Schrijf eerst iets; dan is er iets om op te antwoorden.",
  "model-unavailable": "De assistent antwoordt nu niet. Je bericht staat er; vraag straks opnieuw een antwoord.",
  "conversation-unknown": "Dit gesprek is er niet meer. Begin een nieuw.",
};

export function explain(code, detail = "") {
  return SAID[code] || detail || SAID.away;
}
