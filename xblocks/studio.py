"""Studio's side of the blocks: the form with a title, for a step also its module and id, and what it may save."""

import hashlib
from collections.abc import Mapping
from typing import Any

from web_fragments.fragment import Fragment
from webob import Request, Response
from xblock.core import XBlock

from veranderkracht.errors import BadInput, Forbidden, NotFound, Rejected, VkError
from veranderkracht.languages import say
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module
from xblocks import olx, pages, platform, responses
from xblocks.language import in_their_language
from xblocks.placement import assignment_of

MAX_TITLE = 255
WRITTEN = ("case", "reflection")


class StudioFormMixin:
    """The handler of a form; what it keeps is for the block's own `_keep` to say."""

    @XBlock.handler
    @in_their_language
    def studio_submit(self, request: Request, suffix: str = "") -> Response:  # noqa: ARG002
        """Check what an author filled in, and keep it whole or not at all."""
        try:
            if not platform.may_author(self):
                raise Forbidden(say("Een activiteit instellen doe je in Studio."), code="author-only")
            block: Any = self
            block._keep(responses.payload(request))
        except VkError as refusal:
            return responses.problem(refusal)
        return responses.answer({"result": "success"})


class StudioMixin(StudioFormMixin):
    """The form of a step block; the fields are the block's."""

    @in_their_language
    def studio_view(self, context: Mapping[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """Give the form that Studio shows when an author edits the block."""
        block: Any = self
        digest = hashlib.sha256(str(block.scope_ids.usage_id).encode()).hexdigest()[:12]
        content = pages.studio_page(
            uid=f"vk-studio-{digest}",
            modules=_choices(block.kind),
            chosen=f"{block.module}/{block.step}" if block.module and block.step else "",
            title=block.display_name or "",
            prompt=block.prompt_override if block.kind in WRITTEN else None,
            limit=olx.MAX_PROMPT,
        )
        fragment: Fragment = block._fragment(content, "public/studio.js")
        return fragment

    def _keep(self, payload: Mapping[str, Any]) -> None:
        block: Any = self
        chosen, title = _text(payload, "step"), checked_title(payload)
        prompt = olx.clean_prompt(_text(payload, "prompt_override", default="")) if block.kind in WRITTEN else ""
        module, _, step = chosen.partition("/")
        if not module or not step:
            raise Rejected(say("Kies een module en een stap."), code="step-missing", extra={"field": "step"})
        if len(prompt) > olx.MAX_PROMPT:
            raise Rejected(
                say("Een opdracht mag hoogstens {most} tekens tellen.", most=olx.MAX_PROMPT),
                extra={"field": "prompt_override"},
            )
        try:
            assignment = assignment_of(block.kind, module, step, prompt)
        except NotFound as fault:
            raise Rejected(fault.detail, code=fault.code, extra={"field": "step"}) from fault
        block.module, block.step, block.prompt_override = module, step, prompt
        block.display_name = title or assignment.step.title


def checked_title(payload: Mapping[str, Any]) -> str:
    """Give the title that an author chose, as it may be kept; empty when they chose none.

    Raises:
        Rejected: it is too long.
    """
    title = _text(payload, "title").strip()
    if len(title) > MAX_TITLE:
        raise Rejected(say("Een titel mag hoogstens {most} tekens tellen.", most=MAX_TITLE), extra={"field": "title"})
    return olx.clean_prompt(title)


def _choices(kind: str) -> list[tuple[Module, list[str]]]:
    fitting = [
        (module, [step.id for step in module.steps if step.kind == kind]) for module in Library.installed().modules()
    ]
    return [(module, steps) for module, steps in fitting if steps]


def _text(payload: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = payload.get(name, default)
    if not isinstance(value, str):
        raise BadInput(say("In de aanvraag ontbreekt {name}. Laad de pagina opnieuw.", name=repr(name)))
    return value
