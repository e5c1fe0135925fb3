"""The strict platform's services refuse what is wrong: else its tests of the tool would prove nothing."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
import requests

from lti_tool.keys import SigningKey
from tests.lti_tool.strict_access import ASSERTION
from tests.lti_tool.strict_grades import ITEM, ITEMS, SCOPE, SCORE
from tests.lti_tool.strict_platform import StrictPlatform
from tests.lti_tool.test_strict_itself import NOW, Changes, altered, sign, why
from tests.lti_tool.world import ELS, HANNE, World, key


@pytest.fixture
def ours(world: World) -> SigningKey:
    return world.services.keys.signing_key()


def ask_token(strict: StrictPlatform, assertion: str, form: Changes | None = None) -> requests.Response:
    good = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": assertion,
        "scope": f"{SCOPE}score",
    }
    return requests.post(f"{strict.issuer}/token?tenant=1", data=altered(good, form or {}), timeout=20)


def assertion_of(strict: StrictPlatform, at: datetime, changes: Changes | None = None) -> dict[str, Any]:
    now = int(at.timestamp())
    good = {
        "iss": strict.client_id,
        "sub": strict.client_id,
        "aud": f"{strict.issuer}/oauth2",
        "iat": now,
        "exp": now + 300,
        "jti": "een-naam-van-zestien",
    }
    return altered(good, changes or {})


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "een-ander"},
        {"sub": "een-ander"},
        {"aud": "http://elders.example/token"},
        {"aud": None},
        {"iat": None},
        {"iat": NOW + 2},
        {"exp": NOW},
        {"exp": NOW + 301},
        {"exp": float(NOW + 100)},
        {"jti": None},
        {"jti": "kort"},
    ],
)
def test_an_assertion_is_right_in_every_claim(
    world: World, strict: StrictPlatform, ours: SigningKey, change: Changes
) -> None:
    answer = ask_token(strict, sign(assertion_of(strict, world.clock(), change), ours))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")
    assert ask_token(strict, sign(assertion_of(strict, world.clock()), ours)).status_code == 200


@pytest.mark.parametrize("fault", ["unknown kid", "foreign key", "other algorithm", "twice", "no assertion", "form"])
def test_an_assertion_is_signed_by_us_and_counts_once(
    world: World, strict: StrictPlatform, ours: SigningKey, fault: str
) -> None:
    claims = assertion_of(strict, world.clock())
    good = sign(claims, ours)
    if fault == "twice":
        assert ask_token(strict, good).status_code == 200
    token = {
        "unknown kid": sign(claims, ours, "een-ander"),
        "foreign key": jwt.encode(claims, key("vreemd"), algorithm="RS256", headers={"kid": ours.kid}),
        "other algorithm": jwt.encode(claims, ours.private_pem, algorithm="RS512", headers={"kid": ours.kid}),
        "no assertion": "",
    }.get(fault, good)
    form = {"client_assertion_type": "iets anders"} if fault == "form" else {}
    answer = ask_token(strict, token, form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_only_scopes_on_offer_are_given(world: World, strict: StrictPlatform, ours: SigningKey) -> None:
    claims = assertion_of(strict, world.clock())
    answer = ask_token(strict, sign(claims, ours), {"scope": f"{SCOPE}score {SCOPE}alles"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    claims = assertion_of(strict, world.clock(), {"jti": "een-andere-van-twintig"})
    answer = ask_token(strict, sign(claims, ours), {"grant_type": "password"})
    assert answer.json()["error"] == "unsupported_grant_type"


@pytest.fixture
def call(world: World, strict: StrictPlatform, ours: SigningKey) -> Callable[..., requests.Response]:
    """Call a service with a token for these scopes."""
    numbers = iter(range(100))

    def call(
        method: str, address: str, scopes: str, body: Any = None, after: timedelta = timedelta(), **headers: str
    ) -> requests.Response:
        claims = assertion_of(strict, world.clock(), {"jti": f"een-naam-van-zestien-{next(numbers)}"})
        names = " ".join(f"{SCOPE}{name}" for name in scopes.split())
        token = ask_token(strict, sign(claims, ours), {"scope": names}).json()["access_token"]
        world.clock.advance(seconds=after.total_seconds())
        sent = {
            "Authorization": f"Bearer {token}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        data = None if body is None else body if isinstance(body, str) else json.dumps(body)
        return requests.request(method, address, data=data, headers=sent, timeout=20)

    return call


def score_at(at: datetime, changes: Changes | None = None) -> dict[str, Any]:
    good = {
        "userId": HANNE.id,
        "timestamp": at.isoformat(timespec="milliseconds"),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 7.5,
        "scoreMaximum": 10,
    }
    return altered(good, changes or {})


@pytest.fixture
def column(strict: StrictPlatform) -> str:
    strict.grades.learners.add(HANNE.id)
    return strict.grades.add(label="Kolom", scoreMaximum=10)


@pytest.mark.parametrize(
    "change",
    [
        {"userId": ELS.id},
        {"userId": None},
        {"timestamp": None},
        {"timestamp": "2026-03-02T09:00:00.000"},
        {"timestamp": "2026-03-02T09:00:00Z"},
        {"timestamp": "2026-03-02T09:02:00.000Z"},
        {"timestamp": 5},
        {"activityProgress": "Done"},
        {"gradingProgress": None},
        {"scoreGiven": None},
        {"scoreGiven": 10.5},
        {"scoreGiven": -1},
        {"scoreGiven": True},
        {"scoreGiven": "7"},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"scoreMaximum": 20},
        {"gradingProgress": "PendingManual", "scoreGiven": None},
        {"comment": 5},
        {"naam": "Hanne"},
    ],
)
def test_a_score_is_right_in_every_field(
    world: World, call: Callable[..., requests.Response], strict: StrictPlatform, column: str, change: Changes
) -> None:
    address = column.replace("?", "/scores?")
    wrong = call("POST", address, "score", score_at(world.clock(), change), Content_Type=SCORE)
    assert wrong.status_code == 400
    assert strict.grades.scores == []
    right = call("POST", address, "score", score_at(world.clock()), Content_Type=SCORE)
    assert right.status_code == 204


def test_a_score_comes_as_its_own_media_type(world: World, call: Callable[..., requests.Response], column: str) -> None:
    body = score_at(world.clock())
    answer = call("POST", column.replace("?", "/scores?"), "score", body, Content_Type="application/json")
    assert why(answer) == (400, f"the media type is 'application/json', not {SCORE!r}")


@pytest.mark.parametrize(("milliseconds", "status"), [(0, 409), (700, 409), (-5000, 409), (1000, 204)])
def test_a_score_is_later_by_the_second(
    world: World, call: Callable[..., requests.Response], column: str, milliseconds: int, status: int
) -> None:
    address, at = column.replace("?", "/scores?"), world.clock()
    assert call("POST", address, "score", score_at(at), Content_Type=SCORE).status_code == 204
    later = score_at(at + timedelta(milliseconds=milliseconds))
    assert call("POST", address, "score", later, Content_Type=SCORE).status_code == status


def test_tokens_end_and_are_for_their_scopes_alone(
    world: World, call: Callable[..., requests.Response], strict: StrictPlatform, column: str
) -> None:
    address = column.replace("?", "/scores?")
    late = call("POST", address, "score", score_at(world.clock()), timedelta(hours=1), Content_Type=SCORE)
    assert why(late) == (401, "the token is over")
    other = call("POST", address, "lineitem result.readonly", score_at(world.clock()), Content_Type=SCORE)
    assert other.status_code == 401
    assert call("GET", strict.grades.url, "score", Accept=ITEMS).status_code == 401
    item = {"label": "Nieuw", "scoreMaximum": 10}
    assert call("POST", strict.grades.url, "lineitem.readonly", item, Content_Type=ITEM).status_code == 401
    assert requests.get(strict.grades.url, headers={"Accept": ITEMS}, timeout=20).status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"label": " "}, 400),
        ({"label": None}, 400),
        ({"scoreMaximum": 0}, 400),
        ({"scoreMaximum": "10"}, 400),
        ({"resourceLinkId": "van-een-andere-cursus"}, 404),
        ({"maximum": 10}, 400),
        ({}, 201),
    ],
)
def test_a_new_column_is_right_in_every_field(
    call: Callable[..., requests.Response], strict: StrictPlatform, change: Changes, status: int
) -> None:
    item = altered({"label": "Nieuw", "scoreMaximum": 10, "tag": "score"}, change)
    assert call("POST", strict.grades.url, "lineitem", item, Content_Type=ITEM).status_code == status
    assert len(strict.grades.columns) == (status == 201)


def test_a_list_gives_its_pages_only_by_its_own_links(
    call: Callable[..., requests.Response], strict: StrictPlatform
) -> None:
    made = [strict.grades.add(label=str(number), scoreMaximum=1) for number in range(7)]
    address, found = f"{strict.grades.url}&limit=3", []
    while address:
        answer = call("GET", address, "lineitem", Accept=ITEMS)
        found += [row["id"] for row in answer.json()]
        following = answer.links.get("next", {}).get("url", "")
        address = following and requests.compat.urljoin(address, following)
    assert found == made
    assert len(strict.wire.to("/kolommen")) == 4, "two to a page, whatever is asked"
    for wrong, status in (("&limit=0", 400), ("&limit=x", 400), ("&vanAf=bmE6Mg", 400), ("&limit=1&limit=2", 400)):
        assert call("GET", strict.grades.url + wrong, "lineitem", Accept=ITEMS).status_code == status
    assert call("GET", strict.grades.url, "lineitem", Accept="application/json").status_code == 406
    assert call("GET", strict.grades.url.partition("?")[0], "lineitem", Accept=ITEMS).status_code == 404
