"""The platforms' public keys: fetched from their key sets, kept, and fetched anew when a key is not known.

Only RSA keys of 2048 bits or more that are meant for RS256 signatures count; a key without `alg` is for RS256.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from lti_tool.outgoing import Outgoing, OutgoingFault
from veranderkracht import languages
from veranderkracht.languages import say

LIFETIME = 3600.0  # seconds that a key set counts as fresh
COOLDOWN = 10.0  # seconds in which a key set is not fetched again, whatever launches ask for
SMALLEST = 2048  # bits


class KeysUnreachable(Exception):
    """The platform's key set cannot be had; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyUnknown(Exception):
    """The platform's key set holds no such key."""


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    fetched_at: float | None = None
    tried_at: float | None = None
    failure: str = ""


class PlatformKeys:
    """Key sets by address; safe across threads, and one fetch at a time for each.

    Args:
        outgoing: how to fetch.
        clock: monotonic seconds; tests replace it.
    """

    def __init__(self, outgoing: Outgoing, clock: Callable[[], float] = time.monotonic) -> None:
        self._outgoing = outgoing
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def key(self, url: str, kid: str | None) -> RSAPublicKey:
        """Give the key of this name from the set at `url`; without a name, the only key there is.

        Raises:
            KeyUnknown: the set has no such key, not even when just fetched.
            KeysUnreachable: no set could be had, now or a moment ago.
        """
        with self._lock:
            entry = self._entries.setdefault(url, _Entry())
        # A known key waits for nobody: launches with unknown ones may keep the lock as long as the platform is slow.
        fetched, known = entry.fetched_at, _pick(entry.keys, kid)
        if known and fetched is not None and self._clock() - fetched < LIFETIME:
            return known
        with entry.lock:
            now = self._clock()
            fresh = entry.fetched_at is not None and now - entry.fetched_at < LIFETIME
            found = _pick(entry.keys, kid)
            if found and fresh:
                return found
            resting = entry.tried_at is not None and now - entry.tried_at < COOLDOWN
            if not resting:
                with languages.written():  # what failed is kept, for every launch till the next try
                    self._fetch(url, entry, now)
                found = _pick(entry.keys, kid)
            if found:
                # A platform that is away for a while does not make its keys of an hour ago wrong.
                return found
            if entry.failure:
                raise KeysUnreachable(entry.failure)
            raise KeyUnknown(f"kid {kid!r} staat niet in {url}")

    def _fetch(self, url: str, entry: _Entry, now: float) -> None:
        entry.tried_at = now
        try:
            answer = self._outgoing.get(url, headers={"Accept": "application/json"})
            if answer.status != 200:
                raise OutgoingFault(say("{url} antwoordt met status {status}", url=url, status=answer.status))
            entry.keys = usable(answer.json())
            entry.fetched_at = now
            entry.failure = ""
        except OutgoingFault as fault:
            entry.failure = fault.reason


def _pick(keys: dict[str, RSAPublicKey], kid: str | None) -> RSAPublicKey | None:
    if kid is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return keys.get(kid)


def usable(document: Any) -> dict[str, RSAPublicKey]:
    """Give the keys of a key set (RFC 7517) that a launch may be signed with, by name.

    Raises:
        OutgoingFault: it is no key set.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise OutgoingFault(say("het antwoord is geen sleutelverzameling (keys ontbreekt)"))
    found: dict[str, RSAPublicKey] = {}
    for number, row in enumerate(listed):
        if not isinstance(row, dict) or row.get("kty") != "RSA":
            continue
        if row.get("alg", "RS256") != "RS256" or row.get("use", "sig") != "sig":
            continue
        try:
            key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": row.get("n"), "e": row.get("e")})
        except (jwt.InvalidKeyError, ValueError, TypeError, AttributeError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST:
            found[str(row.get("kid", f"#{number}"))] = key
    return found
