"""A block as OLX, both ways: `<vk_reflection module="…" step="…"><prompt>own prompt</prompt></vk_reflection>`.

Reading is strict: an element that names what is not installed is refused with the reason, not when a learner opens it.
"""

import copy
import re
from dataclasses import asdict, dataclass
from typing import Any

from lxml import etree

from veranderkracht.errors import BadInput, ContentError, NotFound
from xblocks.placement import assignment_of

PROMPT = "prompt"
MAX_PROMPT = 10_000  # characters
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Named:
    """What an element says, by the names of the block's fields: all empty for a block that nobody filled in yet."""

    module: str = ""
    step: str = ""
    prompt_override: str = ""


def read(node: Any, kind: str) -> Named:
    """Give what an element says, checked.

    Args:
        node: the lxml element.
        kind: the kind of step that the block shows.

    Raises:
        BadInput: `olx-invalid`, with the element, its line and what is wrong with it.
    """
    children = [child for child in node if isinstance(child.tag, str)]
    prompts = [child for child in children if child.tag == PROMPT]
    if strangers := sorted({child.tag for child in children if child.tag != PROMPT and "}" not in child.tag}):
        raise _fault(node, f"hierin past enkel <{PROMPT}>, geen <{'>, <'.join(strangers)}>")
    if len(prompts) > 1:
        raise _fault(node, f"er staat meer dan één <{PROMPT}> in")
    if prompts and len(prompts[0]):
        raise _fault(node, f"in <{PROMPT}> hoort tekst (Markdown), geen elementen")
    module, step = node.get("module", "").strip(), node.get("step", "").strip()
    prompt = clean_prompt(prompts[0].text or "" if prompts else node.get("prompt_override", ""))
    if len(prompt) > MAX_PROMPT:
        raise _fault(node, f"een opdracht mag hoogstens {MAX_PROMPT} tekens tellen")
    if not module and not step and not prompt:
        return Named()
    if not module or not step:
        raise _fault(node, "'module' en 'step' horen samen")
    try:
        assignment = assignment_of(kind, module, step, prompt)
    except (NotFound, ContentError) as fault:
        raise _fault(node, fault.detail) from fault
    if prompt and not assignment.prompt:
        raise _fault(node, f"een stap van de soort {kind!r} heeft geen opdracht om te vervangen")
    return Named(module, step, prompt)


def as_checked(node: Any, found: Named) -> Any:
    """Give a copy of the element in which the framework finds what was checked, as attributes."""
    own = copy.deepcopy(node)
    for child in list(own):
        if not isinstance(child.tag, str) or etree.QName(child).localname in (PROMPT, *asdict(found)):
            own.remove(child)
    for field, value in asdict(found).items():
        own.attrib.pop(field, None)
        if value:
            own.set(field, value)
    return own


def write_prompt(node: Any, prompt: str) -> None:
    """Set the prompt as a child element, in place of the attribute that the framework wrote."""
    node.attrib.pop("prompt_override", None)
    if text := clean_prompt(prompt):
        etree.SubElement(node, PROMPT).text = text


def element(tag: str, module: str, step: str) -> str:
    """Give the element of a block, as text."""
    node = etree.Element(tag, module=module, step=step)
    return str(etree.tostring(node, encoding="unicode"))


def clean_prompt(text: str) -> str:
    """Give a prompt as it is kept: plain line ends, no blank edges, nothing that XML cannot carry."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _fault(node: Any, reason: str) -> BadInput:
    name = f" url_name={node.get('url_name')!r}" if node.get("url_name") else ""
    line = f", regel {node.sourceline}" if node.sourceline else ""
    return BadInput(f"<{node.tag}{name}>{line}: {reason}", code="olx-invalid")
