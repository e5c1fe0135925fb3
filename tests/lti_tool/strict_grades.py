"""The strict platform's gradebook: columns in pages, and scores that must be right to the letter.

Source: LTI AGS 2.0, chapter 3; and what Moodle 5.1 was seen to refuse (409 by the second, 400 for who is no learner).
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.lti_tool.strict_access import StrictAccess
from tests.lti_tool.strict_wire import Reply, Wire, Wrong, demand, json_of, query_of, said
from tests.lti_tool.world import Asked

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"

ACTIVITY = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
GRADING = {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}(Z|[+-]\d\d:\d\d)")
FILTERS = {"resource_link_id": "resourceLinkId", "resource_id": "resourceId", "tag": "tag"}


class StrictGrades:
    """Columns and scores of one course.

    Args:
        wire: where it listens.
        access: who may.
        clock: gives the time.
    """

    def __init__(self, wire: Wire, access: StrictAccess, clock: Callable[[], datetime]) -> None:
        self._wire, self._access, self._clock = wire, access, clock
        self.columns: list[dict[str, Any]] = []
        self.links: set[str] = set()  # resource links of the course
        self.learners: set[str] = set()
        self.scores: list[tuple[str, dict[str, Any]]] = []  # column and score, as they came
        self._added = 0
        wire.serve("/kolommen", GET=self._list, POST=self._create)

    @property
    def url(self) -> str:
        """The address of the course's list of columns."""
        return f"{self._wire.url}/kolommen?type_id=1"

    def add(self, **properties: Any) -> str:
        """Put a column into the course; give its address."""
        self._added += 1
        path = f"/Kolom/{self._added}"
        address = f"{self._wire.url}{path}/lineitem?type_id=1"
        self.columns.append({"id": address, **properties})
        self._wire.serve(f"{path}/lineitem/scores", POST=lambda asked: self._take(asked, address))
        self._wire.serve(f"{path}/lineitem/results", GET=lambda asked: self._results(asked, address))
        return address

    def remove(self, address: str) -> None:
        """Throw a column away, as a teacher may."""
        self.columns = [column for column in self.columns if column["id"] != address]

    def path(self, address: str, service: str = "scores") -> str:
        """Give the path of a column's service, for disturbing it."""
        return address.removeprefix(self._wire.url).partition("?")[0] + f"/{service}"

    def _list(self, asked: Asked) -> Reply:
        self._access.require(asked, f"{SCOPE}lineitem", f"{SCOPE}lineitem.readonly")
        query = self._query(asked)
        wanted = {FILTERS[name]: value for name, value in query.items() if name in FILTERS}
        found = [row for row in self.columns if all(row.get(name) == value for name, value in wanted.items())]
        return self._wire.paged(asked, ITEMS, found)

    def _create(self, asked: Asked) -> Reply:
        self._access.require(asked, f"{SCOPE}lineitem")
        self._query(asked)
        item = json_of(asked, ITEM)
        known = {"label", "scoreMaximum", "resourceId", "resourceLinkId", "tag", "startDateTime", "endDateTime"}
        known |= {"submissionReview"}
        demand(set(item) <= known, f"a column has no {sorted(set(item) - known)}")
        demand(isinstance(item.get("label"), str) and item["label"].strip(), "the label is empty")
        demand(is_number(item.get("scoreMaximum")) and item["scoreMaximum"] > 0, "scoreMaximum is not above 0")
        demand_review(item)
        demand(item.get("resourceLinkId", "") in {"", *self.links}, "this course has no such link", status=404)
        address = self.add(**item)
        return said(self.columns[-1], ITEM, status=201, Location=address)

    def _take(self, asked: Asked, address: str) -> Reply:
        self._access.require(asked, f"{SCOPE}score")
        column = self._column(asked, address)
        score = json_of(asked, SCORE)
        known = {"userId", "timestamp", "activityProgress", "gradingProgress", "scoreGiven", "scoreMaximum", "comment"}
        demand(set(score) <= known, f"a score has no {sorted(set(score) - known)}")
        demand(score.get("userId") in self.learners, "this user is no learner of the course")
        demand(score.get("activityProgress") in ACTIVITY, "activityProgress")
        demand(score.get("gradingProgress") in GRADING, "gradingProgress")
        demand(isinstance(score.get("comment", ""), str), "comment is no text")
        self._check_points(score, column)
        at = self._moment(score.get("timestamp"))
        before = [old for to, old in self.scores if (to, old["userId"]) == (address, score["userId"])]
        last = max((_second(self._moment(old["timestamp"])) for old in before), default=None)
        demand(last is None or _second(at) > last, "not later than the score that we have", status=409)
        self.scores.append((address, score))
        return 204, "text/plain", b"", {}

    def _check_points(self, score: dict[str, Any], column: dict[str, Any]) -> None:
        given, maximum = score.get("scoreGiven"), score.get("scoreMaximum")
        if score["gradingProgress"] == "FullyGraded":
            demand("scoreGiven" in score, "a final grade without a score")
        if "scoreGiven" in score:
            demand(is_number(given) and is_number(maximum) and maximum > 0, "points without a maximum")
            demand(0 <= given <= maximum, f"{given} points of {maximum}")
        elif "scoreMaximum" in score:
            raise Wrong(400, "a maximum without points")
        demand("scoreMaximum" not in score or maximum == column["scoreMaximum"], "not the maximum of the column")

    def _moment(self, text: Any) -> datetime:
        demand(isinstance(text, str) and TIMESTAMP.fullmatch(text), f"the timestamp is {text!r}")
        at = datetime.fromisoformat(text)
        demand(at <= self._clock() + timedelta(minutes=1), "the timestamp lies in the future")
        return at

    def _results(self, asked: Asked, address: str) -> Reply:
        self._access.require(asked, f"{SCOPE}result.readonly")
        column = self._column(asked, address)
        wanted = query_of(asked).get("user_id")
        last = {score["userId"]: score for to, score in self.scores if to == address}
        rows = [
            {
                "id": f"{address.partition('?')[0]}/results/{user}?type_id=1",
                "scoreOf": address,
                "userId": user,
                "resultMaximum": column["scoreMaximum"],
                **({"resultScore": score["scoreGiven"]} if "scoreGiven" in score else {}),
                **({"comment": score["comment"]} if "comment" in score else {}),
            }
            for user, score in last.items()
            if wanted in (None, user)
        ]
        return self._wire.paged(asked, RESULTS, rows)

    def _column(self, asked: Asked, address: str) -> dict[str, Any]:
        self._query(asked)
        found = [column for column in self.columns if column["id"] == address]
        demand(found, "this column is not there any more", status=404)
        return found[0]

    def _query(self, asked: Asked) -> dict[str, str]:
        query = query_of(asked)
        demand(query.get("type_id") == "1", "the query of the address got lost", status=404)
        return query


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _second(at: datetime) -> int:
    return int(at.timestamp())


def demand_review(item: Any) -> None:
    """Check what a column says of work that can be read (Submission Review 1.0)."""
    review = item.get("submissionReview", {"reviewableStatus": []})
    demand(isinstance(review, dict) and set(review) <= {"reviewableStatus", "label", "url", "custom"}, "review")
    progress = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
    told = review.get("reviewableStatus")
    demand(isinstance(told, list) and set(told) <= progress, "reviewableStatus is no list of activity progress")
    demand(isinstance(review.get("label", ""), str), "the label of a review is no text")
