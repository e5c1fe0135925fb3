"""The launch beside its floor, in one process: one RS256 verification and one database write, in the same rounds.

The tool is its real WSGI app on a database file with the tool's own settings; the floor writes to that same file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import jwt
from flask import Flask

from lti_tool import registrations
from lti_tool.app import create_app
from lti_tool.bench.driver import Figures, Timed, in_process, launch
from lti_tool.bench.platform import CLIENT, DEPLOYMENT, TENANT, Platform
from lti_tool.configuration import LtiSettings
from lti_tool.services import Services
from lti_tool.tables import UsedNonceRow
from veranderkracht.clock import now

BASE_URL = "http://127.0.0.1:8001"
ROUND = 10  # launches, and as many floors
WARM = 20  # launches before anything is timed


@dataclass(frozen=True)
class Floor:
    """One floor: seconds to verify, and seconds to write."""

    verify: float
    write: float

    @property
    def whole(self) -> float:
        """Seconds for both."""
        return self.verify + self.write


@dataclass(frozen=True)
class Measured:
    """What the rounds gave.

    Args:
        launches, floors: each of them, in order.
        ratio: of a round's fastest launch to its fastest floor, the median of all rounds. On a busy machine other
            processes cut into most launches, for they last longer than floors; that is not what is asked here.
        landing_ratio: the same without the login initiation.
    """

    launches: list[Timed]
    floors: list[Floor]
    ratio: float
    landing_ratio: float

    @property
    def rows(self) -> dict[str, Figures]:
        """The figures by what they are of."""
        return {
            "aanmelding (login)": Figures.of([each.login for each in self.launches]),
            "start (launch)": Figures.of([each.launch for each in self.launches]),
            "hele start": Figures.of([each.whole for each in self.launches]),
            "RS256 nakijken": Figures.of([each.verify for each in self.floors]),
            "één rij schrijven": Figures.of([each.write for each in self.floors]),
            "bodem": Figures.of([each.whole for each in self.floors]),
        }


def settings_in(folder: Path, base_url: str = BASE_URL) -> LtiSettings:
    """Give the settings of a tool that keeps everything in this folder, for the rest as by default."""
    return LtiSettings(
        data=folder,
        database_url=f"sqlite:///{folder / 'lti.sqlite3'}",
        keys=folder / "keys",
        base_url=base_url,
        assistant_url="http://127.0.0.1:8002",  # so that there are events to write down; nothing is sent
        allow_private=True,
        launches_per_minute=1_000_000,  # counted as ever, and never refused
    )


@contextmanager
def tool(settings: LtiSettings, platform: Platform) -> Iterator[tuple[Flask, Services]]:
    """Give the tool's app, with the platform registered."""
    app = create_app(settings)
    services: Services = app.extensions["veranderkracht"]
    try:
        with services.database.write() as session:
            registrations.register(session, TENANT, platform.registration, [DEPLOYMENT], now())
        services.keys.make_host_key(TENANT)
        yield app, services
    finally:
        services.database.close()


def measure(folder: Path, platform: Platform, launches: int) -> Measured:
    """Alternate launches and floors; a round of both stands under the same noise."""
    with tool(settings_in(folder), platform) as (app, services):
        ask = in_process(app, BASE_URL)
        for number in range(WARM):
            _floor(services, platform, launch(ask, platform, BASE_URL, number).token, f"warm-{number}")
        done: list[Timed] = []
        floors: list[Floor] = []
        for number in range(launches):
            done.append(launch(ask, platform, BASE_URL, number))
            floors.append(_floor(services, platform, done[-1].token, f"bodem-{number}"))
    rounds = [slice(start, start + ROUND) for start in range(0, launches, ROUND)]

    def against(seconds: list[float]) -> float:
        return median(min(seconds[each]) / min(floor.whole for floor in floors[each]) for each in rounds)

    return Measured(done, floors, against([each.whole for each in done]), against([each.launch for each in done]))


def _floor(services: Services, platform: Platform, token: str, nonce: str) -> Floor:
    key, at = services.platform_keys.key(platform.registration.jwks_url, "bench"), now()
    begun = perf_counter()
    jwt.decode(token, key, algorithms=["RS256"], audience=CLIENT)
    verified = perf_counter()
    with services.database.write() as session:
        session.add(UsedNonceRow(nonce=nonce, expires_at=at))
    return Floor(verified - begun, perf_counter() - verified)
