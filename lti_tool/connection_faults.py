"""Why a platform could not be connected: each fault a stable code, a title, and what an administrator can do next.

Which check finds the fault is the checks' own. Nobody is half connected: every text says how things stand.
"""

import logging

from veranderkracht.errors import VkError

log = logging.getLogger("lti_tool.register")

_AGAIN = "Er is niets gekoppeld. Begin opnieuw vanuit je leeromgeving: dezelfde uitnodiging blijft bruikbaar."
_LEFT_OVER = (
    "Staat er in je leeromgeving al een nieuwe tool Veranderkracht, verwijder die dan. Begin daarna opnieuw vanuit je "
    "leeromgeving: dezelfde uitnodiging blijft bruikbaar."
)

# Code: HTTP status, title, text; `{reason}` is what was found, a line end begins a new paragraph.
TEXTS: dict[str, tuple[int, str, str]] = {
    "invite-unknown": (
        404,
        "Deze uitnodiging kennen we niet",
        "De link is niet volledig, of ze hoort bij een andere installatie van Veranderkracht.\n"
        "Kopieer ze nog eens helemaal, of vraag een nieuwe aan wie Veranderkracht beheert.",
    ),
    "invite-expired": (
        410,
        "Deze uitnodiging is verlopen",
        "Er is niets gekoppeld. Vraag een nieuwe uitnodiging aan wie Veranderkracht beheert.",
    ),
    "invite-used": (
        410,
        "Deze uitnodiging is al gebruikt",
        "Een uitnodiging koppelt één leeromgeving. Was dat de jouwe, dan hoef je niets meer te doen.\n"
        "Wil je er nog een koppelen, vraag dan een nieuwe uitnodiging. Heb je deze niet zelf gebruikt, meld het dan "
        "aan wie Veranderkracht beheert.",
    ),
    "invite-withdrawn": (
        410,
        "Deze uitnodiging is ingetrokken",
        "Er is niets gekoppeld. Vraag aan wie Veranderkracht beheert waarom, of vraag een nieuwe.",
    ),
    "invite-busy": (
        409,
        "Met deze uitnodiging is al iemand bezig",
        "Er loopt een koppeling met dezelfde link, misschien in een ander venster.\n"
        "Wacht twee minuten en begin dan opnieuw vanuit je leeromgeving.",
    ),
    "page-expired": (
        401,
        "Deze pagina is verlopen",
        _AGAIN,
    ),
    "platform-config-unreachable": (
        502,
        "Je leeromgeving antwoordt ons niet",
        "We konden haar gegevens niet ophalen: {reason}.\n"
        "Kijk na of haar adres van buitenaf bereikbaar is, met een geldig certificaat.\n" + _AGAIN,
    ),
    "platform-config-invalid": (
        422,
        "De gegevens van je leeromgeving kloppen niet",
        "In haar LTI-configuratie vonden we dit: {reason}.\n"
        "Kijk die instelling na, of geef dit door aan de leverancier van je leeromgeving.\n" + _AGAIN,
    ),
    "registration-refused": (
        502,
        "Je leeromgeving weigerde de registratie",
        "Ze antwoordde: {reason}.\n"
        "Vaak is de aanvraag te oud, of staat er al een tool Veranderkracht met dit adres.\n" + _AGAIN,
    ),
    "registration-unanswered": (
        502,
        "Je leeromgeving gaf geen antwoord op de registratie",
        "We vroegen je leeromgeving om Veranderkracht te registreren, maar kregen geen antwoord: {reason}. Bij ons is "
        "er niets bewaard.\n" + _LEFT_OVER,
    ),
    "registration-answer-invalid": (
        502,
        "Het antwoord van je leeromgeving klopt niet",
        "Je leeromgeving aanvaardde de registratie, maar in haar antwoord vonden we dit: {reason}. Bij ons is er niets "
        "bewaard.\n" + _LEFT_OVER,
    ),
    "registration-unsaved": (
        500,
        "De koppeling is maar half gelukt",
        "Je leeromgeving registreerde Veranderkracht, maar wij konden dat niet bewaren: {reason}.\n" + _LEFT_OVER,
    ),
}


class NotConnected(VkError):
    """A platform that was not connected.

    Args:
        code: one of `TEXTS`.
        reason: what was found, in Dutch, without a full stop; never a token or the invitation's secret.
        platform: the host that it is about, for the log.
    """

    def __init__(self, code: str, reason: str = "", *, platform: str = "") -> None:
        status, title, text = TEXTS[code]
        super().__init__(text.format(reason=reason), code=code)
        self.status, self.title = status, title
        self.reason, self.platform = reason, platform

    def log(self) -> None:
        """Write one line; quoted, so that nothing sent to us can start a line of its own."""
        log.warning("registration failed: code=%s platform=%a reason=%a", self.code, self.platform, self.reason[:300])
