"""`POST /v1/feedback/{id}/remarks` and `…/level`: what a teacher did with a reading, and the level that it proposes.

A proposal leaves only where the institution's recorded decision stands, a language model read, and the teacher chose a
level for that criterion first. It sets nothing: levels and points stay the teacher's.
"""

from pydantic import Field
from sqlalchemy.orm import Session

from assistant_service.api import Call, Endpoint, Message
from assistant_service.callers import verify_snapshot
from assistant_service.feedback.attempts import FeedbackRow
from assistant_service.feedback.grading import Outcome, TeacherReadingRow, rows_of
from assistant_service.policies import policy_of
from veranderkracht.errors import BadInput, Forbidden, NotFound, Rejected
from veranderkracht.languages import say
from veranderkracht.rubrics.model import Criterion, Rubric


class CriterionOutcome(Message):
    """What became of the remark on one criterion; `chosen` is the level that was saved."""

    criterion: str = Field(max_length=60)
    remark: Outcome
    chosen: str | None = Field(default=None, max_length=60)


class Outcomes(Message):
    """What became of a whole reading when the assessment was saved."""

    snapshot: str = Field(max_length=200_000)
    criteria: tuple[CriterionOutcome, ...] = Field(max_length=60)


class LevelRequest(Message):
    """The level that a teacher chose for a criterion, to see beside it what the model would propose."""

    snapshot: str = Field(max_length=200_000)
    criterion: str = Field(max_length=60)
    chosen: str = Field(default="", max_length=60)


class ProposedLevel(Message):
    """A level of the rubric."""

    id: str
    title: str


class LevelAnswer(Message):
    """The level that a language model proposes; null when it proposes none."""

    criterion: str
    proposed: ProposedLevel | None


def _remarks(call: Call[Outcomes]) -> None:
    with call.services.database.write() as session:
        rubric, rows = _reading(call, session, call.body.snapshot)
        for one in call.body.criteria:
            if one.criterion not in rows:
                raise BadInput(say("De rubriek heeft geen criterium {criterion}.", criterion=repr(one.criterion)))
            if one.chosen is not None:
                _level(_criterion(rubric, one.criterion), one.chosen)
            row = rows[one.criterion]
            row.remark = one.remark
            # Without a proposal the level is the host's alone to keep.
            row.chosen = one.chosen if row.proposed else None


def _level_of(call: Call[LevelRequest]) -> LevelAnswer:
    caller, body, services = call.caller, call.body, call.services
    with services.database.write() as session:
        policy = policy_of(session, caller.tenant_id, services.settings)
        if not policy.proposes_levels:
            raise Forbidden(
                say("Je instelling besliste niet dat een taalmodel niveaus voorstelt."), code="proposals-off"
            )
        rubric, rows = _reading(call, session, body.snapshot)
        if body.criterion not in rows:
            raise BadInput(say("De rubriek heeft geen criterium {criterion}.", criterion=repr(body.criterion)))
        criterion = _criterion(rubric, body.criterion)
        if not body.chosen:
            raise Rejected(say("Kies eerst zelf een niveau voor dit criterium."), code="level-missing")
        _level(criterion, body.chosen)
        row = rows[body.criterion]
        level = criterion.level(row.proposed) if row.proposed else None
        if level is None:
            return LevelAnswer(criterion=criterion.id, proposed=None)
        # What counts is what the teacher thought before seeing it.
        row.chosen_first = row.chosen_first or body.chosen
        return LevelAnswer(criterion=criterion.id, proposed=ProposedLevel(id=level.id, title=level.title))


def _reading(
    call: Call[Outcomes] | Call[LevelRequest], session: Session, signed: str
) -> tuple[Rubric, dict[str, TeacherReadingRow]]:
    """Give the rubric and the rows of a reading that is the caller's own, of the assignment that the page carries."""
    id = call.path["id"]
    snapshot = verify_snapshot(session, signed, call.caller)
    rows = rows_of(session, id, call.caller)
    asked = session.get(FeedbackRow, id) if rows else None
    if asked is None or asked.snapshot_hash != snapshot.hash or snapshot.rubric is None:
        raise NotFound(say("Deze lezing is er niet (meer). Laat het werk opnieuw meelezen."), code="feedback-unknown")
    return snapshot.rubric, rows


def _criterion(rubric: Rubric, id: str) -> Criterion:
    return next(one for one in rubric.criteria if one.id == id)


def _level(criterion: Criterion, id: str) -> None:
    if criterion.level(id) is None:
        raise Rejected(
            say("‘{title}’ heeft dat niveau niet. Laad de pagina opnieuw.", title=criterion.title), code="level-missing"
        )


_CODES = ((403, "snapshot-invalid"), (404, "feedback-unknown"), (422, "level-missing"))
ENDPOINTS = (
    Endpoint(
        "POST",
        "/v1/feedback/{id}/remarks",
        "Leg vast wat een docent met de opmerkingen deed",
        "feedback",
        Outcomes,
        None,
        _remarks,
        roles=("teacher",),
        codes=_CODES,
    ),
    Endpoint(
        "POST",
        "/v1/feedback/{id}/level",
        "Toon naast de keuze van een docent het niveau dat een taalmodel voorstelt",
        "feedback",
        LevelRequest,
        LevelAnswer,
        _level_of,
        roles=("teacher",),
        codes=((403, "proposals-off"), *_CODES),
    ),
)
