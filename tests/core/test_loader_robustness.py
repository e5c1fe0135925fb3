"""Promises about the loaders under fire: whatever a file holds, it loads or the faults name a line of it."""

import copy
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.content_files import ARTICLE, MODULE, RUBRIC, write_content
from veranderkracht.errors import ContentError
from veranderkracht.knowledge.loader import load_article
from veranderkracht.modules.loader import load_module
from veranderkracht.modules.yaml_source import parse
from veranderkracht.rubrics.loader import load_rubric

ODD = [
    "\t",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!!x ",
    "|",
    ">",
    "'",
    '"',
    "#",
    "%",
    "@",
    "---\n",
    "\n",
    "? ",
    "<b>",
]
ODD += [
    "\x00",
    "\ufeff",
    "\ud7ff",
    "\\ud800",
    "null",
    "true",
    "1e999",
    ".inf",
    "0x1F",
    "12:30",
    "[x](javascript:y)",
    "é",
]

odd_text = st.sampled_from(ODD) | st.text(max_size=4)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.dates() | st.sampled_from(ODD)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(scalars, inner, max_size=3), max_leaves=6
)


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        write_content(Path(folder))
        yield Path(folder)


@st.composite
def torn(draw: st.DrawFn, text: str) -> str:
    """A text of which pieces were cut, doubled, moved or overwritten."""
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        end = min(end, start + draw(st.sampled_from([0, 1, 3, 80])))
        piece = draw(odd_text | st.just(text[start:end] * 2))
        text = text[:start] + piece + text[end:]
    return text


@st.composite
def reshaped(draw: st.DrawFn, text: str) -> str:
    """YAML that stays YAML, in which values were replaced, dropped or added."""
    tree = copy.deepcopy(yaml.safe_load(text))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(tree))
        container, key = draw(st.sampled_from(places))
        act = draw(st.sampled_from(["replace", "drop", "add"]))
        if act == "replace":
            container[key] = draw(values)
        elif act == "drop":
            del container[key]
        elif isinstance(container, list):
            container.append(draw(st.just(copy.deepcopy(container[key])) | values))
        else:
            container[draw(st.text(max_size=5))] = draw(values)
        if not tree:
            break
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield tree, key
        yield from _places(value)


def assert_names_lines_of(error: ContentError, file: Path) -> None:
    last = file.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert error.faults
    for fault in error.faults:
        assert fault.file == str(file)
        assert 1 <= fault.line <= last
        assert fault.reason.strip()
        assert "\n" not in str(fault)


def write(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8", "replace"))


@settings(deadline=None)
@given(text=torn(MODULE) | reshaped(MODULE))
def test_a_mangled_module_loads_or_names_its_lines(root: Path, text: str) -> None:
    folder = root / "content" / "modules" / "klein-begin"
    write(folder / "module.yaml", text)
    try:
        load_module(folder, {"basis"})
    except ContentError as error:
        assert_names_lines_of(error, folder / "module.yaml")


@settings(deadline=None)
@given(text=torn(RUBRIC) | reshaped(RUBRIC))
def test_a_mangled_rubric_loads_or_names_its_lines(root: Path, text: str) -> None:
    file = root / "rubrics" / "basis.yaml"
    write(file, text)
    try:
        load_rubric(file)
    except ContentError as error:
        assert_names_lines_of(error, file)


@settings(deadline=None)
@given(text=torn(ARTICLE))
def test_a_mangled_article_loads_or_names_its_lines(root: Path, text: str) -> None:
    file = root / "content" / "kennis" / "proef.md"
    write(file, text)
    try:
        load_article(file)
    except ContentError as error:
        assert_names_lines_of(error, file)


@settings(deadline=None)
@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_as_yaml_or_refused_with_a_line(data: bytes) -> None:
    try:
        parse(data, "x.yaml")
    except ContentError as error:
        assert all(fault.line >= 1 for fault in error.faults)


@settings(deadline=None)
@given(tree=st.recursive(st.text(max_size=6), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_yaml_writes_as_text_is_read_as_the_same_text(tree: Any) -> None:
    assert parse(yaml.safe_dump(tree, default_style='"', allow_unicode=True).encode(), "x.yaml").value == tree
