"""Platforms that are slow, fail or lie: no score is lost or sent twice, nothing is let in, and no worker falls over."""

from typing import Any

import pytest

from lti_tool.access import AccessTokens
from lti_tool.ags import Gradebooks
from lti_tool.outbox import Sender
from lti_tool.outgoing import Outgoing
from lti_tool.platform_keys import PlatformKeys
from tests.lti_tool import strict_faults as faults
from tests.lti_tool.strict_platform import DL, REFLECTION, StrictPlatform
from tests.lti_tool.strict_wire import Fault
from tests.lti_tool.world import AGS, BASE, ELS, HANNE, SCORE_SCOPE, YUSUF, Browser, Person, World

WRITE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
INSIDE = "/latest/meta-data"


def sender_of(world: World, total: float = 5.0) -> Sender:
    outgoing = Outgoing(allow_private=True, total=total)
    return Sender(world.services, Gradebooks(outgoing, AccessTokens(outgoing, world.services.keys)), chance=lambda: 1.0)


@pytest.fixture
def sender(world: World) -> Sender:
    return sender_of(world)


def at(world: World, strict: StrictPlatform, person: Person, line_item: str = "", **grades: Any) -> Browser:
    browser = world.browser()
    response = strict.bring(browser, person, strict.claims_for("schakel-1", REFLECTION, line_item, **grades))
    assert response.status_code == 200, response.text
    return browser


def sync(world: World, strict: StrictPlatform) -> Any:
    return at(world, strict, ELS).ok("queue")["items"][0]["sync"]


ANYWHERE = {
    "a login page": faults.web_page(),
    "a page of a proxy": faults.web_page(503),
    "a redirect to the inside": faults.redirecting(INSIDE),
    "a lasting redirect": faults.redirecting(INSIDE, 308),
    "too much": faults.huge(),
    "an answer that breaks off": faults.lying_of_length(50),
    "a failure": faults.failing(500),
    "a failure with a strange time to wait": faults.failing(503, Retry_After="²"),
    "a failure with a date to wait for": faults.failing(503, Retry_After="Mon, 02 Mar 2026 09:00:30 GMT"),
    "too many calls": faults.failing(429, Retry_After="2"),
}
DOCUMENTS = {
    "half of the answer": faults.lying_of_length(-5),
    "no answer at all": faults.answering(b""),
    "no text": faults.answering(b"\xff\xfe\x00["),
    "a well without a bottom": faults.nested(),
    "a number": faults.shaped(7),
    "a null": faults.shaped(None),
    "another object": faults.shaped({"fout": "Er ging iets mis."}),
}
TOKENS = {
    "a token that is no text": faults.changed(access_token=7),
    "an empty token": faults.changed(access_token=""),
    "a token of two lines": faults.changed(access_token="a\r\nX-Rol: docent"),
    "a token in other letters": faults.changed(access_token="☃"),
}
PATHS = {
    "/token": ANYWHERE | DOCUMENTS | TOKENS,
    "/kolommen": ANYWHERE | DOCUMENTS,
    "/Kolom/1/lineitem/scores": ANYWHERE,
}


@pytest.mark.parametrize(
    ("path", "fault"),
    [pytest.param(path, fault, id=f"{path} gives {name}") for path in PATHS for name, fault in PATHS[path].items()],
)
def test_a_score_outlives_one_bad_answer(
    world: World, strict: StrictPlatform, sender: Sender, path: str, fault: Fault
) -> None:
    strict.grades.add(
        resourceLinkId="schakel-1", resourceId="samen-kijken/eigen-praktijk", label="Kolom", scoreMaximum=10
    )
    at(world, strict, HANNE).submit()
    at(world, strict, YUSUF).submit()
    strict.wire.disturb(path, fault)
    assert sender.drain() is not None, "nothing waits to be sent again"
    world.clock.advance(minutes=5)
    assert sender.drain() is None
    assert sorted(score["userId"] for _, score in strict.grades.scores) == [HANNE.id, YUSUF.id]
    assert len(strict.grades.columns) == 1, "a second column was made"
    assert sync(world, strict)["state"] == "sent"
    assert strict.listener.to("/latest/meta-data") == []


@pytest.mark.parametrize("name", ["an answer that breaks off", "half of the answer", "it forgot"])
def test_a_column_that_was_made_without_our_hearing_of_it_is_found_again(
    world: World, strict: StrictPlatform, sender: Sender, name: str
) -> None:
    fault = {"it forgot": faults.forgetful(), **ANYWHERE, **DOCUMENTS}[name]
    at(world, strict, HANNE).submit()
    strict.wire.disturb("/kolommen", lambda asked, proper: proper(asked), fault)  # the list, and then the making
    assert sender.drain() is not None
    world.clock.advance(minutes=5)
    assert sender.drain() is None
    assert len(strict.grades.columns) == len(strict.grades.scores) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_score_that_arrived_without_our_hearing_of_it_is_not_sent_over_and_over(
    world: World, strict: StrictPlatform, sender: Sender, status: int
) -> None:
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    at(world, strict, HANNE, column).submit()
    strict.wire.disturb(strict.grades.path(column), faults.forgetful(status))
    assert sender.drain() is not None
    world.clock.advance(minutes=5)
    assert sender.drain() is None
    assert len(strict.grades.scores) == 1
    assert sync(world, strict)["state"] == "sent"


@pytest.mark.parametrize("path", PATHS)
def test_a_platform_that_says_nothing_holds_nobody_up_for_long(world: World, strict: StrictPlatform, path: str) -> None:
    strict.grades.add(
        resourceLinkId="schakel-1", resourceId="samen-kijken/eigen-praktijk", label="Kolom", scoreMaximum=10
    )
    at(world, strict, HANNE).submit()
    with faults.silent() as fault:
        strict.wire.disturb(path, fault)
        assert sender_of(world, total=1.5).drain() is not None
    assert "antwoordt niet op tijd" in sync(world, strict)["detail"]
    world.clock.advance(minutes=5)
    assert sender_of(world).drain() is None
    assert len(strict.grades.scores) == 1


@pytest.mark.parametrize("lifetime", [0, -5, "3600", "²", 3600.5, 10**30, None, True, [], "straks"])
def test_a_token_of_a_strange_age_is_used_and_never_kept_too_long(
    world: World, strict: StrictPlatform, sender: Sender, lifetime: Any
) -> None:
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    strict.wire.disturb("/token", faults.changed(expires_in=lifetime))
    at(world, strict, HANNE, column).submit()
    assert sender.drain() is None
    world.clock.advance(minutes=61)
    at(world, strict, YUSUF, column).submit()
    assert sender.drain() is None
    assert len(strict.grades.scores) == 2
    assert strict.refusals == []


@pytest.mark.parametrize(
    "link",
    [
        '<http://[kapot>; rel="next"',
        '<elders/kolommen>; rel="next"',
        '<//169.254.169.254/kolommen>; rel="next"',
        '<javascript:alert(1)>; rel="next"',
        "<>; rel=next",
        "rel=next",
    ],
)
def test_a_list_that_goes_on_elsewhere_is_not_followed_and_no_column_is_made_twice(
    world: World, strict: StrictPlatform, sender: Sender, link: str
) -> None:
    # The rest of the list cannot be read, so nobody knows whether the column is missing.
    at(world, strict, HANNE).submit()
    first = strict.grades.add(resourceLinkId="schakel-1", resourceId="iets-anders", label="Kolom", scoreMaximum=10)
    link = link.replace("elders", strict.listener.url.replace("127.0.0.1", "localhost"))
    strict.wire.disturb("/kolommen", lambda asked, proper: (*proper(asked)[:3], {"Link": link}))
    sender.drain()
    goes_on = "//" in link or "javascript" in link
    assert [column["id"] == first for column in strict.grades.columns] == ([True] if goes_on else [True, False])
    assert sync(world, strict)["state"] == ("failed" if goes_on else "sent")
    assert strict.listener.to("/kolommen") == [], "the same machine under another name is another server"


def test_a_list_without_end_leads_to_no_new_column(world: World, strict: StrictPlatform, sender: Sender) -> None:
    for number in range(60):
        strict.grades.add(resourceLinkId="schakel-1", resourceId=f"ander-{number}", label="Kolom", scoreMaximum=1)
    at(world, strict, HANNE).submit()
    sender.drain()
    assert len(strict.grades.columns) == 60
    assert sync(world, strict)["state"] == "failed"
    assert "te veel kolommen" in sync(world, strict)["detail"]


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "niets", "javascript:alert(1)", "http://x:poort/"])
@pytest.mark.parametrize("claim", ["lineitem", "lineitems"])
def test_an_address_that_is_none_in_a_launch_stops_no_other_score(
    world: World, strict: StrictPlatform, sender: Sender, claim: str, address: str
) -> None:
    column = strict.grades.add(resourceLinkId="schakel-1", label="Kolom", scoreMaximum=10)
    grades = {"scope": [SCORE_SCOPE, WRITE_SCOPE], claim: address}
    browser = world.browser()
    strict.bring(browser, HANNE, {**strict.claims_for("schakel-1", REFLECTION), AGS: grades})
    browser.submit()
    at(world, strict, YUSUF, column).submit()
    sender.drain()
    assert [score["userId"] for _, score in strict.grades.scores] == [YUSUF.id]


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "https://x:poort/", "//", "\x00"])
def test_an_address_that_is_none_in_a_message_is_refused_with_a_page(
    world: World, strict: StrictPlatform, address: str
) -> None:
    start = world.browser().login(strict, **{**strict.login_of(HANNE, {}), "target_link_uri": address})
    assert (start.status_code, "<code>target-foreign</code>" in start.text) == (403, True)
    answer = strict.bring(world.browser(), ELS, strict.ask_to_choose(deep_link_return_url=address))
    assert (answer.status_code, "<code>deep-link-incomplete</code>" in answer.text) == (403, True)


@pytest.fixture
def impatient(world: World) -> None:
    """A tool that waits for key sets no longer than half a second."""
    object.__setattr__(world.services, "platform_keys", PlatformKeys(Outgoing(allow_private=True, total=0.5)))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "fault", [pytest.param(fault, id=name) for name, fault in (ANYWHERE | DOCUMENTS).items()] + ["silence"]
)
def test_a_bad_key_set_lets_nobody_in_and_the_next_good_one_does(
    world: World, strict: StrictPlatform, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    monkeypatch.setattr("lti_tool.platform_keys.COOLDOWN", 0.0)
    good = strict.listener.answers["/Streng/jwks"]
    with faults.silent() as silence:
        made = silence if fault == "silence" else fault
        strict.listener.answers["/Streng/jwks"] = lambda asked: made(asked, lambda each: (*good(each), {}))
        refused = strict.bring(world.browser(), HANNE, strict.claims_for("schakel-1", REFLECTION))
    assert refused.status_code == 503
    assert "<code>keys-unreachable</code>" in refused.text
    strict.listener.answers["/Streng/jwks"] = good
    assert at(world, strict, HANNE).ok("state")["status"] == "new"


def test_a_choice_is_refused_by_nobody_but_its_own_platform(world: World, strict: StrictPlatform) -> None:
    browser = world.browser()
    assert strict.bring(browser, ELS, strict.ask_to_choose()).status_code == 200
    strict.deployment_id = "2"
    pressed = {"token": browser.token, "place": "1", "choice": "samen-kijken"}
    page = browser.client.post("/lti/pick", data=pressed, base_url=BASE).text
    assert strict.hand_in(page).status_code == 400
    assert strict.refusals == ["/terug: 400 deployment_id is another"]
    assert f"{DL}content_items" not in page
