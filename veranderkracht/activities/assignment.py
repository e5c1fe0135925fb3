"""An assignment: a step of a module as one teacher placed it, and the snapshot of it that learners saw.

The snapshot is what a submission, an assessment and the assistant refer to; its name is a hash of its content.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from veranderkracht.errors import NotFound
from veranderkracht.languages import say
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import (
    Case,
    Module,
    Quiz,
    Reading,
    Reflection,
    Scan,
    Step,
    ToolStep,
    Worksheet,
    WrittenStep,
    rubric_of,
)
from veranderkracht.rubrics.model import Rubric
from veranderkracht.toolkit.model import ScanTool, Tool, WorksheetTool

PlayableStep = Reading | Case | Reflection | Quiz | Scan | Worksheet
DraftStep = WrittenStep | Scan | Worksheet  # what a learner works on in drafts, and may hand in again


class Snapshot(BaseModel):
    """What the learner was asked, whole: prompt, rubric, versions and limits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    module: str
    module_title: str
    module_version: int
    step: str
    kind: str
    title: str
    prompt: str = ""
    rubric: Rubric | None = None
    feedback_attempts: int = 0
    language: str = "nl"
    tool: WorksheetTool | ScanTool | None = None

    @property
    def gives_feedback(self) -> bool:
        """Whether the assistant reads such work: there is a rubric to read it by, and an attempt to ask for it."""
        return self.rubric is not None and self.feedback_attempts > 0

    @property
    def hash(self) -> str:
        """`sha256-<hex>` of the canonical JSON (sorted keys, no spaces)."""
        told = self.model_dump(mode="json")
        if self.tool is None:
            del told["tool"]  # snapshots from before there were tools keep their names
        canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return "sha256-" + hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Assignment:
    """A step as it was placed in a course.

    Args:
        module: the module that the step belongs to.
        step: one of the module's steps.
        rubric: by which a teacher grades it; None where there is nothing to grade.
        prompt_override: the teacher's own prompt (Markdown) in place of the step's, or an empty string.
        tool: the worksheet or scan that the step names; None for the other kinds.
    """

    module: Module
    step: PlayableStep
    rubric: Rubric | None = None
    prompt_override: str = ""
    tool: Tool | None = None

    @property
    def prompt(self) -> str:
        """The prompt as the learner sees it, in Markdown; empty for steps that ask for no text."""
        if isinstance(self.step, Reflection):
            return self.prompt_override or self.step.prompt
        if isinstance(self.step, Case):
            return self.prompt_override or self.step.question
        if isinstance(self.step, ToolStep):
            return self.prompt_override or self.step.prompt
        return ""

    @property
    def gives_feedback(self) -> bool:
        """Whether the assistant may be asked for feedback on it: there is a rubric to read it by, and an attempt."""
        return self.snapshot.gives_feedback

    @cached_property
    def snapshot(self) -> Snapshot:
        """The assignment as it stands now."""
        return Snapshot(
            module=self.module.slug,
            module_title=self.module.title,
            module_version=self.module.version,
            step=self.step.id,
            kind=self.step.kind,
            title=self.step.title,
            prompt=self.prompt,
            rubric=self.rubric,
            feedback_attempts=self.step.feedback_attempts if isinstance(self.step, (WrittenStep, Worksheet)) else 0,
            language=self.module.language,
            tool=self.tool,
        )

    @cached_property
    def snapshot_hash(self) -> str:
        """The name of the snapshot, kept for the events that carry it; its copies would keep its own."""
        return self.snapshot.hash


def assign(library: Library, module: Module, step: PlayableStep, prompt_override: str = "") -> Assignment:
    """Give a step as it is placed, with the rubric and the tool that it names.

    Raises:
        NotFound: the library has no such rubric or tool.
        ContentError: one of them has faults.
    """
    named = rubric_of(step)
    rubric = library.rubric(named) if named else None
    tool = library.tool(step.tool) if isinstance(step, ToolStep) else None
    return Assignment(module, step, rubric, prompt_override if isinstance(step, DraftStep) else "", tool)


def find_step(module: Module, step_id: str) -> PlayableStep:
    """Give the step with this id.

    Raises:
        NotFound: there is none, or its kind has no rules yet.
    """
    step: Step | None = next((step for step in module.steps if step.id == step_id), None)
    if step is None:
        known = ", ".join(step.id for step in module.steps)
        raise NotFound(
            say(
                "Module {slug} heeft geen stap {step_id}. Wel: {known}.",
                slug=repr(module.slug),
                step_id=repr(step_id),
                known=known,
            ),
            code="step-unknown",
        )
    if not isinstance(step, PlayableStep):
        raise NotFound(
            say("Een stap van de soort {kind} kan hier nog niet gespeeld worden.", kind=repr(step.kind)),
            code="kind-unsupported",
        )
    return step
