"""Why a platform could not be connected: each fault a stable code, a title, and what an administrator can do next.

Which check finds the fault is the checks' own. Nobody is half connected: every text says how things stand.
"""

import logging

from veranderkracht.errors import VkError
from veranderkracht.languages import later, say

log = logging.getLogger("lti_tool.register")

_AGAIN = later("Er is niets gekoppeld. Begin opnieuw vanuit je leeromgeving: dezelfde uitnodiging blijft bruikbaar.")
_LEFT_OVER = later(
    "Staat er in je leeromgeving al een nieuwe tool Veranderkracht, verwijder die dan. Begin daarna opnieuw vanuit je "
    "leeromgeving: dezelfde uitnodiging blijft bruikbaar."
)

# Code: HTTP status, title, and paragraphs; `{reason}` is what was found.
TEXTS: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "invite-unknown": (
        404,
        later("Deze uitnodiging kennen we niet"),
        (
            later("De link is niet volledig, of ze hoort bij een andere installatie van Veranderkracht."),
            later("Kopieer ze nog eens helemaal, of vraag een nieuwe aan wie Veranderkracht beheert."),
        ),
    ),
    "invite-expired": (
        410,
        later("Deze uitnodiging is verlopen"),
        (later("Er is niets gekoppeld. Vraag een nieuwe uitnodiging aan wie Veranderkracht beheert."),),
    ),
    "invite-used": (
        410,
        later("Deze uitnodiging is al gebruikt"),
        (
            later("Een uitnodiging koppelt één leeromgeving. Was dat de jouwe, dan hoef je niets meer te doen."),
            later(
                "Wil je er nog een koppelen, vraag dan een nieuwe uitnodiging. Heb je deze niet zelf gebruikt, "
                "meld het dan aan wie Veranderkracht beheert."
            ),
        ),
    ),
    "invite-withdrawn": (
        410,
        later("Deze uitnodiging is ingetrokken"),
        (later("Er is niets gekoppeld. Vraag aan wie Veranderkracht beheert waarom, of vraag een nieuwe."),),
    ),
    "invite-busy": (
        409,
        later("Met deze uitnodiging is al iemand bezig"),
        (
            later("Er loopt een koppeling met dezelfde link, misschien in een ander venster."),
            later("Wacht twee minuten en begin dan opnieuw vanuit je leeromgeving."),
        ),
    ),
    "page-expired": (
        401,
        later("Deze pagina is verlopen"),
        (_AGAIN,),
    ),
    "platform-config-unreachable": (
        502,
        later("Je leeromgeving antwoordt ons niet"),
        (
            later("We konden haar gegevens niet ophalen: {reason}."),
            later("Kijk na of haar adres van buitenaf bereikbaar is, met een geldig certificaat."),
            _AGAIN,
        ),
    ),
    "platform-config-invalid": (
        422,
        later("De gegevens van je leeromgeving kloppen niet"),
        (
            later("In haar LTI-configuratie vonden we dit: {reason}."),
            later("Kijk die instelling na, of geef dit door aan de leverancier van je leeromgeving."),
            _AGAIN,
        ),
    ),
    "registration-refused": (
        502,
        later("Je leeromgeving weigerde de registratie"),
        (
            later("Ze antwoordde: {reason}."),
            later("Vaak is de aanvraag te oud, of staat er al een tool Veranderkracht met dit adres."),
            _AGAIN,
        ),
    ),
    "registration-unanswered": (
        502,
        later("Je leeromgeving gaf geen antwoord op de registratie"),
        (
            later(
                "We vroegen je leeromgeving om Veranderkracht te registreren, maar kregen geen antwoord: "
                "{reason}. Bij ons is er niets bewaard."
            ),
            _LEFT_OVER,
        ),
    ),
    "registration-answer-invalid": (
        502,
        later("Het antwoord van je leeromgeving klopt niet"),
        (
            later(
                "Je leeromgeving aanvaardde de registratie, maar in haar antwoord vonden we dit: {reason}. Bij "
                "ons is er niets bewaard."
            ),
            _LEFT_OVER,
        ),
    ),
    "registration-unsaved": (
        500,
        later("De koppeling is maar half gelukt"),
        (
            later("Je leeromgeving registreerde Veranderkracht, maar wij konden dat niet bewaren: {reason}."),
            _LEFT_OVER,
        ),
    ),
}


class NotConnected(VkError):
    """A platform that was not connected.

    Args:
        code: one of `TEXTS`.
        reason: what was found, in the language of the moment, without a full stop; never a token or the invitation's
            secret.
        platform: the host that it is about, for the log.
    """

    def __init__(self, code: str, reason: str = "", *, platform: str = "") -> None:
        status, title, paragraphs = TEXTS[code]
        super().__init__("\n".join(say(each, reason=reason) for each in paragraphs), code=code)
        self.status, self.title = status, title
        self.reason, self.platform = reason, platform

    def log(self) -> None:
        """Write one line; quoted, so that nothing sent to us can start a line of its own."""
        log.warning("registration failed: code=%s platform=%a reason=%a", self.code, self.platform, self.reason[:300])
