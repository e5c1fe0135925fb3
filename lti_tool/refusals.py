"""Launches that are refused: a page that a person understands, and one line that an administrator can act on.

Which check refuses is the checks' own; here stand the codes, what they say to people, and how they are logged.
"""

import logging
from dataclasses import dataclass, field, replace
from typing import Literal

from veranderkracht.errors import VkError
from veranderkracht.languages import later, say

log = logging.getLogger("lti_tool.launch")

Advice = Literal["again", "browser", "setup", "later", "role", "teacher", "others-work", "no-work"]

TITLES: dict[Advice, str] = {
    "again": later("Open de activiteit opnieuw"),
    "browser": later("Je browser hield iets tegen"),
    "setup": later("De koppeling met je leeromgeving klopt nog niet"),
    "later": later("Je leeromgeving antwoordt nu niet"),
    "role": later("Deze activiteit is niet voor jou klaargezet"),
    "teacher": later("Activiteiten kiezen doet je docent"),
    "others-work": later("Dit is het werk van iemand anders"),
    "no-work": later("Bij deze kolom vonden we geen activiteit"),
}
TEXTS: dict[Advice, tuple[str, ...]] = {
    "again": (
        later(
            "Deze start is verlopen of al eens gebruikt. Dat gebeurt als je de pagina vernieuwt, teruggaat, of "
            "een oude pagina open laat staan."
        ),
        later("Ga terug naar je cursus en open de activiteit daar opnieuw. Wat je al bewaarde, staat er nog."),
    ),
    "browser": (
        later("We konden niet nagaan dat deze start uit jouw browser komt. Meestal houdt de browser een cookie tegen."),
        later(
            "Ga terug naar je cursus en open de activiteit opnieuw, liefst in een nieuw venster. Lukt het dan nog"
            " niet, probeer dan een andere browser, of laat cookies toe voor je leeromgeving."
        ),
    ),
    "setup": (
        later(
            "Je leeromgeving en Veranderkracht herkennen elkaar nog niet. Daar kun jij zelf niets aan doen, en je"
            " hebt niets verkeerd gedaan."
        ),
        later("Laat het weten aan je docent of aan wie je leeromgeving beheert, en geef de code hieronder door."),
    ),
    "later": (
        later("We konden bij je leeromgeving niet nakijken of deze start echt is."),
        later(
            "Wacht een minuut en open de activiteit dan opnieuw vanuit je cursus. Blijft het zo, geef dan de code"
            " hieronder door aan wie je leeromgeving beheert."
        ),
    ),
    "role": (
        later(
            "Je leeromgeving zegt niet wie je bent in deze cursus, of geeft je een rol waarvoor hier niets klaarstaat."
        ),
        later(
            "Vraag je docent of je als lerende in de cursus staat. Was je aangemeld als gast, meld je dan aan en "
            "open de activiteit opnieuw."
        ),
    ),
    "teacher": (
        later(
            "Op deze pagina kiest een docent wat er in de cursus komt. Je leeromgeving geeft jou in deze cursus "
            "een andere rol."
        ),
        later(
            "Zoek je een activiteit, open ze dan vanuit je cursus. Geef je hier les, vraag dan aan wie je "
            "leeromgeving beheert om je in deze cursus docent te maken."
        ),
    ),
    "others-work": (
        later(
            "Wat iemand indient, is enkel te zien voor die persoon zelf en voor de docenten van de cursus. "
            "Volgens je leeromgeving ben jij hier geen docent."
        ),
        later(
            "Je eigen werk vind je door de activiteit in je cursus te openen. Geef je hier les, vraag dan aan wie"
            " je leeromgeving beheert om je in deze cursus docent te maken."
        ),
    ),
    "no-work": (
        later(
            "Je leeromgeving vraagt werk op bij een kolom van het puntenboek, maar wij kennen in deze cursus geen"
            " activiteit die daar haar scores naartoe stuurt."
        ),
        later(
            "Open de activiteit vanuit je cursus: daar staat al het werk. Komt dit vaker voor, geef dan de code "
            "hieronder door aan wie je leeromgeving beheert."
        ),
    ),
}

ADVICE: dict[str, Advice] = {
    "login-incomplete": "setup",
    "platform-unknown": "setup",
    "target-foreign": "setup",
    "platform-error": "again",
    "state-missing": "again",
    "state-invalid": "again",
    "state-expired": "again",
    "browser-mismatch": "browser",
    "token-missing": "setup",
    "token-malformed": "setup",
    "token-algorithm": "setup",
    "key-unknown": "setup",
    "keys-unreachable": "later",
    "signature-invalid": "setup",
    "token-expired": "again",
    "token-future": "setup",
    "token-times": "setup",
    "issuer-mismatch": "setup",
    "audience-mismatch": "setup",
    "azp-mismatch": "setup",
    "deployment-unknown": "setup",
    "deployment-off": "setup",
    "version-unsupported": "setup",
    "message-unsupported": "setup",
    "claims-incomplete": "setup",
    "nonce-missing": "setup",
    "nonce-mismatch": "again",
    "nonce-used": "again",
    "user-missing": "role",
    "deep-link-incomplete": "setup",
    "deep-link-types": "setup",
    "deep-link-role": "teacher",
    "review-incomplete": "setup",
    "review-unknown": "no-work",
    "review-other": "others-work",
}


@dataclass(frozen=True)
class Caller:
    """Who a launch says it comes from, as far as is known; for the log and for the page's frame."""

    issuer: str = ""
    client_id: str = ""
    deployment_id: str = ""
    origins: tuple[str, ...] = field(default=())


class Refused(VkError):
    """A launch that is not let in.

    Args:
        code: one of `ADVICE`.
        reason: what is wrong, for an administrator; never a token or a person's name.
        caller: who it says it comes from.
    """

    status = 403

    def __init__(self, code: str, reason: str, caller: Caller | None = None) -> None:
        self.advice = ADVICE[code]
        super().__init__(" ".join(map(say, TEXTS[self.advice])), code=code)
        self.title = TITLES[self.advice]
        self.reason = reason
        self.caller = caller or Caller()
        if self.advice == "later":
            self.status = 503

    def by(self, caller: Caller) -> "Refused":
        """Fill in the caller where it is not known yet."""
        known = self.caller
        self.caller = replace(
            caller,
            issuer=known.issuer or caller.issuer,
            client_id=known.client_id or caller.client_id,
            deployment_id=known.deployment_id or caller.deployment_id,
        )
        return self

    def log(self) -> None:
        """Write the one line; quoted, so that nothing sent to us can start a line of its own."""
        caller = self.caller
        log.warning(
            "launch refused: code=%s issuer=%s client_id=%s deployment_id=%s reason=%s",
            self.code,
            _quote(caller.issuer),
            _quote(caller.client_id),
            _quote(caller.deployment_id),
            _quote(self.reason),
        )


def _quote(text: str) -> str:
    return ascii(text[:300])
