"""How often the tool may be asked: stops a program gone wild, and never a class that launches behind one address.

Counted in fixed windows, by the `limits` package: per process in memory, or for all processes together in Redis. Only
what is refused counts strictly where a secret could be guessed. An address is what `VK_LTI_PROXIES` makes of it.
"""

import ipaddress
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from flask import Flask, Response, request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter

from lti_tool.configuration import LtiSettings
from lti_tool.responses import services
from lti_tool.signed import StateFault, digest
from lti_tool.window_counts import WindowCounts
from veranderkracht.errors import NotSignedIn, TooMany
from veranderkracht.languages import later, say

log = logging.getLogger("lti_tool.limits")

Answer = TypeVar("Answer")

CODE = "too-many-requests"
REDIS_SECONDS = 0.5  # that Redis may take; after that this process counts by itself
REDIS_REST = 30.0  # seconds that it does so before Redis is tried again

_AGAIN = later("Open de activiteit daarna opnieuw vanuit je cursus. Wat je al bewaarde, staat er nog.")
_KEPT = later("Wat op je scherm staat, blijft staan. Probeer het daarna opnieuw.")
_LATER = later("Probeer het daarna opnieuw.")


@dataclass(frozen=True)
class Rule:
    """One limit.

    Args:
        name: for the log and the counter.
        paths: what the addresses begin with that it holds for; each is counted apart.
        limit: how often, in which time.
        who: gives whose requests are counted together.
        says: Dutch, what to do after the wait.
        refused: whether only requests count that were answered with a 4xx.
    """

    name: str
    paths: tuple[str, ...]
    limit: RateLimitItem
    who: Callable[[], str]
    says: str
    refused: bool = False


def rules(launches: int) -> tuple[Rule, ...]:
    """Give every limit there is.

    Args:
        launches: how many a minute one platform may bring from one address; 0: as many as come.
    """
    starts = ("/lti/login", "/lti/launch")
    secrets = ("/lti/register", "/lti/admin")
    of_launches = (
        Rule("launches", starts, RateLimitItemPerMinute(launches), _platform, _AGAIN),
        # Who makes platforms up gets a counter for each; what is refused is counted for all of them together.
        Rule("refused-launches", starts, RateLimitItemPerMinute(max(1, launches // 2)), _address, _AGAIN, refused=True),
    )
    return (
        *(of_launches if launches else ()),
        Rule("operations", ("/lti/api/",), RateLimitItemPerMinute(240), _session, _KEPT),
        Rule("renewals", ("/lti/session/",), RateLimitItemPerMinute(30), _session, _KEPT),
        Rule("pages", ("/lti/page", "/lti/pick", "/lti/mine"), RateLimitItemPerMinute(120), _session, _AGAIN),
        Rule("guesses", secrets, RateLimitItemPerMinute(10), _address, _LATER, refused=True),
        Rule("administration", secrets, RateLimitItemPerMinute(120), _address, _LATER),
    )


class Counters:
    """Counts; when Redis does not answer, in this process, so that nobody waits for it.

    Args:
        redis_url: as in the settings; empty: in memory.
        clock: monotonic seconds; tests replace it.
    """

    def __init__(self, redis_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._own = FixedWindowRateLimiter(WindowCounts())
        self._shared = FixedWindowRateLimiter(_redis(redis_url)) if redis_url else None
        self._clock = clock
        self._alone_until = 0.0

    def within(self, rule: Rule, *names: str) -> bool:
        """Tell whether one more is allowed, and count it; what counts when refused only is looked at only."""
        return self._ask(lambda by: (by.test if rule.refused else by.hit)(rule.limit, rule.name, *names))

    def count(self, rule: Rule, *names: str) -> None:
        """Count one."""
        self._ask(lambda by: by.hit(rule.limit, rule.name, *names))

    def seconds_left(self, rule: Rule, *names: str) -> int:
        """Give after how many whole seconds counting begins anew; at least one."""
        ends = self._ask(lambda by: by.get_window_stats(rule.limit, rule.name, *names).reset_time)
        return max(1, math.ceil(ends - time.time()))

    def _ask(self, asking: Callable[[FixedWindowRateLimiter], Answer]) -> Answer:
        if self._shared is not None and self._clock() >= self._alone_until:
            try:
                return asking(self._shared)
            except StorageError as fault:
                self._alone_until = self._clock() + REDIS_REST
                log.warning("limits are counted per process for a while: Redis says %s", type(fault.__cause__).__name__)
        return asking(self._own)


def install(app: Flask, settings: LtiSettings) -> None:
    """Have the app refuse what goes over a limit, with 429 and `Retry-After`."""
    counters = Counters(settings.redis_url)
    every = rules(settings.launches_per_minute)

    @lru_cache(maxsize=256)
    def _at(path: str) -> tuple[tuple[Rule, str], ...]:
        found = ((rule, next((at for at in rule.paths if path.startswith(at)), "")) for rule in every)
        return tuple((rule, at) for rule, at in found if at)

    def _here() -> list[tuple[Rule, tuple[str, str]]]:
        return [(rule, (at, rule.who())) for rule, at in _at(request.path)]

    @app.before_request
    def _refuse() -> None:
        for rule, names in _here():
            if not counters.within(rule, *names):
                raise _too_many(rule, counters.seconds_left(rule, *names))

    @app.after_request
    def _count(response: Response) -> Response:
        if 400 <= response.status_code < 500 and response.status_code != TooMany.status:
            for rule, names in _here():
                if rule.refused:
                    counters.count(rule, *names)
        return response


def _too_many(rule: Rule, seconds: int) -> TooMany:
    log.warning("too many requests: limit=%s", rule.name)
    wait = say("Wacht {seconds} seconden.", seconds=seconds) if seconds > 1 else say("Wacht even.")
    return TooMany(
        say("Het is hier nu erg druk. {wait} {says}", wait=wait, says=say(rule.says)),
        code=CODE,
        extra={"retry_after": seconds},
    )


def _redis(url: str) -> RedisStorage:
    address = f"redis+{url}" if url.startswith("unix:") else url
    return RedisStorage(
        address, wrap_exceptions=True, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )


def _address() -> str:
    """Give the address of who asks; of IPv6 the network, for who has one address there has them all."""
    text = request.remote_addr or ""
    if ":" not in text:
        return text
    try:
        return str(ipaddress.ip_network((text.partition("%")[0], 64), strict=False))
    except ValueError:
        return text


def _platform() -> str:
    """Give the platform that a launch names, with the address of who launches."""
    state = request.form.get("state", "") if request.path == "/lti/launch" else ""
    if request.path.startswith("/lti/login"):
        platform = digest(f"{request.values.get('iss', '')}\n{request.values.get('client_id', '')}")[:32]
    else:
        if request.is_json:
            asked = request.get_json(silent=True)
            given = asked.get("state") if isinstance(asked, dict) else None
            state = given if isinstance(given, str) else ""
        try:
            platform = str(services().signer.read_state(state, services().clock()).registration) if state else ""
        except StateFault:
            platform = ""
    return f"{platform} {_address()}"


def _session() -> str:
    """Give the session of the page that asks; for another token than a page's, the token itself."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    text = token if kind.lower() == "bearer" else request.form.get("token", "")
    if not text:
        return _address()
    try:
        return services().signer.read_page_token(text, services().clock(), expired_too=True).session
    except NotSignedIn:
        return digest(text)
