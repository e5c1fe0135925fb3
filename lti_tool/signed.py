"""What the tool signs for itself: the state of a login, and the token that a page works with. HS256, one secret.

A state goes out to the platform and comes back; a page token lives ten minutes and is renewed while its session lives.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import itsdangerous

from veranderkracht.errors import NotSignedIn
from veranderkracht.languages import say

STATE_LIFETIME = timedelta(minutes=10)
PAGE_LIFETIME = timedelta(minutes=10)

Purpose = Literal["vk-pick", "vk-look", "vk-register"]
View = Literal["play", "preview", "desk", "module", "route"]


class StateFault(Exception):
    """A state that will not do: `code` is a refusal's code, `reason` for the log."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class State:
    """What a login started: for which registration, with which nonce, in which browser.

    Args:
        registration: the registration's row.
        nonce: what the platform must put into its token.
        browser: SHA-256 of the secret in the browser's cookie.
        cookie: the cookie's name; also the key in the platform's storage.
        storage: SHA-256 of the secret in the platform's storage; empty when the platform offers none.
        target: the frame of that storage, as the platform names it.
        window: whether this start stands in a window of its own because the frame could not do.
        ends_at: after this moment it is not accepted, so a used nonce need not be kept longer.
    """

    registration: int
    nonce: str
    browser: str
    cookie: str
    storage: str
    target: str
    window: bool
    ends_at: datetime

    def is_from(self, browser_secret: str) -> bool:
        """Tell whether the cookie's secret is the one that this state was made with."""
        return hmac.compare_digest(self.browser, digest(browser_secret))

    def is_stored(self, storage_secret: str) -> bool:
        """Tell whether a secret is the one that was left in the platform's storage."""
        return bool(self.storage) and hmac.compare_digest(self.storage, digest(storage_secret))


@dataclass(frozen=True)
class PageToken:
    """What one page may do: as which session, with which view, on which step (empty: the list of steps, or the map)."""

    session: str
    view: View
    step: str


class Signer:
    """Makes and reads both kinds.

    Args:
        secret: the session secret; never logged.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._signers: dict[str, itsdangerous.Signer] = {}
        self._latest: tuple[bytes, State] | None = None

    def state(
        self,
        registration: int,
        browser_secret: str,
        cookie: str,
        at: datetime,
        *,
        storage_secret: str = "",
        target: str = "",
        window: bool = False,
    ) -> tuple[str, State]:
        """Make the state of a new login; give it signed, and as it will be read back."""
        ends = int((at + STATE_LIFETIME).timestamp())
        made = State(
            registration=registration,
            nonce=secrets.token_urlsafe(24),
            browser=digest(browser_secret),
            cookie=cookie,
            storage=digest(storage_secret) if storage_secret else "",
            target=target,
            window=window,
            ends_at=datetime.fromtimestamp(ends, UTC),
        )
        claims: dict[str, Any] = {"r": registration, "n": made.nonce, "b": made.browser, "c": cookie}
        if storage_secret:
            claims |= {"s": made.storage, "t": target}
        if window:
            claims["w"] = True
        return self._sign("vk-state", claims, made.ends_at), made

    def read_state(self, text: str, at: datetime) -> State:
        """Give the state back.

        Raises:
            StateFault: it is not ours, or too old.
        """
        latest = self._latest
        if latest is None or not hmac.compare_digest(latest[0], text.encode()):
            # The limits ask for it and then the launch itself: one reading is enough for both.
            latest = self._latest = (text.encode(), self._state_of(text))
        state = latest[1]
        if at >= state.ends_at:
            raise StateFault("state-expired", "de aanmelding duurde langer dan tien minuten")
        return state

    def _state_of(self, text: str) -> State:
        try:
            claims = self._read("vk-state", text)
            return State(
                registration=int(claims["r"]),
                nonce=str(claims["n"]),
                browser=str(claims["b"]),
                cookie=str(claims["c"]),
                storage=str(claims.get("s", "")),
                target=str(claims.get("t", "")),
                window=claims.get("w") is True,
                ends_at=datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (itsdangerous.BadSignature, KeyError, ValueError, TypeError) as fault:
            raise StateFault("state-invalid", f"de state is niet van deze tool ({type(fault).__name__})") from fault

    def page_token(self, token: PageToken, at: datetime) -> str:
        """Make a page's token."""
        claims = {"sid": token.session, "view": token.view, "step": token.step}
        return self._sign("vk-page", claims, at + PAGE_LIFETIME)

    def read_page_token(self, text: str, at: datetime, *, expired_too: bool = False) -> PageToken:
        """Give back what a page may do; whether its session still lives is for the caller to see.

        Raises:
            NotSignedIn: it is not ours, or its ten minutes are over (unless `expired_too`).
        """
        try:
            claims = self._read("vk-page", text)
            token = PageToken(session=str(claims["sid"]), view=claims["view"], step=str(claims["step"]))
            ends = int(claims["exp"])
        except (itsdangerous.BadSignature, KeyError, ValueError, TypeError) as fault:
            raise expired() from fault
        if not expired_too and at.timestamp() >= ends:
            raise expired()
        return token

    def seal(self, purpose: Purpose, content: dict[str, Any], ends: datetime) -> str:
        """Give a page something to bring back unchanged; it can be read by whoever holds the page."""
        return self._sign(purpose, {"is": content}, ends)

    def unseal(self, purpose: Purpose, text: str, at: datetime) -> dict[str, Any]:
        """Give back what a page was given.

        Raises:
            NotSignedIn: it is not ours, or too old.
        """
        try:
            claims = self._read(purpose, text)
            content, ends = dict(claims["is"]), int(claims["exp"])
        except (itsdangerous.BadSignature, KeyError, ValueError, TypeError) as fault:
            raise expired() from fault
        if at.timestamp() >= ends:
            raise expired()
        return content

    def _sign(self, audience: str, claims: dict[str, Any], ends: datetime) -> str:
        told = json.dumps({**claims, "exp": int(ends.timestamp())}, separators=(",", ":")).encode()
        return self._signer(audience).sign(urlsafe_b64encode(told)).decode()

    def _read(self, audience: str, text: str) -> dict[str, Any]:
        """Give what we signed. Whether it is too old is told apart from forged, by our own clock.

        Raises:
            itsdangerous.BadSignature: it is not ours, or not for this.
        """
        claims: dict[str, Any] = json.loads(urlsafe_b64decode(self._signer(audience).unsign(text)))
        return claims

    def _signer(self, audience: str) -> itsdangerous.Signer:
        # Each purpose has a key of its own, so that what was signed for one thing is nothing for another.
        if audience not in self._signers:
            made = itsdangerous.Signer(self._secret, salt=audience, key_derivation="hmac", digest_method=hashlib.sha256)
            self._signers[audience] = made
        return self._signers[audience]


def expired() -> NotSignedIn:
    """Give the error for a page whose session is over."""
    return NotSignedIn(
        say("Je sessie is verlopen. Open de activiteit opnieuw vanuit je cursus; wat op je scherm staat, blijft staan.")
    )


def digest(text: str) -> str:
    """Give SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
