"""Each provider in turn, as a stub that speaks its protocol."""

from collections.abc import Iterator

import pytest

from assistant_service.callers import Caller, verify_token
from assistant_service.services import Services
from tests.assistant_service.hosts import NOW, Host
from tests.assistant_service.providers.calling import FEEDBACK, PROTOCOLS
from tests.peers.stub_model import StubModel, says


@pytest.fixture(params=PROTOCOLS)
def vendor(request: pytest.FixtureRequest) -> str:
    """Each provider in turn."""
    return str(request.param)


@pytest.fixture
def stub(vendor: str) -> Iterator[StubModel]:
    """A server that speaks this provider's protocol."""
    with StubModel(PROTOCOLS[vendor]) as server:
        yield server


@pytest.fixture
def elsewhere(vendor: str) -> Iterator[StubModel]:
    """Another server, that nobody chose."""
    with StubModel(PROTOCOLS[vendor]) as server:
        yield server.will(says(FEEDBACK), says(FEEDBACK), says(FEEDBACK))


@pytest.fixture
def learner(services: Services, west: Host) -> Caller:
    """A learner in west."""
    with services.database.read() as session:
        return verify_token(session, west.token(), at=NOW)
