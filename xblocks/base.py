"""What the blocks share: a step of a module in a course, its views, and the operations that its page calls.

Thin: the rules are the core's, who asks and where is `placement.py`'s, Studio's form `studio.py`'s, OLX `olx.py`'s.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, ClassVar

from web_fragments.fragment import Fragment
from webob import Request, Response
from xblock.completable import CompletableXBlockMixin
from xblock.core import XBlock
from xblock.exceptions import NoSuchHandlerError
from xblock.fields import Boolean, Scope, String

from veranderkracht.activities.assignment import Assignment
from veranderkracht.activities.operations import LEARNER_OPERATIONS, TEACHER_OPERATIONS, grade, play
from veranderkracht.errors import Forbidden, NotFound, VkError
from veranderkracht.languages import say
from veranderkracht.modules.library import Library
from veranderkracht.web import Face, desk_view, render_desk, render_step, step_view
from xblocks import olx, pages, responses
from xblocks.fragments import FragmentMixin
from xblocks.language import in_their_language
from xblocks.placement import Placement, assignment_of
from xblocks.studio import StudioMixin

ASSISTANT_TOKEN = "assistant-token"  # noqa: S105 - the name of an operation
OPERATIONS = {name.replace("-", "_"): name for name in (*LEARNER_OPERATIONS, *TEACHER_OPERATIONS, ASSISTANT_TOKEN)}


@XBlock.wants("user")
@XBlock.wants("i18n")
class StepBlock(StudioMixin, FragmentMixin, CompletableXBlockMixin, XBlock):
    """One step of a module; each kind of step is a block of its own, with `kind` set."""

    kind: ClassVar[str]
    kind_name: ClassVar[str]
    has_author_view = True
    show_in_read_only_mode = True
    icon_class = "other"

    display_name = String(
        display_name="Titel", help="Zoals de stap in de cursus heet; leeg: zoals in de module.", scope=Scope.settings
    )
    module = String(display_name="Module", help="De module, met haar korte naam.", default="", scope=Scope.settings)
    step = String(display_name="Stap", help="De stap van die module.", default="", scope=Scope.settings)
    prompt_override = String(
        display_name="Eigen opdracht",
        help="Een opdracht (Markdown) in plaats van die van de module.",
        default="",
        scope=Scope.settings,
    )
    told = Boolean(help="Het platform weet dat deze lerende klaar is.", default=False, scope=Scope.user_state)

    @property
    def assignment(self) -> Assignment:
        """What this block asks.

        Raises:
            NotFound: nothing was chosen yet (`step-unset`), or it is no longer there.
            ContentError: the module has faults.
        """
        if not self.module or not self.step:
            raise NotFound(say("Hier is nog geen stap gekozen."), code="step-unset")
        return assignment_of(self.kind, self.module, self.step, self.prompt_override)

    # The views.

    @XBlock.supports("multi_device")
    @in_their_language
    def student_view(self, context: Mapping[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """Give the step; to who teaches the course, the desk first and the step beneath it."""
        try:
            assignment = self.assignment
            placed = Placement.of(self, assignment)
            teaches = placed.who.role == "teacher"
            graded = assignment.rubric is not None
            content = pages.step_page(
                step=self._step_html(assignment, assistant=placed.site.assistant and placed.keeps),
                desk=self._desk_html(assignment) if teaches and graded else None,
                preview=not placed.keeps,
                teaches=teaches,
                wide=graded,
            )
        except VkError as fault:
            return self._fragment(pages.problem_page(fault))
        placed.opened()
        return self._fragment(content, "public/host.js", key=placed.page_key())

    @in_their_language
    def author_view(self, context: Mapping[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """Give what an author sees in Studio: which step it is, and how it looks."""
        try:
            assignment = self.assignment
            step = self._step_html(assignment)
        except VkError as fault:
            return self._fragment(pages.problem_page(fault, author=True))
        return self._fragment(pages.author_page(assignment, self.kind_name, self._title(assignment), step))

    @in_their_language
    def student_view_data(self, context: Mapping[str, Any] | None = None) -> dict[str, Any]:  # noqa: ARG002
        """Give the step as data, for apps that show it themselves; never what an answer has yet to reveal.

        A step that cannot be shown has the code of its `problem` instead: the LMS asks this of all blocks of a course
        in one go, when it is published, and one that raises keeps everybody from that course.
        """
        named = {"kind": self.kind, "module_slug": self.module, "step": self.step}
        try:
            view = asdict(self._step_view(self.assignment))
        except VkError as fault:
            return {**named, "problem": fault.code}
        del view["face"], view["assistant"]
        return {**view, **named}

    # The operations.

    @XBlock.handler
    @in_their_language
    def fallback_handler(self, name: str, request: Request, suffix: str = "") -> Response:  # noqa: ARG002
        """Answer an operation by its name (docs/contracts.md, §3).

        One method for all, because an operation is called `save`, and so is the method by which an XBlock keeps fields.

        Raises:
            NoSuchHandlerError: it is none of ours.
        """
        if name not in OPERATIONS:
            raise NoSuchHandlerError(f"Couldn't find handler {name!r} for {self!r}")
        try:
            return responses.answer(self._operate(OPERATIONS[name], responses.payload(request)))
        except VkError as refusal:
            return responses.problem(refusal)

    def _operate(self, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        placed = Placement.of(self, self.assignment)
        if operation in TEACHER_OPERATIONS:
            return grade(placed.desk(), operation, payload)
        if operation == ASSISTANT_TOKEN:
            return placed.assistant_token(payload)
        if not placed.keeps and operation in ("save", "submit"):
            raise Forbidden(say("Dit is een voorbeeld: wat je hier invult, wordt niet bewaard."), code="preview")
        if operation == "answer" and not (placed.keeps or placed.who.team):
            raise Forbidden(say("Je kijkt hier enkel mee: wat een keuze brengt, zie je als deelnemer."), code="preview")
        answer = play(placed.player(), operation, payload)
        # Also after the fact, for the platform may have been unable to take it when the work was handed in.
        if operation in ("state", "submit") and answer["submission"] and not self.told:
            self.emit_completion(1.0)
            self.handed_in(answer)
            self.told = True
        return answer

    def handed_in(self, state: Mapping[str, Any]) -> None:
        """Tell the platform what handing in means for this kind of step, beyond completion."""

    # OLX, and the workbench.

    @classmethod
    def parse_xml(cls, node: Any, runtime: Any, keys: Any, *older: Any) -> "StepBlock":
        """Make the block of an OLX element.

        Raises:
            BadInput: it names a module or a step that does not fit, or says something unknown.
        """
        own = olx.as_checked(node, olx.read(node, cls.kind))
        block: StepBlock = super().parse_xml(own, runtime, keys, *older)
        return block

    def add_xml_to_node(self, node: Any) -> None:
        """Write the block as OLX into an element, with a prompt of the teacher's own as a child element."""
        super().add_xml_to_node(node)
        olx.write_prompt(node, self.prompt_override)

    @classmethod
    def workbench_scenarios(cls) -> list[tuple[str, str]]:
        """Give each step of this kind that is installed, for the XBlock workbench."""
        return [
            (f"{module.title}: {step.title}", olx.element(f"vk_{cls.kind}", module.slug, step.id))
            for module in Library.installed().modules()
            for step in module.steps
            if step.kind == cls.kind
        ]

    # What the views are made of.

    def _title(self, assignment: Assignment) -> str:
        return str(self.display_name or assignment.step.title)

    def _step_view(self, assignment: Assignment, *, assistant: bool = False) -> Any:
        face = Face(uid=self.uid, heading=2, theme="light")
        view = step_view(assignment, Library.installed(), face=face, assistant=assistant)
        return replace(view, title=self._title(assignment))

    def _step_html(self, assignment: Assignment, *, assistant: bool = False) -> str:
        return render_step(self._step_view(assignment, assistant=assistant))

    def _desk_html(self, assignment: Assignment) -> str:
        face = Face(uid=f"{self.uid}-desk", heading=2, theme="light")
        return render_desk(replace(desk_view(assignment, face=face), title=self._title(assignment)))
