"""An assignment: a step of a module as one teacher placed it, and the snapshot of it that learners saw.

The snapshot is what a submission, an assessment and the assistant refer to; its name is a hash of its content.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from veranderkracht.errors import NotFound
from veranderkracht.modules.model import Case, Module, Quiz, Reading, Reflection, Step, WrittenStep
from veranderkracht.rubrics.model import Rubric

PlayableStep = Reading | Case | Reflection | Quiz


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

    @cached_property
    def hash(self) -> str:
        """`sha256-<hex>` of the canonical JSON (sorted keys, no spaces)."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return "sha256-" + hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Assignment:
    """A step as it was placed in a course.

    Args:
        module: the module that the step belongs to.
        step: one of the module's steps.
        rubric: the rubric that a written step names; None for the other kinds.
        prompt_override: the teacher's own prompt (Markdown) in place of the step's, or an empty string.
    """

    module: Module
    step: PlayableStep
    rubric: Rubric | None = None
    prompt_override: str = ""

    @property
    def prompt(self) -> str:
        """The prompt as the learner sees it, in Markdown; empty for steps that ask for no text."""
        if isinstance(self.step, Reflection):
            return self.prompt_override or self.step.prompt
        if isinstance(self.step, Case):
            return self.prompt_override or self.step.question
        return ""

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
            feedback_attempts=self.step.feedback_attempts if isinstance(self.step, WrittenStep) else 0,
            language=self.module.language,
        )


def find_step(module: Module, step_id: str) -> PlayableStep:
    """Give the step with this id.

    Raises:
        NotFound: there is none, or its kind has no rules yet.
    """
    step: Step | None = next((step for step in module.steps if step.id == step_id), None)
    if step is None:
        known = ", ".join(step.id for step in module.steps)
        raise NotFound(f"Module {module.slug!r} heeft geen stap {step_id!r}. Wel: {known}.", code="step-unknown")
    if not isinstance(step, (Reading, Case, Reflection, Quiz)):
        raise NotFound(
            f"Een stap van de soort {step.kind!r} kan hier nog niet gespeeld worden.", code="kind-unsupported"
        )
    return step
