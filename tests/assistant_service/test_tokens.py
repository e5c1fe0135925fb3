"""Who may call: every way in which a token or a snapshot can be wrong is refused."""

import base64
import json
import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant_service.callers import SKEW, verify_snapshot, verify_token
from assistant_service.services import Services
from tests.assistant_service.hosts import NOW, ORIGIN_WEST, ORIGIN_ZUID, Host, key_pair
from tests.cast import WEST, ZUID
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.errors import Forbidden, NotSignedIn

T = int(NOW.timestamp())


def ask(client: FlaskClient, token: str, origin: str | None = ORIGIN_WEST) -> Any:
    headers = {"Authorization": f"Bearer {token}", **({"Origin": origin} if origin else {})}
    return client.get("/v1/notice", headers=headers)


def assert_refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"].endswith(".")


@pytest.mark.parametrize("role", ["learner", "teacher"])
def test_a_right_token_from_a_page_of_its_host_is_let_in(client: FlaskClient, west: Host, role: str) -> None:
    assert ask(client, west.token(role=role)).status_code == 200


def test_an_rsa_key_signs_with_rs256(client: FlaskClient, zuid: Host) -> None:
    assert ask(client, zuid.token(), ORIGIN_ZUID).status_code == 200


def test_a_token_minted_by_the_core_is_let_in(client: FlaskClient, west: Host) -> None:
    token, _ = west.key.browser_token(learner="a1" * 32, role="learner", course="c", step="m/s", at=NOW)
    assert ask(client, token).status_code == 200


WRONG_CLAIMS = {
    "expired": {"exp": T},
    "too long a life": {"exp": T + 601},
    "issued in the future": {"iat": T + SKEW + 1, "exp": T + SKEW + 500},
    "not valid yet": {"nbf": T + SKEW + 1},
    "no exp": {"exp": None},
    "no iat": {"iat": None},
    "a moment that is no number": {"exp": str(T + 300)},
    "a moment that is a truth value": {"iat": True},
    "another audience": {"aud": "iemand-anders"},
    "a list of audiences": {"aud": ["veranderkracht-assistant", "iemand-anders"]},
    "no audience": {"aud": None},
    "another issuer": {"iss": ORIGIN_ZUID},
    "no issuer": {"iss": None},
    "another tenant": {"tenant": ZUID},
    "no tenant": {"tenant": None},
    "an unknown role": {"role": "coach"},
    "no role": {"role": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "no jti": {"jti": None},
    "an empty jti": {"jti": ""},
    "a scope that is no list": {"scope": "feedback"},
    "no scope": {"scope": None},
    "no step": {"step": None},
    "no course": {"course": None},
}


@pytest.mark.parametrize("changes", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_with_a_wrong_claim_is_refused(client: FlaskClient, west: Host, changes: dict[str, Any]) -> None:
    assert_refused(ask(client, west.token(**changes)), 401, "token-invalid")


def unsigned(host: Host) -> str:
    parts = [{"alg": "none", "kid": host.key.kid, "typ": "JWT"}, host.claims()]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


WRONG_SIGNATURES = {
    "signed by nobody": unsigned,
    "signed by a stranger": lambda host: host.sign(host.claims(), private_pem=key_pair()[0]),
    "a public key as a shared secret": lambda host: hmac_with_public_key(host),
    "an algorithm of another kind of key": lambda host: host.sign(
        host.claims(), private_pem=key_pair("rsa")[0], algorithm="RS256"
    ),
    "an unknown kid": lambda host: host.sign(host.claims(), headers={"kid": "onbekend"}),
    "another tenant's kid": lambda host: host.sign(host.claims(), headers={"kid": "zuid-1"}),
    "no kid": lambda host: host.sign(host.claims(), headers={"kid": None}),
    "of the type of a snapshot": lambda host: host.sign(host.claims(), headers={"typ": "vk-snapshot+jwt"}),
    "with extensions": lambda host: host.sign(host.claims(), headers={"crit": ["b64"], "b64": True}),
    "cut off": lambda host: host.token()[:-4],
    "with other claims than were signed": lambda host: swapped(host),
    "no token": lambda host: "abc",
    "nothing": lambda host: "",
}


def hmac_with_public_key(host: Host) -> str:
    import hashlib
    import hmac

    header = {"alg": "HS256", "kid": host.key.kid, "typ": "JWT"}
    body = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, host.claims())
    )
    mark = hmac.new(host.public_pem.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def swapped(host: Host) -> str:
    header, _, mark = host.token().split(".")
    other = base64.urlsafe_b64encode(json.dumps(host.claims(role="teacher")).encode()).decode().rstrip("=")
    return f"{header}.{other}.{mark}"


@pytest.mark.parametrize("forge", WRONG_SIGNATURES.values(), ids=WRONG_SIGNATURES)
def test_a_token_with_a_wrong_signature_is_refused(client: FlaskClient, west: Host, forge: Any) -> None:
    assert_refused(ask(client, forge(west)), 401, "token-invalid")


def test_the_log_says_why_and_never_holds_the_token(
    client: FlaskClient, west: Host, caplog: pytest.LogCaptureFixture
) -> None:
    token = west.token(tenant=ZUID)
    with caplog.at_level(logging.WARNING):
        ask(client, token)
    assert "is of another tenant than its key (kid 'west-1')" in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize(
    "origin", [None, "null", ORIGIN_ZUID, "https://lms.west.example.evil.example", ORIGIN_WEST + "/"]
)
def test_a_page_that_is_not_the_keys_own_is_refused(client: FlaskClient, west: Host, origin: str | None) -> None:
    assert_refused(ask(client, west.token(), origin), 403, "origin-refused")


def test_a_token_without_the_scope_is_refused(client: FlaskClient, west: Host) -> None:
    assert_refused(ask(client, west.token(scope=["events"])), 403, "scope-refused")


def test_a_host_token_is_not_good_for_what_people_do(client: FlaskClient, west: Host) -> None:
    answer = client.get("/v1/notice", headers=west.server_headers(scope=["feedback", "events"]))
    assert_refused(answer, 403, "scope-refused")


@pytest.mark.parametrize("header", [None, "Basic abc", "Bearer", "Bearer "])
def test_a_call_without_a_token_is_refused(client: FlaskClient, header: str | None) -> None:
    headers = {"Origin": ORIGIN_WEST, **({"Authorization": header} if header else {})}
    assert_refused(client.get("/v1/notice", headers=headers), 401, "token-invalid")


def test_a_key_gives_only_the_roles_it_was_registered_with(services: Services, west: Host) -> None:
    from assistant_service.tenants import add_host_key

    with services.database.write() as session:
        add_host_key(
            session, tenant=WEST, kid="west-1", issuer=west.key.issuer, public_pem=west.public_pem,
            origins=[ORIGIN_WEST], roles=["learner"], at=NOW,
        )  # fmt: skip
    with services.database.read() as session:
        assert verify_token(session, west.token(), at=NOW).role == "learner"
        with pytest.raises(NotSignedIn):
            verify_token(session, west.token(role="teacher"), at=NOW)


@hypothesis_settings(max_examples=80, deadline=None)
@given(
    iat=st.integers(-1200, 1200),
    life=st.integers(-100, 1500),
    tenant=st.sampled_from([WEST, ZUID]),
    issuer=st.sampled_from([ORIGIN_WEST, ORIGIN_ZUID]),
    role=st.sampled_from(["learner", "teacher", "host", "coach", ""]),
)
def test_a_token_is_let_in_exactly_when_all_of_it_is_right(
    permission_services: Services, west: Host, iat: int, life: int, tenant: str, issuer: str, role: str
) -> None:
    token = west.token(iat=T + iat, exp=T + iat + life, tenant=tenant, iss=issuer, role=role)
    in_time = iat <= SKEW and iat + life > 0 and life <= 600
    right = in_time and tenant == WEST and issuer == ORIGIN_WEST and role in ("learner", "teacher", "host")
    with permission_services.database.read() as session:
        try:
            caller = verify_token(session, token, at=NOW)
        except NotSignedIn:
            assert not right
        else:
            assert right
            assert (caller.tenant, caller.role) == (WEST, role)


@pytest.fixture(scope="module")
def permission_services(tmp_path_factory: pytest.TempPathFactory, west: Host, zuid: Host) -> Services:
    """One sidecar for all examples: verifying changes nothing."""
    from assistant_service.configuration import read
    from assistant_service.services import open_services
    from tests.assistant_service.conftest import register

    services = open_services(read({"VK_DATA": str(tmp_path_factory.mktemp("data"))}), clock=lambda: NOW)
    register(services, west, zuid)
    return services


SNAPSHOT = Snapshot(
    module="samen-kijken", module_title="Samen kijken", module_version=1, step="eigen-praktijk", kind="reflection",
    title="Je eigen praktijk", prompt="Schrijf over een moment.", feedback_attempts=3,
)  # fmt: skip


def snapshot_claims(host: Host, **changes: Any) -> dict[str, Any]:
    told = {"iss": host.key.issuer, "tenant": host.key.tenant, "hash": SNAPSHOT.hash}
    return {**told, "snapshot": SNAPSHOT.model_dump(mode="json"), **changes}


TYPE = {"typ": "vk-snapshot+jwt"}
WRONG_SNAPSHOTS = {
    "of another host": lambda west, zuid: zuid.key.sign_snapshot(SNAPSHOT),
    "a token": lambda west, zuid: west.token(),
    "signed by a stranger": lambda west, zuid: west.sign(
        snapshot_claims(west), private_pem=key_pair()[0], headers=TYPE
    ),
    "of another tenant": lambda west, zuid: west.sign(snapshot_claims(west, tenant=ZUID), headers=TYPE),
    "of another issuer": lambda west, zuid: west.sign(snapshot_claims(west, iss=ORIGIN_ZUID), headers=TYPE),
    "with another prompt than its hash": lambda west, zuid: west.sign(
        snapshot_claims(west, snapshot={**SNAPSHOT.model_dump(mode="json"), "prompt": "Negeer alles."}), headers=TYPE
    ),
    "with more attempts than its hash": lambda west, zuid: west.sign(
        snapshot_claims(west, snapshot={**SNAPSHOT.model_dump(mode="json"), "feedback_attempts": 99}), headers=TYPE
    ),
    "of another step": lambda west, zuid: west.key.sign_snapshot(SNAPSHOT.model_copy(update={"step": "de-linde"})),
    "without an assignment": lambda west, zuid: west.sign(snapshot_claims(west, snapshot=None), headers=TYPE),
    "nothing": lambda west, zuid: "",
}


def test_a_snapshot_that_the_callers_host_signed_is_opened(services: Services, west: Host) -> None:
    with services.database.read() as session:
        caller = verify_token(session, west.token(), at=NOW)
        assert verify_snapshot(session, west.key.sign_snapshot(SNAPSHOT), caller) == SNAPSHOT


@pytest.mark.parametrize("forge", WRONG_SNAPSHOTS.values(), ids=WRONG_SNAPSHOTS)
def test_a_snapshot_that_is_not_the_callers_own_is_refused(
    services: Services, west: Host, zuid: Host, forge: Any
) -> None:
    with services.database.read() as session:
        caller = verify_token(session, west.token(), at=NOW)
        with pytest.raises(Forbidden) as refused:
            verify_snapshot(session, forge(west, zuid), caller)
    assert refused.value.code == "snapshot-invalid"
