"""A course on a test platform: its list of members (NRPS 2.0), and its gradebook's requests for somebody's work."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lti_tool.access import AccessTokens
from lti_tool.nrps import Memberships
from lti_tool.outgoing import Outgoing
from lti_tool.rosters import Rosters
from tests.lti_tool.world import AGS, LTI, SCORE_SCOPE, Asked, Person, Platform, World

NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
FOR_USER = f"{LTI}for_user"
CONTAINER = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

Said = tuple[int, str, bytes] | tuple[int, str, bytes, dict[str, str]]


def member(person: Person, **changes: Any) -> dict[str, Any]:
    """Give somebody as a list of members shows them: roles by their bare names, and more than we want to know."""
    made: dict[str, Any] = {
        "user_id": person.id,
        "roles": [person.role],
        "status": "Active",
        "email": f"gebruiker{person.id}@school.example",
        **changes,
    }
    return {"name": person.name, **made} if person.name else made


@dataclass
class Course:
    """A course whose members a platform lists, as strictly as the specification allows.

    Args:
        platform: whose.
        members: as `member` gives them.
        page: how many it gives at a time, whatever was asked.
        links: who is expected at which resource link; None when it does not tell links apart.
        refuses: the parameters that it answers with 400.
    """

    platform: Platform
    members: list[dict[str, Any]]
    page: int = 100
    links: dict[str, Sequence[str]] | None = None
    refuses: tuple[str, ...] = ()
    asked: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.platform.listener.answers[self.path] = self._answer

    @property
    def path(self) -> str:
        return f"/{self.platform.name}/Cursus-1/Leden"  # capitals, for an address is not ours to change

    @property
    def address(self) -> str:
        return f"{self.platform.listener.url}{self.path}?Type_Id=1"

    @property
    def claim(self) -> dict[str, Any]:
        """What a launch tells of it."""
        return {NRPS: {"context_memberships_url": self.address, "service_versions": ["2.0"]}}

    def says(self, said: Said) -> None:
        """Answer this from now on, whatever is asked."""
        self.platform.listener.answers[self.path] = lambda _: said

    def _answer(self, asked: Asked) -> Said:
        query = dict(parse_qsl(urlsplit(asked.path).query))
        self.asked.append(query)
        if asked.headers.get("Authorization") != f"Bearer sesam-{self.platform.name}" or query.get("Type_Id") != "1":
            return 401, "text/plain", b""
        if asked.headers.get("Accept") != CONTAINER:
            return 406, "text/plain", b""
        if any(name in query for name in self.refuses):
            return 400, "text/plain", b""
        listed, link = self.members, query.get("rlid")
        if link is not None and self.links is not None:
            if link not in self.links:
                return 404, "text/plain", b""
            listed = [each for each in listed if each["user_id"] in self.links[link]]
        size, start = min(self.page, int(query.get("limit", self.page))), int(query.get("from", 0))
        following = f"{self.path}?{urlencode({**query, 'from': start + size})}"
        more = {"Link": f"<{following}>; rel=next"} if start + size < len(listed) else {}
        return 200, CONTAINER, container(listed[start : start + size]), more


def container(members: list[dict[str, Any]]) -> bytes:
    return json.dumps({"id": "https://lms.example/leden", "context": {"id": "cursus-1"}, "members": members}).encode()


def review_of(person: Person, line_item: str = "https://lms.example/kolom/1", **changes: Any) -> dict[str, Any]:
    """Give what differs in the claims of a request for somebody's work, as it comes without a resource link."""
    return {
        f"{LTI}message_type": "LtiSubmissionReviewRequest",
        f"{LTI}resource_link": None,
        f"{LTI}custom": None,
        FOR_USER: {"user_id": person.id, "roles": ["Learner"], "email": "iemand@school.example"},
        AGS: {"scope": [SCORE_SCOPE], "lineitem": line_item},
        **changes,
    }


def fetch(world: World, total: float = 5.0, **more: Any) -> None:
    """Do what the worker does when it is rung."""
    outgoing = Outgoing(allow_private=True, total=total)
    Rosters(world.services, Memberships(outgoing, AccessTokens(outgoing, world.services.keys), **more)).refresh()
