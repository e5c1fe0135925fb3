"""The operations that a page calls (docs/contracts.md, §3), and the renewal of its token."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from lti_tool import gradebook, placed, visits
from lti_tool.responses import services
from lti_tool.services import Services
from lti_tool.signed import PAGE_LIFETIME, expired
from lti_tool.visits import Visit
from veranderkracht.activities.operations import LEARNER_OPERATIONS, TEACHER_OPERATIONS, grade, play
from veranderkracht.activities.payload import read_payload
from veranderkracht.activities.store import SubmissionId
from veranderkracht.clock import iso
from veranderkracht.errors import BadInput, Forbidden, NotFound
from veranderkracht.languages import say

blueprint = Blueprint("api", __name__, url_prefix="/lti")

_RECORDING = ("answer", "submit", "assess")


@blueprint.post("/api/<operation>")
def operate(operation: str) -> Response:
    """Answer an operation for the page that asks."""
    ours = services()
    visit = visit_of_page(ours)
    payload = read_payload(request.get_data())
    if operation == "assistant-token":
        return jsonify(_assistant_token(ours, visit, payload))
    if operation in LEARNER_OPERATIONS:
        return jsonify(_play(ours, visit, operation, payload))
    if operation in TEACHER_OPERATIONS:
        return jsonify(_grade(ours, visit, operation, payload))
    if operation in gradebook.OPERATIONS:
        _require_desk(visit)
        return jsonify(gradebook.answer(ours, visit, operation, payload))
    raise NotFound(say("De bewerking {operation} bestaat niet.", operation=repr(operation)), code="operation-unknown")


@blueprint.post("/session/renew")
def renew() -> Response:
    """Give a page a new token while its session lives, also when the old one has just run out."""
    ours = services()
    visit = visit_of_page(ours, expired_too=True)
    token = ours.signer.page_token(visit.token, ours.clock())
    return jsonify(token=token, expires_in=int(PAGE_LIFETIME.total_seconds()))


def visit_of_page(ours: Services, *, expired_too: bool = False) -> Visit:
    """Give the visit of the page that asks, by its bearer token.

    Raises:
        NotSignedIn: no token, a stale one, or a session that is over.
    """
    with ours.database.read() as session:
        return visit_of(ours, session, bearer(), expired_too=expired_too)


def bearer() -> str:
    """Give the token that a page's script sent along.

    Raises:
        NotSignedIn: there is none.
    """
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise expired()
    return text


def visit_of(ours: Services, session: Session, text: str, *, expired_too: bool = False) -> Visit:
    """Give the visit of a page token.

    Raises:
        NotSignedIn: it is stale, or its session is over.
    """
    at = ours.clock()
    return visits.find(session, ours.signer.read_page_token(text, at, expired_too=expired_too), at)


def _play(ours: Services, visit: Visit, operation: str, payload: dict[str, Any]) -> dict[str, Any]:
    if visit.view not in ("play", "preview"):
        raise Forbidden(say("Dit doet enkel een lerende."), code="learner-only")
    if visit.view == "preview" and operation in ("save", "submit"):
        raise Forbidden(say("Dit is een voorbeeld: wat je hier invult, wordt niet bewaard."), code="preview")
    answer = play(placed.player_of(ours, visit), operation, payload)
    _wake(ours, operation)
    return answer


def _grade(ours: Services, visit: Visit, operation: str, payload: dict[str, Any]) -> dict[str, Any]:
    _require_desk(visit)
    answer = grade(placed.desk_of(ours, visit), operation, payload)
    _wake(ours, operation)
    return answer


def _require_desk(visit: Visit) -> None:
    if visit.view != "desk":
        raise Forbidden(say("Dit doet enkel een docent van deze cursus."), code="teacher-only")


def _assistant_token(ours: Services, visit: Visit, payload: dict[str, Any]) -> dict[str, Any]:
    if not ours.settings.assistant_url:
        raise NotFound(say("Er is hier geen assistent ingesteld. Al het andere werkt."), code="assistant-off")
    if visit.view not in ("play", "desk"):
        raise Forbidden(say("In een voorbeeld geeft de assistent geen feedback."), code="assistant-preview")
    assignment = placed.assignment_of(ours, visit, visit.step)
    snapshot = assignment.snapshot
    if visit.view == "desk":
        store = placed.store_of(ours, visit)
        submission = payload.get("submission")
        if not isinstance(submission, str):
            raise BadInput(say("Bij welke inzending dit hoort, ontbreekt."))
        found = store.submission(visit.tenant, visit.placement, SubmissionId(submission))
        seen = store.snapshot(found.snapshot_hash) if found else None
        if seen is None:
            raise NotFound(say("Deze inzending bestaat hier niet (meer). Ververs de lijst."), code="submission-unknown")
        snapshot = seen
    key = ours.keys.host_key(visit.tenant)
    token, ends_at = key.browser_token(
        learner=visit.learner,
        role="teacher" if visit.view == "desk" else "learner",
        course=visit.course,
        step=f"{snapshot.module}/{snapshot.step}",
        at=ours.clock(),
        scope=("feedback",) if visit.view == "desk" else ("feedback", "supervision"),
    )
    return {
        "url": ours.settings.assistant_url,
        "token": token,
        "expires_at": iso(ends_at),
        "snapshot": key.sign_snapshot(snapshot),
    }


def _wake(ours: Services, operation: str) -> None:
    if operation in _RECORDING:
        ours.wake()
