"""The strict platform's token endpoint: believes no assertion that the standard does not, and keeps scopes apart.

Source: 1EdTech Security Framework 1.0, chapter 4; RFC 6749, 4.4; RFC 7523, chapter 3.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt

from tests.lti_tool.strict_wire import Reply, Wrong, demand, form_of, said
from tests.lti_tool.world import Asked

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 300  # seconds that an assertion may live


def signed_by_tool(token: str, keys: Mapping[str, Any], *, code: str = "") -> dict[str, Any]:
    """Give the claims of a token that must be signed with RS256 by the key that it names in the tool's key set."""
    try:
        header = jwt.get_unverified_header(token)
        demand(header.get("alg") == "RS256", f"alg is {header.get('alg')!r}", code=code)
        named = [key for key in keys["keys"] if key["kid"] == header.get("kid")]
        demand(len(named) == 1, f"kid {header.get('kid')!r} is not in the tool's key set", code=code)
        demand((named[0]["alg"], named[0]["use"]) == ("RS256", "sig"), "the key is not for signatures", code=code)
        # Times and parties are looked at by whoever asks, each with a reason of its own.
        unchecked = ("verify_exp", "verify_iat", "verify_nbf", "verify_aud", "verify_iss", "verify_sub", "verify_jti")
        options: Any = dict.fromkeys(unchecked, False)
        claims: dict[str, Any] = jwt.decode(token, jwt.PyJWK(named[0]), algorithms=["RS256"], options=options)
    except jwt.PyJWTError as fault:
        raise Wrong(400, f"not signed by the tool ({type(fault).__name__})", code) from fault
    return claims


def check_times(claims: Mapping[str, Any], at: datetime, longest: int, *, code: str = "") -> None:
    """Refuse a token without whole `iat` and `exp`, from the future, over, or that lives too long (seconds)."""
    issued, ends = claims.get("iat"), claims.get("exp")
    demand(type(issued) is int and type(ends) is int, "iat or exp is missing, or no whole number", code=code)
    demand(issued <= at.timestamp(), "iat lies in the future", code=code)
    demand(ends > at.timestamp(), "exp is over", code=code)
    demand(0 < ends - issued <= longest, f"it lives for {ends - issued} seconds", code=code)


class StrictAccess:
    """Gives access tokens, and looks at them.

    Args:
        client_id: the tool's name here.
        audience: the only `aud` that assertions may have.
        offered: the scopes that the tool may have.
        tool_keys: fetches the tool's key set.
        clock: gives the time.
    """

    def __init__(
        self,
        client_id: str,
        audience: str,
        offered: Sequence[str],
        tool_keys: Callable[[], Mapping[str, Any]],
        clock: Callable[[], datetime],
    ) -> None:
        self.client_id, self.audience, self.offered = client_id, audience, list(offered)
        self.lifetime = 3600  # seconds
        self.given: dict[str, tuple[frozenset[str], datetime]] = {}
        self._tool_keys, self._clock = tool_keys, clock
        self._seen: set[str] = set()

    def token(self, asked: Asked) -> Reply:
        """Answer a request for an access token."""
        form = form_of(asked)
        demand("Authorization" not in asked.headers, "the client names itself twice", code="invalid_client")
        demand(form.get("grant_type") == "client_credentials", "grant_type", code="unsupported_grant_type")
        demand(form.get("client_assertion_type") == ASSERTION, "client_assertion_type", code="invalid_client")
        self._believe(form.get("client_assertion", ""))
        scopes = form.get("scope", "").split(" ")
        demand(set(scopes) <= set(self.offered), f"scope {form.get('scope')!r}", code="invalid_scope")
        token = secrets.token_urlsafe(24)
        self.given[token] = frozenset(scopes), self._clock() + timedelta(seconds=self.lifetime)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime, "scope": " ".join(scopes)}
        return said(answer, Cache_Control="no-store", Pragma="no-cache")

    def require(self, asked: Asked, *scopes: str) -> None:
        """Refuse a call whose token is not ours, is over, or is for none of these scopes."""
        kind, _, token = asked.headers.get("Authorization", "").partition(" ")
        held, ends = self.given.get(token, (frozenset(), self._clock()))
        demand(kind == "Bearer" and token in self.given, "no token of ours", status=401)
        demand(self._clock() < ends, "the token is over", status=401)
        demand(held & set(scopes), f"the token is for {sorted(held)}", status=401)

    def _believe(self, assertion: str) -> None:
        code = "invalid_client"
        claims = signed_by_tool(assertion, self._tool_keys(), code=code)
        check_times(claims, self._clock(), LONGEST, code=code)
        demand(claims.get("iss") == claims.get("sub") == self.client_id, "iss or sub is not the client", code=code)
        demand(claims.get("aud") == self.audience, f"aud is {claims.get('aud')!r}", code=code)
        name = claims.get("jti")
        demand(isinstance(name, str) and len(name) >= 16, "jti is missing, or can be guessed", code=code)
        demand(name not in self._seen, "jti was seen before", code=code)
        self._seen.add(str(name))
