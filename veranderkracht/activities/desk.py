"""A teacher's acts on one placed step: see the queue, open a work, assess it, hold or publish.

An assessment is checked against the rubric in the snapshot that the learner saw, whatever has changed since.
"""

from collections.abc import Callable, Sequence
from typing import Any

from veranderkracht.activities.assignment import Assignment, Snapshot
from veranderkracht.activities.player import assessment_json, submission_json
from veranderkracht.activities.roster import RosterOf
from veranderkracht.activities.store import (
    ActivityEvent,
    ActivityStore,
    Assessment,
    LearnerId,
    PlacementId,
    Submission,
    SubmissionId,
    TenantSlug,
)
from veranderkracht.clock import Clock, iso, now
from veranderkracht.errors import BadInput, Conflict, NotFound
from veranderkracht.languages import say
from veranderkracht.modules.markdown import render
from veranderkracht.modules.model import Case
from veranderkracht.rubrics import assessment as scoring
from veranderkracht.rubrics.model import Rubric, plain
from veranderkracht.toolkit import worksheets
from veranderkracht.toolkit.model import WorksheetTool

NameOf = Callable[[LearnerId], str]
Sync = dict[str, str | None]
SyncOf = Callable[[SubmissionId], Sync | None]


class Desk:
    """The rules for grading one placement.

    Args:
        store: where the host keeps work.
        assignment: the step as it is placed now.
        tenant, placement: which works; nothing of another can be reached.
        grader: the teacher's pseudonym.
        name_of: the name to show for a learner, as far as the host knows one.
        sync_of: how the score's way to the gradebook stands, where the host knows it.
        gradebook: whether the host can send scores anew and read the gradebook back.
        roster_of: who is expected to hand in, where the host knows it.
        about: the learner whose work the teacher came for, when they came for one.
        assistant: whether the host can reach an assistant to read along.
        clock: gives the time; tests replace it.
    """

    def __init__(
        self,
        store: ActivityStore,
        assignment: Assignment,
        tenant: TenantSlug,
        placement: PlacementId,
        *,
        grader: str,
        name_of: NameOf,
        sync_of: SyncOf = lambda _: None,
        gradebook: bool = False,
        roster_of: RosterOf = lambda _: None,
        about: LearnerId | None = None,
        assistant: bool = False,
        clock: Clock = now,
    ) -> None:
        self.store = store
        self.assignment = assignment
        self.tenant = tenant
        self.placement = placement
        self.grader = grader
        self.name_of = name_of
        self.sync_of = sync_of
        self.gradebook = gradebook
        self.roster_of = roster_of
        self.about = about
        self.assistant = assistant
        self.clock = clock

    def queue(self) -> dict[str, Any]:
        """Give every learner's last submission: what waits first, oldest first, then what is held, then published.

        With it go who has handed in nothing yet, and whose work the teacher came for; None where nobody knows.
        """
        rubric = self.assignment.rubric
        submissions = self.store.latest_submissions(self.tenant, self.placement)
        items = [self._item(submission) for submission in submissions]
        order = {"waiting": 0, "held": 1, "published": 2}
        return {
            "title": self.assignment.step.title,
            "kind": self.assignment.step.kind,
            "rubric": rubric.title if rubric else None,
            "items": sorted(items, key=lambda item: (order[item["status"]], item["submitted_at"])),
            "gradebook": self.gradebook,
            "missing": self._missing(submissions, refresh=False),
            "about": self._about(submissions),
        }

    def roster(self, refresh: object) -> dict[str, Any]:
        """Give who has handed in nothing yet, as the queue does.

        Args:
            refresh: True asks the platform for a newer list first; it comes later.
        """
        submissions = self.store.latest_submissions(self.tenant, self.placement)
        return {"missing": self._missing(submissions, refresh=refresh is True)}

    def work(self, submission: object) -> dict[str, Any]:
        """Give one submission with the prompt and rubric as the learner saw them, and the assessment so far.

        Raises:
            NotFound: it does not exist here.
        """
        found = self._submission(submission)
        snapshot, rubric = self._rubric(found)
        assessment = self.store.assessment(found.id)
        return {
            "submission": {
                **submission_json(found),
                "name": self.name_of(found.key.learner),
                "answers": self._answers(found),
                "filled": _filled(snapshot, found),
            },
            "prompt_html": str(render(snapshot.prompt)),
            "rubric": rubric.model_dump(mode="json", exclude={"criteria": {"__all__": {"signals", "next_steps"}}}),
            "assessment": assessment_json(assessment) if assessment else None,
            "version": assessment.version if assessment else 0,
            "maximum": plain(rubric.maximum),
            "assistant": self.assistant and snapshot.gives_feedback,
            "sync": self.sync_of(found.id),
        }

    def assess(
        self, submission: object, version: object, levels: object, comments: object, comment: object, publish: object
    ) -> dict[str, Any]:
        """Save an assessment: held, or published with its score passed on. Once published, saving publishes anew.

        Raises:
            NotFound: no such submission here.
            Conflict: `assessment-stale`: a colleague saved since `version`; or `resubmitted`.
            Rejected: `levels-missing` when publishing without a level for each graded criterion.
            BadInput: levels or comments that the rubric does not know.
        """
        if not isinstance(version, int) or not isinstance(comment, str) or not isinstance(publish, bool):
            raise BadInput(say("De beoordeling kwam niet volledig aan. Probeer het opnieuw."))
        if len(comment) > scoring.MAX_COMMENT:
            raise BadInput(
                say("Een opmerking mag hoogstens {most} tekens tellen.", most=scoring.MAX_COMMENT),
                code="comment-too-long",
            )
        found = self._submission(submission)
        snapshot, rubric = self._rubric(found)
        chosen = scoring.check_levels(rubric, levels)
        remarks = scoring.check_comments(rubric, comments)
        with self.store.atomic(found.key):
            if self.store.submissions(found.key)[-1].id != found.id:
                raise Conflict(
                    say("De lerende heeft intussen een nieuwe versie ingediend. Open die vanuit de lijst."),
                    code="resubmitted",
                )
            before = self.store.assessment(found.id)
            published = publish or (before is not None and before.published_at is not None)
            if published:
                scoring.require_complete(rubric, chosen)
            at = self.clock()
            assessment = Assessment(
                submission=found.id,
                version=version + 1,
                rubric=rubric.slug,
                rubric_version=rubric.version,
                snapshot_hash=found.snapshot_hash,
                levels=chosen,
                comments=remarks,
                comment=comment.strip(),
                score=scoring.score(rubric, chosen),
                maximum=rubric.maximum,
                grader=self.grader,
                saved_at=at,
                published_at=at if published else None,
            )
            if not self.store.put_assessment(version, assessment):
                raise Conflict(
                    say(
                        "Een collega heeft deze beoordeling intussen bewaard. Wat jij invulde, staat nog op je "
                        "scherm; open het werk opnieuw om beide te vergelijken."
                    ),
                    code="assessment-stale",
                    extra={"current": assessment_json(before) if before else None},
                )
            if published:
                self.store.record(_scored(snapshot, found, assessment))
        return {"assessment": assessment_json(assessment), "version": assessment.version, "item": self._item(found)}

    def _item(self, submission: Submission) -> dict[str, Any]:
        assessment = self.store.assessment(submission.id)
        status = "waiting" if assessment is None else "published" if assessment.published_at else "held"
        return {
            "submission": submission.id,
            "learner": submission.key.learner,
            "name": self.name_of(submission.key.learner),
            "number": submission.number,
            "words": submission.words,
            "submitted_at": iso(submission.submitted_at),
            "status": status,
            "score": plain(assessment.score) if assessment and assessment.score is not None else None,
            "maximum": plain(assessment.maximum) if assessment else None,
            "sync": self.sync_of(submission.id),
        }

    def _missing(self, submissions: Sequence[Submission], *, refresh: bool) -> dict[str, Any] | None:
        roster = self.roster_of(refresh)
        if roster is None:
            return None
        handed_in = {submission.key.learner for submission in submissions}
        people = [
            {"learner": learner, "name": self.name_of(learner), "stage": stage}
            for learner, stage in roster.learners.items()
            if learner not in handed_in
        ]
        return {
            "people": sorted(people, key=lambda person: (person["name"].casefold(), person["learner"])),
            "expected": len(roster.learners),
            "updated_at": iso(roster.updated_at) if roster.updated_at else None,
            "refreshing": roster.refreshing,
            "whole_course": roster.whole_course,
            "complete": roster.complete,
            "fault": roster.fault,
        }

    def _about(self, submissions: Sequence[Submission]) -> dict[str, Any] | None:
        if self.about is None:
            return None
        found = next((each.id for each in submissions if each.key.learner == self.about), None)
        return {"learner": self.about, "name": self.name_of(self.about), "submission": found}

    def _submission(self, submission: object) -> Submission:
        found = None
        if isinstance(submission, str):
            found = self.store.submission(self.tenant, self.placement, SubmissionId(submission))
        if found is None:
            raise NotFound(say("Deze inzending bestaat hier niet (meer). Ververs de lijst."), code="submission-unknown")
        return found

    def _rubric(self, submission: Submission) -> tuple[Snapshot, Rubric]:
        snapshot = self.store.snapshot(submission.snapshot_hash)
        if snapshot is None or snapshot.rubric is None:
            raise NotFound(say("Bij deze stap hoort geen rubriek: er valt niets te beoordelen."), code="rubric-missing")
        return snapshot, snapshot.rubric

    def _answers(self, submission: Submission) -> list[dict[str, str]]:
        """What the learner decided in a case, in words."""
        step = self.assignment.step
        if not isinstance(step, Case):
            return []
        answers = submission.body.get("answers", {})
        return [
            {"prompt_html": str(render(decision.prompt)), "choice": option.text}
            for decision in step.decisions
            for option in decision.options
            if option.id in answers.get(decision.id, [])
        ]


def _filled(snapshot: Snapshot, submission: Submission) -> list[dict[str, Any]] | None:
    """Give a worksheet as its reader sees it, by the sheet as the learner had it; None for other work."""
    if not isinstance(snapshot.tool, WorksheetTool):
        return None
    return [
        {"title": said.title, "fields": [{"label": label, "text": text} for label, text in said.fields]}
        for said in worksheets.read(snapshot.tool, submission.body.get("parts", {}))
    ]


def _scored(snapshot: Snapshot, submission: Submission, assessment: Assessment) -> ActivityEvent:
    """Tell of a score as the learner's own assignment was, whatever the module has become since."""
    return ActivityEvent(
        verb="scored",
        key=submission.key,
        module=snapshot.module,
        module_version=snapshot.module_version,
        step=snapshot.step,
        kind=snapshot.kind,
        snapshot_hash=submission.snapshot_hash,
        at=assessment.saved_at,
        submission=submission.id,
        score=None if assessment.score is None else (assessment.score, assessment.maximum),
        comment=assessment.comment,
    )
