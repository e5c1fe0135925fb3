"""A block as it stands in a course, for whoever asks: its assignment, its player and desk, and the assistant's token.

Holds what a block needs of settings, store and platform together; the rules are the core's, the pages `base.py`'s.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from veranderkracht.activities.assignment import Assignment, PlayableStep, Snapshot, assign, find_step
from veranderkracht.activities.desk import Desk
from veranderkracht.activities.player import Player
from veranderkracht.activities.preview import PreviewStore
from veranderkracht.activities.store import ActivityStore, LearnerId, PlacementId, SubmissionId, TenantSlug, WorkKey
from veranderkracht.clock import iso, now
from veranderkracht.errors import BadInput, Forbidden, NotFound
from veranderkracht.host_tokens import HostKey, pseudonym
from veranderkracht.languages import say
from veranderkracht.modules.library import Library
from xblocks import people, platform
from xblocks.configuration import Configuration, configuration
from xblocks.outbox import OutboxRecorder
from xblocks.platform import Visitor
from xblocks.scores import GradebookScores
from xblocks.store_django import DjangoStore

log = logging.getLogger(__name__)


def assignment_of(kind: str, module_slug: str, step_id: str, prompt_override: str = "") -> Assignment:
    """Give the assignment that a block names.

    Raises:
        NotFound: no such module or step, or a step of another kind (`kind-differs`).
        ContentError: the module has faults.
    """
    library = Library.installed()
    module = library.module(module_slug)
    step: PlayableStep = find_step(module, step_id)
    if step.kind != kind:
        fitting = ", ".join(each.id for each in module.steps if each.kind == kind) or "geen enkele stap"
        raise NotFound(
            say(
                "Stap {step_id} van module {module_slug} is van de soort {kind}; dit blok toont een "
                "{own}. Daarvoor past: {fitting}.",
                step_id=repr(step_id),
                module_slug=repr(module_slug),
                kind=repr(step.kind),
                own=repr(kind),
                fitting=fitting,
            ),
            code="kind-differs",
        )
    return assign(library, module, step, prompt_override)


@dataclass(frozen=True)
class Placement:
    """One block, as one visitor meets it.

    Args:
        block: the block.
        assignment: what it asks.
        who: the visitor.
        site: the settings.
    """

    block: Any
    assignment: Assignment
    who: Visitor
    site: Configuration

    @classmethod
    def of(cls, block: Any, assignment: Assignment) -> "Placement":
        """Give the block for whoever makes this request."""
        return cls(block, assignment, platform.visitor(block), configuration())

    @property
    def keeps(self) -> bool:
        """Whether what this visitor does as a learner is kept."""
        return self.who.keeps

    @property
    def tenant(self) -> TenantSlug:
        """The institution."""
        return TenantSlug(self.site.TENANT)

    @property
    def id(self) -> PlacementId:
        """The block's place in the course."""
        return PlacementId(platform.usage_id(self.block))

    @cached_property
    def person(self) -> LearnerId:
        """The visitor's pseudonym."""
        return pseudonym(self.site.tenant_key, self.site.ISSUER, self.who.user_id)

    @property
    def key(self) -> WorkKey:
        """The visitor's own work here."""
        return WorkKey(self.tenant, self.id, self.person)

    @cached_property
    def store(self) -> DjangoStore:
        """The store, with the way to the sidecar and to the gradebook."""
        student = platform.student_item(self.block, self.who) if self.keeps else None
        course = platform.course_id(self.block)
        return DjangoStore(OutboxRecorder(self.site.ISSUER, course, GradebookScores(student)))

    def player(self) -> Player:
        """Give the rules for the visitor as a learner; in a preview they keep nothing."""
        store: ActivityStore = self.store if self.keeps else PreviewStore()
        return Player(store, self.assignment, self.key, assistant=self.site.assistant and self.keeps)

    def opened(self) -> None:
        """Note that a learner opened the step, and by what name a teacher knows them."""
        if self.keeps:
            people.remember(self.tenant, self.person, self.who.name, now())
            self.player().opened()

    def desk(self) -> Desk:
        """Give the rules for grading.

        Raises:
            Forbidden: the visitor is not of the course team, or looks as a learner now.
        """
        if self.who.role != "teacher":
            raise Forbidden(say("Dit doet enkel een docent van deze cursus."), code="teacher-only")
        return Desk(
            self.store,
            self.assignment,
            self.tenant,
            self.id,
            grader=self.person,
            name_of=people.names_at(self.tenant, self.id),
            assistant=self.site.assistant,
        )

    def assistant_token(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Give the address of the assistant, a token for it, and what the learner was asked, signed.

        Raises:
            NotFound: no assistant is set up (`assistant-off`), or no such submission.
            Forbidden: in a preview (`assistant-preview`).
        """
        if not self.site.assistant:
            raise _assistant_off()
        if not self.keeps and (self.who.preview or "submission" not in payload):
            raise Forbidden(say("In een voorbeeld geeft de assistent geen feedback."), code="assistant-preview")
        snapshot = self.assignment.snapshot if self.keeps else self._submitted(payload["submission"])
        key = self._host_key()
        token, ends_at = key.browser_token(
            learner=self.person,
            role=self.who.role,
            course=platform.course_id(self.block),
            step=f"{snapshot.module}/{snapshot.step}",
            at=now(),
            scope=("feedback", "supervision") if self.keeps else ("feedback",),
        )
        return {
            "url": self.site.ASSISTANT_URL,
            "token": token,
            "expires_at": iso(ends_at),
            "snapshot": key.sign_snapshot(snapshot),
        }

    def page_key(self) -> str:
        """Name what the browser keeps of unsaved text: it tells people, places and previews apart, and says no more."""
        named = "\n".join((self.tenant, self.id, self.person, self.who.role, str(self.who.preview)))
        return hashlib.sha256(named.encode()).hexdigest()[:32]

    def _host_key(self) -> HostKey:
        try:
            return self.site.host_key()
        except ImproperlyConfigured as fault:
            log.error("the assistant gets no calls from here: %s", fault)
            raise _assistant_off() from fault

    def _submitted(self, submission: object) -> Snapshot:
        """Give what the learner was asked who handed this in."""
        if not isinstance(submission, str):
            raise BadInput(say("Bij welke inzending dit hoort, ontbreekt."))
        found = self.store.submission(self.tenant, self.id, SubmissionId(submission))
        seen = self.store.snapshot(found.snapshot_hash) if found else None
        if seen is None:
            raise NotFound(say("Deze inzending bestaat hier niet (meer). Ververs de lijst."), code="submission-unknown")
        return seen


def _assistant_off() -> NotFound:
    return NotFound(say("Er is hier geen assistent ingesteld. Al het andere werkt."), code="assistant-off")
