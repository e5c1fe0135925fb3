"""Open edX's own LTI 1.3 classes as the platform, continued: its columns, its roles, and messages that we do not know.

Launch, Deep Linking and a grade by the launch's own column are in `test_openedx_platform.py`.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from lti_tool.outbox import Sender
from tests.lti_tool.test_openedx_platform import MODULE, OpenEdx, Page, tool
from tests.lti_tool.world import TEXT, Asked, Listener

__all__ = ["tool"]

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"


class Columns:
    """What Open edX does with columns and scores (`LtiAgsLineItemViewset`, lti-consumer-xblock 11.4.4).

    Its views do not run outside Open edX; who may is asked of its own classes.
    """

    def __init__(self, platform: OpenEdx, listener: Listener) -> None:
        self._platform, self._listener = platform, listener
        self.items: list[dict[str, Any]] = []
        self.scores: list[dict[str, Any]] = []
        platform.programmatic = True
        listener.answers["/lineitems"] = self._list

    def add(self, item: dict[str, Any]) -> dict[str, Any]:
        made = {**item, "id": f"{self._platform.issuer}/lineitem/{len(self.items) + 1}"}
        self.items.append(made)
        self._listener.answers[f"/lineitem/{len(self.items)}/scores"] = self._score
        return made

    def _may(self, asked: Asked, *scopes: str) -> bool:
        bearer = asked.headers["Authorization"].removeprefix("Bearer ")
        return bool(self._platform._consumer().check_token(bearer, [f"{SCOPE}{scope}" for scope in scopes]))

    def _list(self, asked: Asked) -> tuple[int, str, bytes]:
        if asked.method == "POST":
            if not self._may(asked, "lineitem"):
                return 403, "application/json", b"{}"
            if asked.headers["Content-Type"] != ITEM:
                return 415, "application/json", b"{}"
            item = json.loads(asked.body)
            # An IntegerField, and one of two links to what is graded.
            whole = float(item["scoreMaximum"]).is_integer()
            if not whole or not (item.get("resourceId") or item.get("resourceLinkId")):
                return 400, "application/json", b"{}"
            return 201, ITEM, json.dumps(self.add(item)).encode()
        if not self._may(asked, "lineitem", "lineitem.readonly"):
            return 403, "application/json", b"{}"
        if asked.headers["Accept"] not in (ITEM, ITEMS):
            return 406, "application/json", b"{}"
        query = dict(parse_qsl(urlsplit(asked.path).query))
        found = [item for item in self.items if query.get("resource_link_id") in (None, item.get("resourceLinkId"))]
        return 200, ITEMS, json.dumps(found).encode()

    def _score(self, asked: Asked) -> tuple[int, str, bytes]:
        if not self._may(asked, "score"):
            return 403, "application/json", b"{}"
        if asked.headers["Content-Type"] != SCORE:
            return 415, "application/json", b"{}"
        score = json.loads(asked.body)
        known = [each["timestamp"] for each in self.scores if each["userId"] == score["userId"]]
        if score["timestamp"] in known:
            # LtiAgsScoreSerializer.validate_timestamp
            said = {"timestamp": ["Score already exists for the provided timestamp"]}
            return 400, "application/json", json.dumps(said).encode()
        self.scores.append(score)
        return 201, SCORE, asked.body


@pytest.fixture
def columns(tool: tuple[OpenEdx, Sender], listener: Listener) -> Columns:
    return Columns(tool[0], listener)


def hand_in(page: Page) -> None:
    page.call("submit", {"version": page.call("state")["work"]["version"], "body": {"text": TEXT}})


def test_a_column_is_made_and_then_found_by_the_next_score(tool: tuple[OpenEdx, Sender], columns: Columns) -> None:
    platform, sender = tool
    for person in ("hanne", "yusuf"):
        hand_in(platform.launch(person, "student", person))
        assert sender.drain() is None
    [item] = columns.items
    assert (item["resourceLinkId"], item["resourceId"], item["tag"]) == (
        "blok-9",
        "samen-kijken/eigen-praktijk",
        "score",
    )
    assert [score["userId"] for score in columns.scores] == ["hanne", "yusuf"]


def test_a_column_of_the_courses_authors_is_used(tool: tuple[OpenEdx, Sender], columns: Columns) -> None:
    platform, sender = tool
    columns.add({"label": "Van de auteur", "scoreMaximum": 10, "resourceLinkId": "een-ander-blok"})
    ours = columns.add({"label": "Van de auteur", "scoreMaximum": 10, "resourceLinkId": "blok-9"})
    hand_in(platform.launch("hanne", "student", "Hanne Coppens"))
    assert sender.drain() is None
    assert len(columns.items) == 2
    scored = [asked.path for asked in columns._listener.asked if asked.path.endswith("/scores")]
    assert scored == [urlsplit(ours["id"]).path + "/scores"]


def test_a_score_that_open_edx_has_already_counts_as_sent(tool: tuple[OpenEdx, Sender], columns: Columns) -> None:
    platform, sender = tool
    columns.add({"label": "Kolom", "scoreMaximum": 10, "resourceLinkId": "blok-9"})
    hand_in(platform.launch("hanne", "student", "Hanne Coppens"))
    first = columns._listener.answers["/lineitem/1/scores"]

    def lose(asked: Asked) -> Any:
        first(asked)
        return 502, "text/plain", b""

    columns._listener.answers["/lineitem/1/scores"] = lose
    [row] = [row for row in sender._take() if row.kind == "ags-score"]
    assert sender._send_score(row).state == "again"
    columns._listener.answers["/lineitem/1/scores"] = first
    assert sender._send_score(row).state == "superseded"
    assert len(columns.scores) == 1


def test_a_refusal_for_another_reason_is_a_failure(tool: tuple[OpenEdx, Sender], columns: Columns) -> None:
    platform, sender = tool
    columns.add({"label": "Kolom", "scoreMaximum": 10, "resourceLinkId": "blok-9"})
    hand_in(platform.launch("hanne", "student", "Hanne Coppens"))
    columns._listener.json("/lineitem/1/scores", {"userId": ["Unknown"], "timestamp": ["Wrong"]}, status=400)
    [row] = [row for row in sender._take() if row.kind == "ags-score"]
    assert sender._send_score(row).state == "failed"


@pytest.mark.parametrize(
    ("role", "teaches"),
    [
        ("global_staff", True),
        ("staff", True),
        ("limited_staff", True),
        ("instructor", True),
        ("student", False),
        ("guest", False),
        ("finance_admin", False),
        ("Administrator", False),  # of the forum
    ],
)
def test_roles_of_open_edx_open_the_desk_or_the_step(tool: tuple[OpenEdx, Sender], role: str, teaches: bool) -> None:
    page = tool[0].launch("iemand", role, "Iemand")
    asked = page.call("queue") if teaches else page.call("state")
    assert ("items" in asked) == teaches


def test_several_things_chosen_at_once_each_open(tool: tuple[OpenEdx, Sender]) -> None:
    platform, _ = tool
    chosen = platform.choose("instructor", ["samen-kijken/*"])
    kinds = [platform.launch("hanne", "student", "", custom=item["custom"]).call("state")["kind"] for item in chosen]
    assert kinds == ["reading", "reading", "reading", "reading", "case", "quiz", "worksheet", "reflection", "reading"]


@pytest.fixture
def proctor(tool: tuple[OpenEdx, Sender]) -> Callable[[str], requests.Response]:
    """Send a message of Open edX's proctoring, which is no part of what we do."""
    from lti_consumer.data import Lti1p3LaunchData, Lti1p3ProctoringLaunchData
    from lti_consumer.lti_1p3.consumer import LtiProctoringConsumer

    platform, _ = tool

    def send(message: str) -> requests.Response:
        consumer = LtiProctoringConsumer(**platform.settings)
        begin = f"{platform.issuer}/start"
        consumer.set_proctoring_data(attempt_number=1, session_data="x", start_assessment_url=begin)
        data = Lti1p3LaunchData(
            user_id="hanne",
            user_role="student",
            config_id="c",
            resource_link_id="blok-9",
            message_type=message,
            proctoring_launch_data=Lti1p3ProctoringLaunchData(1, begin),
        )
        browser = requests.Session()
        answer = browser.get(consumer.prepare_preflight_url(data), allow_redirects=False, timeout=20)
        consumer.set_user_data(user_id="hanne", role="student")
        consumer.set_resource_link_claim("blok-9")
        consumer.set_custom_parameters(MODULE)
        form = consumer.generate_launch_request(dict(parse_qsl(urlsplit(answer.headers["Location"]).query)))
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
        return requests.post(f"{platform.tool}/lti/launch", data=form, headers={"Cookie": cookies}, timeout=20)

    return send


@pytest.mark.parametrize("message", ["LtiStartProctoring", "LtiEndAssessment"])
def test_a_message_that_we_do_not_know_is_refused_with_a_page(
    proctor: Callable[[str], requests.Response], message: str
) -> None:
    answer = proctor(message)
    assert answer.status_code == 403
    assert "<code>message-unsupported</code>" in answer.text
    assert proctor("LtiResourceLinkRequest").status_code == 200
