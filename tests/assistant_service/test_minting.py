"""What a host may mint: tokens for its own tenant, roles and pages, and by no mixture of claims for another's."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_service.tenants import add_host_key
from tests.assistant_service.hosts import NOW, Host, key_pair
from tests.assistant_service.test_events import statement
from tests.assistant_service.two_tenants import World, populated, rows_of
from tests.cast import WEST, ZUID
from tests.peers.stub_model import StubModel
from veranderkracht.host_tokens import AUDIENCE

ROLES = {WEST: ("learner",), ZUID: ("learner", "teacher", "host")}  # that each host was registered with
STRANGER = key_pair()[0]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two institutions with a host each, of which west's speaks for learners alone."""
    with StubModel() as stub:
        world = populated(tmp_path_factory.mktemp("minting"), stub)
        host = world.hosts[WEST]
        with world.services.database.write() as session:
            add_host_key(
                session, tenant=WEST, kid=host.key.kid, issuer=host.key.issuer, public_pem=host.public_pem,
                origins=[host.origin], roles=ROLES[WEST], at=NOW,
            )  # fmt: skip
        yield world
        world.close()


def of_both(what: str) -> st.SearchStrategy[Any]:
    """Draw what belongs to one of the hosts, by name."""
    return st.sampled_from([(tenant, what) for tenant in (WEST, ZUID)])


# What is changed of a right token; what is not drawn stays right.
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "signer": of_both("key") | st.just("stranger"),
        "method": st.sampled_from(["none", "public key as a secret", "other claims than were signed"]),
        "kid": of_both("kid") | st.sampled_from(["onbekend", "", None, 7]),
        "iss": of_both("issuer") | st.sampled_from(["https://lms.elders.example", "", None]),
        "tenant": of_both("tenant") | st.sampled_from([WEST.upper(), f"{WEST} ", [WEST], [ZUID], "", None, 1, 2]),
        "role": st.sampled_from(
            ["learner", "teacher", "host", "administrator", "coach", "Learner", ["learner"], "", None]
        ),
        "aud": st.sampled_from(["iemand-anders", [AUDIENCE], [AUDIENCE, "iemand-anders"], "", None]),
        "course": st.sampled_from(["cursus-2", "", None, 7, "c" * 501]),
        "origin": of_both("origin")
        | st.sampled_from(["https://elders.example", "null", None, "http://lms.kwistelbeek.example"]),
    },
)


def value(world: World, told: Any) -> Any:
    """Give what was drawn by name, of a host of this run."""
    if not isinstance(told, tuple):
        return told
    host, what = world.hosts[told[0]], told[1]
    return host.origin if what == "origin" else host.key.private_pem if what == "key" else getattr(host.key, what)


def encoded(part: object) -> str:
    """Write a part of a token."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def minted(host: Host, drawn: dict[str, Any]) -> str:
    """Mint a token as a host would that wants more than its own."""
    claims = {name: drawn[name] for name in ("iss", "tenant", "role", "aud", "course") if name in drawn}
    claims = host.claims(scope=["supervision", "events"], **claims)
    headers = {"kid": drawn["kid"]} if "kid" in drawn else {}
    header = {"typ": "JWT", "kid": host.key.kid, **headers}
    method = drawn.get("method")
    if method == "none":
        return f"{encoded({**header, 'alg': 'none'})}.{encoded(claims)}."
    if method == "public key as a secret":
        said = f"{encoded({**header, 'alg': 'HS256'})}.{encoded(claims)}"
        return f"{said}.{encoded(hmac.new(host.public_pem.encode(), said.encode(), hashlib.sha256).digest())}"
    private = STRANGER if drawn.get("signer") == "stranger" else drawn.get("signer")
    if not isinstance(header["kid"], str | None):
        # The library writes no such header; whoever forges one can, and signs it for all that.
        method = "other claims than were signed"
    token = host.sign(claims, private_pem=private, headers={"kid": None} if method else headers)
    if method:
        token = f"{encoded({**header, 'alg': 'EdDSA'})}.{encoded(claims)}.{token.rpartition('.')[2]}"
    return token


def is_right(world: World, host: Host, drawn: dict[str, Any]) -> bool:
    """Tell whether a token is one that the host, or the one whose whole token this became, may mint."""
    kid = drawn.get("kid", host.key.kid)
    named = next((one for one in world.hosts.values() if one.key.kid == kid), None)
    if named is None or "method" in drawn:
        return False
    own = {
        "signer": named.key.private_pem, "iss": named.key.issuer, "tenant": named.key.tenant, "aud": AUDIENCE
    }  # fmt: skip
    used = {
        "signer": host.key.private_pem, "iss": host.key.issuer, "tenant": host.key.tenant, "aud": AUDIENCE, **drawn
    }  # fmt: skip
    role = drawn.get("role", "learner")
    course = drawn.get("course", "cursus-1")
    named_well = role == "host" or course in ("cursus-1", "cursus-2")
    return all(used[name] == own[name] for name in own) and role in ROLES[named.key.tenant] and named_well


@given(tenant=st.sampled_from([WEST, ZUID]), changes=CHANGES)
@settings(max_examples=250, deadline=None)
def test_a_host_gets_in_with_its_own_tenant_roles_and_pages_alone(
    world: World, tenant: Any, changes: dict[str, Any]
) -> None:
    host = world.hosts[tenant]
    drawn = {name: value(world, told) for name, told in changes.items()}
    token, right = minted(host, drawn), is_right(world, host, drawn)
    whose = next((one for one in world.hosts.values() if one.key.kid == drawn.get("kid", host.key.kid)), None)
    origin, role = drawn.get("origin", host.origin), drawn.get("role", "learner")
    headers = {"Authorization": f"Bearer {token}", **({"Origin": origin} if origin is not None else {})}
    of_page = whose is not None and origin == whose.origin and role in ("learner", "teacher")
    statements = {"statements": [statement(whose or host)]}
    for path, body, may in (
        ("/v1/conversations", {"profile": "supervisie"}, right and of_page),
        ("/v1/events", statements, right and role == "host"),
    ):
        before = rows_of(world.services.database)
        answer = world.client.post(path, json=body, headers=headers)
        after = rows_of(world.services.database)
        if not may:
            assert answer.status_code in (401, 403), answer.text
            assert after == before
            continue
        assert answer.status_code == 200, answer.text
        assert whose is not None
        changed = [id for id in after if after[id] != before.get(id)]
        assert changed == [world.tenant_ids[whose.key.tenant]]  # type: ignore[index]
