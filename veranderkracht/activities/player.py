"""A learner's acts on one step: see the state, save, answer, submit.

Submitting again is possible until a teacher has begun to grade. A stale save is refused, with what was stored, so that
the page can show both texts.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NoReturn

from veranderkracht.activities import outcomes, work_body
from veranderkracht.activities.assignment import Assignment, DraftStep
from veranderkracht.activities.store import (
    ActivityEvent,
    ActivityStore,
    Assessment,
    Body,
    Submission,
    SubmissionId,
    Work,
    WorkKey,
)
from veranderkracht.clock import Clock, iso, now
from veranderkracht.errors import BadInput, Conflict
from veranderkracht.languages import say
from veranderkracht.modules.markdown import render
from veranderkracht.modules.model import Case, Quiz, WrittenStep
from veranderkracht.rubrics.model import plain
from veranderkracht.toolkit import scans
from veranderkracht.toolkit.model import ScanTool

Verb = Literal["initialized", "answered", "submitted", "completed", "scored"]


class Player:
    """The rules for one learner on one assignment.

    Args:
        store: where the host keeps work.
        assignment: the step as it was placed.
        key: whose work, and where.
        clock: gives the time; tests replace it.
        assistant: whether the host can reach an assistant for this learner.
    """

    def __init__(
        self, store: ActivityStore, assignment: Assignment, key: WorkKey, *, clock: Clock = now, assistant: bool = False
    ) -> None:
        self.store = store
        self.assignment = assignment
        self.key = key
        self.clock = clock
        self.assistant = assistant

    def opened(self) -> None:
        """Record that the learner opened the step."""
        with self.store.atomic(self.key):
            self.store.record(opening(self.assignment, self.key, self.clock()))

    def state(self) -> dict[str, Any]:
        """Give State as docs/contracts.md describes it; a held assessment does not show."""
        work = self.store.work(self.key)
        submissions = self.store.submissions(self.key)
        last = submissions[-1] if submissions else None
        assessment = self.store.assessment(last.id) if last else None
        step = self.assignment.step
        drafts = isinstance(step, DraftStep) and assessment is None
        return {
            "kind": step.kind,
            "status": self._status(work, last, assessment),
            "work": _work_json(work),
            "submission": submission_json(last) if last else None,
            "assessment": assessment_json(assessment) if assessment and assessment.published_at else None,
            "outcomes": outcomes.outcomes(step, work.body if work else {}),
            "result": _points_json(last.result) if last and last.result else None,
            "may": {
                "save": drafts,
                "answer": isinstance(step, (Case, Quiz)) and (last is None or drafts),
                "submit": last is None or drafts,
            },
            "limits": {"min_words": step.min_words, "max_words": step.max_words}
            if isinstance(step, WrittenStep)
            else {},
            "assistant": self.assistant and self.assignment.gives_feedback,
            **self._rounds(submissions),
        }

    def _rounds(self, submissions: tuple[Submission, ...]) -> dict[str, Any]:
        """Give what each round of a scan said, oldest first, by the scan as it is now."""
        tool = self.assignment.tool
        if not isinstance(tool, ScanTool):
            return {}
        return {"rounds": [round_json(tool, submission) for submission in submissions]}

    def save(self, version: object, body: object) -> dict[str, Any]:
        """Save the draft if nobody saved since `version`; give the new version and the time.

        Raises:
            Conflict: `draft-stale`, with the stored work; or `grading-started`.
            BadInput, Rejected: the body will not do.
        """
        with self.store.atomic(self.key):
            self._refuse_when_grading()
            work = self._put(_version(version), _mapping(body))
        return {"version": work.version, "saved_at": iso(work.saved_at)}

    def answer(self, version: object, item: object, choice: object) -> dict[str, Any]:
        """Lock an answer to a question or decision, and give what it brings.

        Raises:
            Conflict: `already-answered`, `draft-stale` or `grading-started`.
            NotFound, BadInput: no such question, or no such choice.
        """
        if not isinstance(item, str):
            raise BadInput(say("Welke vraag dit is, ontbreekt."))
        step = self.assignment.step
        chosen = outcomes.check_choice(step, item, choice)
        with self.store.atomic(self.key):
            self._refuse_when_grading()
            work = self.store.work(self.key)
            stored = dict(work.body) if work else {}
            answers = dict(stored.get("answers", {}))
            if item in answers:
                raise Conflict(
                    say("Je hebt deze vraag al beantwoord; een antwoord blijft staan."), code="already-answered"
                )
            answers[item] = chosen
            saved = self._write(_version(version), work, {**stored, "answers": answers})
            self._record("answered", details={"item": item, "choice": chosen})
        return {
            "version": saved.version,
            "saved_at": iso(saved.saved_at),
            "outcome": outcomes.outcome(step, item, chosen),
        }

    def submit(self, version: object, body: object) -> dict[str, Any]:
        """Hand the work in, and give the new State. What was sent is saved even when it cannot be handed in yet.

        Raises:
            Conflict: `draft-stale`, `grading-started` or `already-done`.
            Rejected: `too-short`, `too-long` or `unanswered`.
        """
        with self.store.atomic(self.key):
            earlier = self._refuse_when_grading()
            if earlier and not isinstance(self.assignment.step, DraftStep):
                raise Conflict(say("Je hebt deze stap al afgerond."), code="already-done")
            work = self._put(_version(version), _mapping(body))
        # Two transactions on purpose: a text that is too short to hand in must still be saved.
        words = work_body.check_complete(self.assignment, work.body)
        with self.store.atomic(self.key):
            earlier = self._refuse_when_grading()
            current = self.store.work(self.key)
            if current is None or current.version != work.version:
                self._stale(current)
            self._hand_in(work, words, number=len(earlier) + 1)
        return self.state()

    def _hand_in(self, work: Work, words: int, number: int) -> None:
        snapshot = self.assignment.snapshot
        self.store.put_snapshot(snapshot)
        submission = Submission(
            id=SubmissionId(str(uuid.uuid4())),
            key=self.key,
            number=number,
            body=work.body,
            words=words,
            snapshot_hash=snapshot.hash,
            submitted_at=self.clock(),
            result=outcomes.quiz_result(self.assignment.step, work.body),
        )
        self.store.add_submission(submission)
        if self.assignment.rubric is not None:
            self._record("submitted", submission=submission.id)
        if number == 1:
            self._record("completed", submission=submission.id, score=submission.result)

    def _refuse_when_grading(self) -> tuple[Submission, ...]:
        submissions = self.store.submissions(self.key)
        if submissions and self.store.assessment(submissions[-1].id) is not None:
            raise Conflict(
                say(
                    "Je docent is aan het beoordelen begonnen; wat je indiende, ligt nu vast. Wil je nog iets"
                    " toevoegen, laat het je docent dan weten."
                ),
                code="grading-started",
            )
        return submissions

    def _put(self, version: int, sent: Mapping[str, Any]) -> Work:
        work = self.store.work(self.key)
        return self._write(version, work, work_body.merge(self.assignment, work.body if work else {}, sent))

    def _write(self, version: int, work: Work | None, body: Body) -> Work:
        saved = self.store.put_work(self.key, version, body, self.clock())
        if saved is None:
            self._stale(work)
        return saved

    def _stale(self, current: Work | None) -> NoReturn:
        raise Conflict(
            say(
                "Je hebt hier intussen ook in een ander venster of op een ander toestel geschreven. Beide"
                " teksten zijn er nog: kies met welke je verder gaat."
            ),
            code="draft-stale",
            extra={"current": _work_json(current)},
        )

    def _status(self, work: Work | None, last: Submission | None, assessment: Assessment | None) -> str:
        if last is None:
            return "draft" if work else "new"
        if self.assignment.rubric is None:
            return "done"
        if assessment is None:
            return "submitted"
        return "published" if assessment.published_at else "in-review"

    def _record(
        self,
        verb: Verb,
        *,
        submission: SubmissionId | None = None,
        score: tuple[Decimal, Decimal] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        told = {"submission": submission, "score": score, "details": details or {}}
        self.store.record(_event(verb, self.assignment, self.key, self.clock(), **told))


def opening(assignment: Assignment, key: WorkKey, at: datetime) -> ActivityEvent:
    """Give the event that a learner opened a step, for a host that writes it down together with what else it knows."""
    return _event("initialized", assignment, key, at)


def _event(verb: Verb, assignment: Assignment, key: WorkKey, at: datetime, **more: Any) -> ActivityEvent:
    return ActivityEvent(
        verb=verb,
        key=key,
        module=assignment.module.slug,
        module_version=assignment.module.version,
        step=assignment.step.id,
        kind=assignment.step.kind,
        snapshot_hash=assignment.snapshot_hash,
        at=at,
        **more,
    )


def _version(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadInput(say("De versie van je tekst ontbreekt. Laad de pagina opnieuw; kopieer eerst je tekst."))
    return value


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadInput(say("Er kwam geen tekst mee. Probeer het opnieuw."))
    return value


def _work_json(work: Work | None) -> dict[str, Any]:
    if work is None:
        return {"version": 0, "body": {}, "saved_at": None}
    return {"version": work.version, "body": dict(work.body), "saved_at": iso(work.saved_at)}


def submission_json(submission: Submission) -> dict[str, Any]:
    """Give a submission as the page knows it."""
    return {
        "id": submission.id,
        "number": submission.number,
        "body": dict(submission.body),
        "words": submission.words,
        "submitted_at": iso(submission.submitted_at),
    }


def round_json(tool: ScanTool, submission: Submission) -> dict[str, Any]:
    """Give a round of a scan as the page knows it: means as decimal strings, null where too little was rated."""
    return {
        "number": submission.number,
        "submitted_at": iso(submission.submitted_at),
        "layer": submission.body.get("layer"),
        "themes": [
            {
                "id": result.theme,
                "mean": None if result.mean is None else plain(result.mean),
                "rated": result.rated,
                "advice_html": str(render(result.advice)),
            }
            for result in scans.results(tool, submission.body)
        ],
    }


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """Give an assessment as the page knows it."""
    return {
        "score": None if assessment.score is None else plain(assessment.score),
        "maximum": plain(assessment.maximum),
        "levels": dict(assessment.levels),
        "comments": dict(assessment.comments),
        "comment": assessment.comment,
        "published_at": iso(assessment.published_at) if assessment.published_at else None,
    }


def _points_json(result: tuple[Decimal, Decimal]) -> dict[str, str]:
    return {"score": plain(result[0]), "maximum": plain(result[1])}
