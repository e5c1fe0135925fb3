"""Blocks as OLX: what is written can be read again, and what does not fit is refused where it stands."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from xblock.fields import ScopeIds

from tests.xblocks.runtime import ELS, PARTS, Site, UsageKey
from veranderkracht.errors import BadInput
from xblocks import olx

PROMPTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def parse(xml: str, tag: str | None = None) -> Any:
    node = etree.fromstring(xml)
    runtime = Site().runtime(ELS)
    cls = runtime.load_block_type(tag or node.tag)
    return cls.parse_xml(node, runtime, ScopeIds(21, node.tag, "d", UsageKey("u")))


def export(block: Any) -> str:
    node = etree.Element("unknown")
    block.add_xml_to_node(node)
    return str(etree.tostring(node, encoding="unicode"))


@settings(deadline=None)
@given(prompt=PROMPTS, title=PROMPTS, kind=st.sampled_from(["vk_reflection", "vk_case"]))
def test_what_is_written_reads_back_the_same(prompt: str, title: str, kind: str) -> None:
    block = Site().block(kind, ELS)
    block.prompt_override, block.display_name = olx.clean_prompt(prompt), olx.clean_prompt(title)
    once = export(block)
    again = parse(once)
    for field in ("module", "step", "prompt_override", "display_name"):
        assert getattr(again, field) == getattr(block, field)
    assert export(again) == once


@given(prompt=PROMPTS)
def test_a_prompt_is_cleaned_once_and_for_all(prompt: str) -> None:
    clean = olx.clean_prompt(prompt)
    assert olx.clean_prompt(clean) == clean
    etree.Element("prompt").text = clean  # refuses what XML cannot carry


@pytest.mark.parametrize("tag", list(PARTS))
def test_each_block_is_one_element(tag: str) -> None:
    xml = export(Site().block(tag, ELS))
    node = etree.fromstring(xml)
    assert (node.tag, node.get("module"), node.get("step")) == (tag, *PARTS[tag][2:])
    assert len(node) == 0 and "prompt_override" not in node.attrib


def test_a_prompt_stands_inside_as_text() -> None:
    block = parse(
        '<vk_reflection module="samen-kijken" step="eigen-praktijk" display_name="Stage">\n'
        "  <!-- van de vakgroep -->\n  <prompt>\n    Kijk &lt;goed&gt; &amp; lang.\n  </prompt>\n</vk_reflection>"
    )
    assert block.prompt_override == "Kijk <goed> & lang." and block.display_name == "Stage"


OPTION = 'xmlns:option="http://code.edx.org/xblock/option"'


@pytest.mark.parametrize(
    ("xml", "kept"),
    [
        ('<vk_quiz module=" samen-kijken " step="toets\n"/>', ("samen-kijken", "toets", "")),
        ('<vk_case module="samen-kijken" step="de-linde" prompt_override=" "/>', ("samen-kijken", "de-linde", "")),
        (
            '<vk_case module="samen-kijken" step="de-linde" prompt_override=" Kijk &#13;goed "/>',
            ("samen-kijken", "de-linde", "Kijk \ngoed"),
        ),
        ('<vk_case prompt_override=" "/>', ("", "", "")),
        ("<vk_quiz><?geen verwerking?><!-- niets --></vk_quiz>", ("", "", "")),
        (f"<vk_quiz {OPTION}><option:module>nergens</option:module></vk_quiz>", ("", "", "")),
        (f"<vk_case {OPTION}><option:prompt_override>x</option:prompt_override></vk_case>", ("", "", "")),
    ],
)
def test_what_is_kept_is_what_was_checked(xml: str, kept: tuple[str, str, str]) -> None:
    block = parse(xml)
    assert (block.module, block.step, block.prompt_override) == kept


def test_fields_of_the_platforms_own_are_left_as_they_are() -> None:
    block = parse(f'<vk_quiz {OPTION} weight="2.5"><option:display_name>Toetsje</option:display_name></vk_quiz>')
    assert (block.weight, block.display_name) == (2.5, "Toetsje")


def test_a_block_that_nobody_filled_in_travels_too() -> None:
    block = parse('<vk_quiz url_name="leeg"/>')
    assert (block.module, block.step) == ("", "")


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ('<vk_quiz module="samenkijken" step="toets"/>', "Module 'samenkijken' bestaat hier niet. Wel: "),
        ('<vk_quiz module="samen-kijken" step="quiz"/>', "geen stap 'quiz'. Wel: vooraf"),
        ('<vk_quiz module="samen-kijken" step="vooraf"/>', "dit blok toont een 'quiz'. Daarvoor past: toets"),
        ('<vk_quiz module="samen-kijken"/>', "'module' en 'step' horen samen"),
        (
            '<vk_quiz module="samen-kijken" step="toets"><prompt>Vraag</prompt></vk_quiz>',
            "geen opdracht om te vervangen",
        ),
        ('<vk_reflection module="samen-kijken" step="eigen-praktijk"><html/></vk_reflection>', "geen <html>"),
        (
            "<vk_reflection><prompt>a</prompt><prompt>b</prompt></vk_reflection>",
            "meer dan één <prompt>",
        ),
        (
            '<vk_reflection module="samen-kijken" step="eigen-praktijk"><prompt>a <b>b</b></prompt></vk_reflection>',
            "hoort tekst (Markdown)",
        ),
        (
            f'<vk_case module="samen-kijken" step="de-linde"><prompt>{"x" * 10_001}</prompt></vk_case>',
            "hoogstens 10000 tekens",
        ),
        ("<vk_reflection><prompt>Zonder stap</prompt></vk_reflection>", "'module' en 'step' horen samen"),
    ],
)
def test_what_does_not_fit_is_refused_with_element_line_and_reason(xml: str, reason: str) -> None:
    tag, rest = re.match("<(vk_[a-z]+)(.*)", xml, re.DOTALL).groups()  # type: ignore[union-attr]
    with pytest.raises(BadInput) as refusal:
        parse(f'\n\n<{tag} url_name="x1"{rest}')
    said = str(refusal.value)
    assert reason in said and "url_name='x1'" in said and "regel 3" in said
    assert refusal.value.code == "olx-invalid"
