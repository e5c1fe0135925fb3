"""Tests a connection with a platform as it works in service: keys, login address, access tokens, clocks.

Each check says what it found, how long it took, and what to do about it. What a platform answers is never shown, but
for the code of its error. What launches and scores left behind is the page's.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from lti_tool.access import AccessDenied, AccessTokens
from lti_tool.claims import SKEW
from lti_tool.keys import KeyFolder
from lti_tool.outgoing import Answer, Outgoing, OutgoingFault
from lti_tool.platform_keys import usable
from lti_tool.registrations import Registration
from lti_tool.tool_registration import SCOPES
from veranderkracht.languages import later, plural, say

State = Literal["good", "attention", "bad"]

# What each scope is for, in the order in which they are asked for.
PURPOSES = {
    "https://purl.imsglobal.org/spec/lti-ags/scope/score": later("scores doorgeven"),
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem": later("kolommen in het puntenboek maken"),
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly": later("kolommen in het puntenboek lezen"),
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly": later("punten uit het puntenboek teruglezen"),
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly": later(
        "deelnemers van een cursus lezen"
    ),
}
_UNREACHABLE = later(
    "Kijk na of het adres klopt, of de leeromgeving nu bereikbaar is, en of een firewall onze server tegenhoudt. "
    "Een adres op een intern netwerk mag enkel met de instelling VK_LTI_ALLOW_PRIVATE."
)
_REFUSED = {
    "invalid_client": later(
        "De leeromgeving herkent onze handtekening niet. Kijk na of het client-id klopt, of ons sleuteladres in de "
        "leeromgeving staat (en geen geplakte, oude sleutel), en of de doelgroep (token audience) juist is."
    ),
    "invalid_scope": later(
        "De leeromgeving geeft dit recht niet. Zet de dienst aan in de instellingen van de tool. In Sakai moeten "
        "‘return grades’ én ‘create grade columns’ aan staan."
    ),
    "unauthorized_client": later("De tool mag dit nog niet. Activeer haar in de leeromgeving, en zet deze dienst aan."),
    "invalid_request": later(
        "De leeromgeving begrijpt onze vraag niet. Kijk na of dit het token-adres voor LTI 1.3 is."
    ),
    "invalid_grant": later("Kijk de doelgroep (token audience) na, en of de klokken van beide servers gelijk lopen."),
}
_REFUSED_OTHERWISE = later(
    "Kijk na of het token-adres klopt, of de tool in de leeromgeving actief is, en of deze dienst daar aan staat."
)


@dataclass(frozen=True)
class Check:
    """One check.

    Args:
        name: what was looked at.
        state: how it stands.
        found: what was found.
        advice: what to do about it; empty when nothing.
        milliseconds: that it took.
    """

    name: str
    state: State
    found: str
    advice: str = ""
    milliseconds: int = 0


@dataclass(frozen=True)
class Tester:
    """Tests connections.

    Args:
        outgoing: how to call.
        access: asks for tokens; those that are kept of the registration are dropped.
        keys: our own.
        clock: gives the time.
    """

    outgoing: Outgoing
    access: AccessTokens
    keys: KeyFolder
    clock: Callable[[], datetime]

    def test(self, registration: Registration) -> list[Check]:
        """Give what the checks found, in the order to read them in."""
        offsets: list[float] = []
        checks = [
            _timed(lambda: self._keys(registration, offsets)),
            _timed(lambda: self._authorisation(registration, offsets)),
        ]
        tokens, accepted = self._tokens(registration)
        return [*checks, *tokens, _clocks(offsets), self._own_key(accepted)]

    def _keys(self, registration: Registration, offsets: list[float]) -> Check:
        name = say("Sleutels van de leeromgeving")
        try:
            answer = self.outgoing.get(registration.jwks_url, {"Accept": "application/json"})
            self._compare(answer, offsets)
            if answer.status != 200:
                raise OutgoingFault(say("het adres antwoordt met status {status}", status=answer.status))
            document = answer.json()
            good = usable(document)
        except OutgoingFault as fault:
            return Check(name, "bad", say("Niet op te halen: {reason}.", reason=fault.reason), say(_UNREACHABLE))
        found = "; ".join(_described(row) for row in document["keys"][:8] if isinstance(row, dict))
        if not good:
            return Check(
                name,
                "bad",
                say("Geen enkele bruikbare sleutel: {keys}.", keys=found)
                if found
                else say("Geen enkele bruikbare sleutel."),
                say(
                    "Een start moet met een RSA-sleutel van minstens 2048 bits getekend zijn (RS256). Kijk na of dit "
                    "het adres van de sleutels van de leeromgeving zelf is."
                ),
            )
        told = plural("{n} bruikbare sleutel: {keys}.", "{n} bruikbare sleutels: {keys}.", len(good), keys=found)
        return Check(name, "good", told)

    def _authorisation(self, registration: Registration, offsets: list[float]) -> Check:
        # Without a launch under way it has nothing to say; that it is there is all there is to see.
        name = say("Aanmeldadres van de leeromgeving")
        try:
            answer = self.outgoing.get(registration.auth_url)
        except OutgoingFault as fault:
            return Check(name, "bad", say("Niet bereikbaar: {reason}.", reason=fault.reason), say(_UNREACHABLE))
        self._compare(answer, offsets)
        if answer.status == 404:
            advice = say("Kijk het aanmeldadres (authentication request URL) letter voor letter na.")
            return Check(name, "bad", say("Het adres bestaat niet (status 404)."), advice)
        if answer.status >= 500:
            advice = say("Sommige leeromgevingen antwoorden zo op een lege vraag. Lukt een start, dan is er niets mis.")
            found = say("Het antwoordt met een fout (status {status}).", status=answer.status)
            return Check(name, "attention", found, advice)
        return Check(name, "good", say("Het antwoordt (status {status}).", status=answer.status))

    def _tokens(self, registration: Registration) -> tuple[list[Check], bool | None]:
        """Give a check for each scope, and whether our signature was taken; None when that did not show."""
        checks: list[Check] = []
        accepted: bool | None = None
        for scope in SCOPES:
            began = time.monotonic()
            name = say("Toegang: {what}", what=say(PURPOSES[scope]))
            self.access.forget(registration, scope)
            try:
                self.access.token(registration, scope, self.clock())
                check, accepted = Check(name, "good", say("We kregen een toegangsbewijs.")), True
            except AccessDenied as denied:
                code = say("Code van de leeromgeving: {code}.", code=denied.code) if denied.code else ""
                said = f"{denied.detail} {code}".rstrip()
                check = Check(name, "bad", said, say(_REFUSED.get(denied.code, _REFUSED_OTHERWISE)))
                if denied.code == "invalid_client" and accepted is None:
                    # Who does not know us gives us nothing else either.
                    checks.append(_took(replace(check, name=say("Toegang")), began))
                    return checks, False
            except OutgoingFault as fault:
                # The address is the same for all: the others would only make who waits wait longer.
                found = say("Niet te krijgen: {reason}.", reason=fault.reason)
                checks.append(_took(Check(say("Toegang"), "bad", found, say(_UNREACHABLE)), began))
                break
            checks.append(_took(check, began))
        return checks, accepted

    def _own_key(self, accepted: bool | None) -> Check:
        kid, name = self.keys.signing_key().kid, say("Onze sleutel")
        if accepted:
            return Check(name, "good", say("We tekenen met {key}, en de leeromgeving aanvaardt dat.", key=kid))
        if accepted is False:
            advice = say("Zet in de leeromgeving het adres van onze sleutels (JWKS), nooit een geplakte sleutel.")
            return Check(name, "bad", say("We tekenen met {key}. De leeromgeving herkent die niet.", key=kid), advice)
        return Check(name, "attention", say("We tekenen met {key}. Of de leeromgeving die kent, bleek niet.", key=kid))

    def _compare(self, answer: Answer, offsets: list[float]) -> None:
        if answer.date is not None:
            offsets.append((answer.date - self.clock()).total_seconds())


def _clocks(offsets: list[float]) -> Check:
    name = say("Klokken")
    if not offsets:
        return Check(name, "attention", say("De leeromgeving zegt niet hoe laat het bij haar is."))
    # An answer from a cache bears an older date: the smallest difference is the nearest to the truth.
    off = min(offsets, key=abs)
    span = _span(abs(off))
    words = say("{span} voor", span=span) if off > 0 else say("{span} achter", span=span)
    if abs(off) > SKEW:
        advice = say(
            "Zet beide servers op tijd (NTP). Vanaf {most} seconden verschil worden starts geweigerd.", most=SKEW
        )
        return Check(name, "bad", say("De klok van de leeromgeving loopt {words}.", words=words), advice)
    if abs(off) < 2:
        return Check(name, "good", say("Ze lopen gelijk."))
    return Check(name, "good", say("De leeromgeving loopt {words}; dat mag.", words=words))


def _span(seconds: float) -> str:
    for size, name in ((86400, later("{n} dagen")), (3600, later("{n} uur")), (60, later("{n} minuten"))):
        if seconds >= 2 * size:
            return say(name, n=f"{seconds / size:.0f}")
    return say("{n} seconden", n=f"{seconds:.0f}")


def _described(row: dict[str, Any]) -> str:
    def word(name: str, without: str) -> str:
        value = row.get(name)
        return "".join(letter for letter in value if letter.isprintable())[:80] if isinstance(value, str) else without

    fits = "" if usable({"keys": [row]}) else ", " + say("onbruikbaar")
    kid, alg, use = word("kid", say("zonder naam")), word("alg", say("geen alg")), word("use", say("geen use"))
    return f"{kid} ({alg}, {use}{fits})"


def _timed(check: Callable[[], Check]) -> Check:
    began = time.monotonic()
    return _took(check(), began)


def _took(check: Check, began: float) -> Check:
    return replace(check, milliseconds=round((time.monotonic() - began) * 1000))
