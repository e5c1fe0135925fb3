"""Names and Role Provisioning Services: the learners that a platform lists for a link, read page by page.

Source: LTI NRPS 2.0, chapters 2 and 3. Access is `access.py`'s; what is kept of a list, and when it is asked for,
`rosters.py`'s. Of what a platform sends only who, name, roles and status are read; never an e-mail address.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.access import AccessDenied, AccessTokens
from lti_tool.claims import full_name, role_of
from lti_tool.outgoing import Answer, Outgoing, OutgoingFault, with_query
from lti_tool.registrations import Registration, origin

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
CONTAINER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
PAGE = 100  # members that we ask for at a time; a platform may give more or fewer
MAX_PAGES = 50
MAX_MEMBERS = 2000
TOTAL_SECONDS = 30.0  # for all pages together

_PASSING = (401, 408, 425, 429)
_TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


class MembershipFault(Exception):
    """No list, and why: `detail` is Dutch, the end of a sentence about the platform, for people."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class Membership:
    """Who is expected.

    Args:
        learners: the names of active learners, by the platform's user id; a name is empty when it sends none.
        whole_course: whether it is everybody in the course, for the platform tells links not apart.
        complete: whether the list was read to its end.
    """

    learners: Mapping[str, str]
    whole_course: bool
    complete: bool


class Memberships:
    """The way to platforms' lists of members; safe across threads.

    Args:
        outgoing: how to call.
        access: to platforms' services.
        total: seconds that one list may take.
        clock: monotonic seconds; tests replace it.
    """

    def __init__(
        self,
        outgoing: Outgoing,
        access: AccessTokens,
        *,
        total: float = TOTAL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outgoing = outgoing
        self._access = access
        self._total = total
        self._clock = clock

    def of_link(self, registration: Registration, address: str, link: str, at: datetime) -> Membership:
        """Give the learners of a resource link, or of its whole course where the platform does not tell links apart.

        Args:
            registration: the platform.
            address: `context_memberships_url` of a launch; it may hold a query.
            link: the resource link, as the platform names it.
            at: the present moment.

        Raises:
            MembershipFault: there is no list, or one that cannot be believed.
        """
        try:
            return self._read(registration, address, link, at)
        except AccessDenied as denied:
            raise MembershipFault(denied.detail[0].lower() + denied.detail[1:]) from denied
        except OutgoingFault as fault:
            raise MembershipFault(f"er kwam geen bruikbaar antwoord ({fault.reason}).") from fault

    def _read(self, registration: Registration, address: str, link: str, at: datetime) -> Membership:
        end = self._clock() + self._total
        answer, whole_course = self._first(registration, address, link, at)
        found: dict[str, str] = {}
        seen = {address}
        members = pages = 0
        while True:
            listed = _members(answer)
            members, pages = members + len(listed), pages + 1
            for member in listed:
                _note(found, member)
            following = answer.next_page
            if not following:
                return Membership(found, whole_course, complete=True)
            if members >= MAX_MEMBERS or pages >= MAX_PAGES or following in seen:
                return Membership(found, whole_course, complete=False)
            # Our access goes along: never to another server than the one that the launch named.
            if origin(following) != origin(address):
                raise MembershipFault("het vervolg ervan zou op een andere server staan.")
            if self._clock() > end:
                raise MembershipFault(f"het duurde langer dan {self._total:g} seconden.")
            seen.add(following)
            answer = self._get(registration, following, at)
            if answer.status != 200:
                raise _refusal(answer)

    def _first(self, registration: Registration, address: str, link: str, at: datetime) -> tuple[Answer, bool]:
        """Ask for the link's own members; what a platform does not take is left out, one thing at a time."""
        narrow = {"rlid": link, "limit": str(PAGE)}
        for asked in (narrow, {"limit": str(PAGE)}, {}):
            answer = self._get(registration, with_query(address, **asked) if asked else address, at)
            if answer.status == 200:
                return answer, "rlid" not in asked
            if answer.status in _PASSING or answer.status >= 500:
                break
        raise _refusal(answer)

    def _get(self, registration: Registration, address: str, at: datetime) -> Answer:
        for _ in range(2):
            token = self._access.token(registration, SCOPE, at)
            headers = {"Authorization": f"Bearer {token}", "Accept": CONTAINER_TYPE}
            answer = self._outgoing.get(address, headers)
            if answer.status != 401:
                break
            # The platform may have dropped the token before its time.
            self._access.forget(registration, SCOPE)
        return answer


def _members(answer: Answer) -> list[Any]:
    container = answer.json()
    members = container.get("members") if isinstance(container, Mapping) else None
    if not isinstance(members, list):
        raise MembershipFault("het antwoord is geen deelnemerslijst.")
    return members


def _note(found: dict[str, str], member: Any) -> None:
    """Keep a member who is an active learner; a status that is not given means active (NRPS 2.0, 2.2)."""
    if not isinstance(member, Mapping) or member.get("status", "Active") != "Active":
        return
    user, roles = member.get("user_id"), member.get("roles")
    if isinstance(user, int) and not isinstance(user, bool):
        user = str(user)
    if not isinstance(user, str) or not 0 < len(user) <= 255 or len(found) >= MAX_MEMBERS:
        return
    # The learner that a teacher plays to try things out is nobody who has to hand something in.
    if role_of(roles) == "learner" and not (isinstance(roles, list) and _TEST_USER in roles):
        found[user] = full_name(member)


def _refusal(answer: Answer) -> MembershipFault:
    if answer.status in (408, 425, 429) or answer.status >= 500:
        return MembershipFault(f"ze kan nu niet volgen (status {answer.status}).")
    return MembershipFault(
        f"ze weigert (status {answer.status}). Vraag aan wie ze beheert om deze tool de deelnemers te laten zien."
    )
