"""Open edX's own LTI 1.3 classes as the platform: from launch to grade in the gradebook, over real HTTP."""

import html
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from werkzeug.serving import make_server

from lti_tool.ags import Gradebooks
from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.nrps import SCOPE, Memberships
from lti_tool.outbox import Sender
from lti_tool.registrations import Registration, register
from lti_tool.rosters import Rosters
from tests.cast import WEST
from tests.lti_tool.course import CONTAINER, container
from tests.lti_tool.world import MEMBERSHIP, SCORE_SCOPE, TEXT, Asked, Listener, keep_events, key

MODULE = {"module": "samen-kijken", "step": "eigen-praktijk"}


class OpenEdx:
    """The platform: the classes of lti-consumer-xblock, behind an HTTP server for its keys, tokens and scores."""

    def __init__(self, listener: Listener, tool: str) -> None:
        from lti_consumer.lti_1p3.consumer import LtiAdvantageConsumer

        self.issuer = listener.url
        self.tool = tool
        pem = key("openedx").private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
        self.settings = {
            "iss": self.issuer,
            "lti_oidc_url": f"{tool}/lti/login",
            "lti_launch_url": f"{tool}/lti/launch",
            "client_id": "edx-client",
            "deployment_id": "1",
            "rsa_key": pem,
            "rsa_key_id": "edx-1",
            "redirect_uris": [f"{tool}/lti/launch"],
            "tool_keyset_url": f"{tool}/lti/jwks",
        }
        self._consumer = lambda: LtiAdvantageConsumer(**self.settings)
        self.programmatic = False  # whether the tool finds and makes the columns itself
        self.scores: list[dict[str, Any]] = []
        listener.json("/jwks", self._consumer().get_public_keyset())
        listener.answers["/token"] = self._token
        listener.answers["/lineitem/9/scores"] = self._score
        listener.answers["/leden"] = self._members
        listener.answers["/v1/events"] = keep_events

    @property
    def registration(self) -> Registration:
        at = self.issuer
        return Registration(at, "edx-client", f"{at}/auth", f"{at}/token", f"{at}/jwks")

    def launch(self, user: str, role: str, name: str, custom: dict[str, str] = MODULE) -> "Page":
        """Go through the whole launch, as a browser does."""
        from lti_consumer.data import Lti1p3LaunchData

        consumer = self._consumer()
        browser = requests.Session()
        start = consumer.prepare_preflight_url(
            Lti1p3LaunchData(
                user_id=user, user_role=role, config_id="c", resource_link_id="blok-9", context_id="cursus"
            )
        )
        answer = browser.get(start, allow_redirects=False, timeout=20)
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"].startswith(f"{self.issuer}/auth?")
        preflight = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        consumer.set_user_data(user_id=user, role=role, full_name=name)
        consumer.set_resource_link_claim("blok-9")
        consumer.set_context_claim("cursus")
        consumer.set_dl_content_launch_parameters(f"{self.tool}/lti/launch", custom)
        if self.programmatic:
            consumer.enable_ags(f"{self.issuer}/lineitems", allow_programmatic_grade_interaction=True)
        else:
            consumer.enable_ags(f"{self.issuer}/lineitems", f"{self.issuer}/lineitem/9?cursus=1")
        consumer.enable_nrps(f"{self.issuer}/leden?cursus=1")
        form = consumer.generate_launch_request(preflight)
        # requests keeps a Secure cookie for itself on http; browsers count 127.0.0.1 as safe.
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
        shown = requests.post(f"{self.tool}/lti/launch", data=form, headers={"Cookie": cookies}, timeout=20)
        assert shown.status_code == 200, shown.text
        return Page(self.tool, shown.text)

    def choose(self, role: str, choices: list[str]) -> list[dict[str, Any]]:
        """Ask a teacher to choose, as a browser does; give the content items that the platform itself reads."""
        from lti_consumer.data import Lti1p3LaunchData

        consumer = self._consumer()
        consumer.enable_deep_linking(f"{self.tool}/lti/launch", f"{self.issuer}/deep-link/terug")
        browser = requests.Session()
        start = consumer.prepare_preflight_url(
            Lti1p3LaunchData(
                user_id="els",
                user_role=role,
                config_id="c",
                resource_link_id="blok-9",
                message_type="LtiDeepLinkingRequest",
            )
        )
        answer = browser.get(start, allow_redirects=False, timeout=20)
        preflight = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        consumer.set_user_data(user_id="els", role=role)
        form = consumer.generate_launch_request(preflight)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
        shown = requests.post(f"{self.tool}/lti/launch", data=form, headers={"Cookie": cookies}, timeout=20)
        if shown.status_code != 200:
            raise PermissionError(shown.text)
        token = html.unescape(re.findall(r'name="token" value="([^"]+)"', shown.text)[0])
        placed = requests.post(
            f"{self.tool}/lti/pick", data={"token": token, "place": "1", "choice": choices}, timeout=20
        )
        assert f'action="{self.issuer}/deep-link/terug"' in placed.text
        signed = re.findall(r'name="JWT" value="([^"]+)"', placed.text)[0]
        items: list[dict[str, Any]] = consumer.check_and_decode_deep_linking_token(signed)
        return items

    def _token(self, asked: Asked) -> tuple[int, str, bytes]:
        token = self._consumer().access_token(dict(parse_qsl(asked.body.decode())))
        return 200, "application/json", json.dumps(token).encode()

    def _score(self, asked: Asked) -> tuple[int, str, bytes]:
        bearer = asked.headers["Authorization"].removeprefix("Bearer ")
        if not self._consumer().check_token(bearer, [SCORE_SCOPE]):
            return 403, "text/plain", b""
        self.scores.append(json.loads(asked.body))
        return 200, "application/json", b"{}"

    def _members(self, asked: Asked) -> tuple[int, str, bytes]:
        """Answer as Open edX does: it knows no links, sends roles in full, and here and there no name."""
        bearer = asked.headers["Authorization"].removeprefix("Bearer ")
        if not self._consumer().check_token(bearer, [SCOPE]):
            return 403, "text/plain", b""
        roles = {"hanne": "Learner", "yusuf": "Learner", "els": "Instructor"}
        members = [{"user_id": user, "roles": [MEMBERSHIP + role], "status": "Active"} for user, role in roles.items()]
        return 200, CONTAINER, container(members)


class Page:
    """A page of the tool, and what its script would call."""

    def __init__(self, tool: str, text: str) -> None:
        found = re.search(r'data-token="([^"]+)"', text)
        assert found, text
        self._tool, self._token = tool, html.unescape(found[1])

    def call(self, operation: str, payload: Any = None) -> Any:
        answer = requests.post(
            f"{self._tool}/lti/api/{operation}",
            json=payload or {},
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=20,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def tool(settings: LtiSettings, listener: Listener, tmp_path: Path) -> Iterator[tuple[OpenEdx, Sender]]:
    app = None

    def serve(environ: Any, start_response: Any) -> Any:
        assert app is not None
        return app(environ, start_response)

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    mine = LtiSettings(**{**vars(settings), "base_url": address})
    app = create_app(mine, wake=lambda: None)
    services = app.extensions["veranderkracht"]
    platform = OpenEdx(listener, address)
    with services.database.write() as session:
        register(session, WEST, platform.registration, ["1"], services.clock())
    services.keys.make_host_key(WEST)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield platform, Sender(services, Gradebooks(services.outgoing, services.access))
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)
    services.database.close()


def test_from_launch_to_gradebook(tool: tuple[OpenEdx, Sender]) -> None:
    platform, sender = tool
    learner = platform.launch("hanne", "student", "Hanne Coppens")
    assert learner.call("state")["status"] == "new"
    learner.call("save", {"version": 0, "body": {"text": "Een begin."}})
    learner.call("submit", {"version": 1, "body": {"text": TEXT}})
    sender.drain()

    teacher = platform.launch("els", "staff", "Els Wouters")
    [item] = teacher.call("queue")["items"]
    assert item["name"] == "Hanne Coppens"
    work = teacher.call("work", {"submission": item["submission"]})
    levels = {each["id"]: each["levels"][1]["id"] for each in work["rubric"]["criteria"] if each["graded"]}
    points = sum(float(each["levels"][1]["points"]) for each in work["rubric"]["criteria"] if each["graded"])
    graded = teacher.call(
        "assess",
        {
            "submission": item["submission"],
            "version": 0,
            "levels": levels,
            "comments": {},
            "comment": "Ja.",
            "publish": True,
        },
    )
    sender.drain()

    again = platform.launch("hanne", "student", "Hanne Coppens")
    seen = again.call("state")
    assert (seen["status"], seen["assessment"]["comment"]) == ("published", "Ja.")
    pending, final = platform.scores
    assert (pending["userId"], pending["gradingProgress"]) == ("hanne", "PendingManual")
    assert (final["userId"], final["gradingProgress"]) == ("hanne", "FullyGraded")
    assert final["scoreGiven"] == points == float(graded["assessment"]["score"])
    assert teacher.call("queue")["items"][0]["sync"]["state"] == "sent"


def test_its_list_of_members_tells_who_has_not_handed_in(tool: tuple[OpenEdx, Sender]) -> None:
    platform, sender = tool
    learner = platform.launch("hanne", "student", "Hanne Coppens")
    learner.call("submit", {"version": 0, "body": {"text": TEXT}})
    teacher = platform.launch("els", "staff", "Els Wouters")
    assert teacher.call("queue")["missing"]["refreshing"] is True
    services = sender.services
    Rosters(services, Memberships(services.outgoing, services.access)).refresh()
    missing = teacher.call("roster")["missing"]
    assert (missing["fault"], missing["expected"]) == ("", 2)
    [person] = missing["people"]
    assert person["stage"] == "new" and person["name"].startswith("Lerende ")


def test_a_teacher_chooses_and_what_was_chosen_opens(tool: tuple[OpenEdx, Sender]) -> None:
    platform, _ = tool
    reading, quiz = platform.choose("staff", ["samen-kijken/toets", "samen-kijken/vooraf"])
    assert (reading["title"], quiz["title"]) == ("Wie was er vandaag nog?", "Even toetsen")
    assert quiz["lineItem"]["scoreMaximum"] == 6
    learner = platform.launch("hanne", "student", "Hanne Coppens", custom=quiz["custom"])
    assert learner.call("state")["kind"] == "quiz"


def test_a_learner_of_open_edx_does_not_choose(tool: tuple[OpenEdx, Sender]) -> None:
    with pytest.raises(PermissionError, match="deep-link-role"):
        tool[0].choose("student", ["samen-kijken/toets"])
