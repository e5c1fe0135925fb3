"""Every word that learners read is one that a Dutch dictionary or our own list knows.

Hunspell with the OpenTaal list (Debian's hunspell-nl); names of invented people are taken from the cases themselves.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Case
from veranderkracht.modules.readability import prose

ROOT = Path(__file__).parents[2]
ACCEPTED = Path(__file__).with_name("woordenlijst.txt")
# What stands under these names in a YAML file is for programs, or is somebody else's title.
NOT_PROSE = {
    *("id", "slug", "kind", "file", "rubric", "tool", "phase", "language", "licence", "module", "modules", "layout"),
    *("sources", "source", "signals", "levels", "url", "on", "by", "row", "asked"),
}


def texts_of(value: object) -> Iterator[str]:
    """Give every text that people read in what a YAML file holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "levels" and isinstance(item, list):  # a rubric's, not those of an assessed sample
                yield from (level[key] for level in item for key in ("title", "descriptor"))
            elif name not in NOT_PROSE:
                yield from texts_of(item)


def texts_in(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yaml":
        yield from texts_of(yaml.safe_load(text))
    else:
        yield re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)


def content_files() -> list[Path]:
    found = [*ROOT.glob("content/**/*.md"), *ROOT.glob("content/**/*.yaml"), *ROOT.glob("rubrics/*.yaml")]
    # The thesaurus holds the words that people type, wrong ones too; samples are written as learners write.
    return sorted(file for file in found if file.name != "thesaurus.yaml")


def names() -> set[str]:
    cases = [step for module in Library.at(ROOT).modules() for step in module.steps if isinstance(step, Case)]
    return {word for case in cases for person in case.people for word in re.findall(r"\w+", person.name)}


@pytest.fixture(scope="module")
def accepted() -> set[str]:
    lines = ACCEPTED.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def unknown(text: str) -> set[str]:
    if shutil.which("hunspell") is None:
        if os.environ.get("CI"):
            pytest.fail("hunspell ontbreekt; scripts/system-packages.sh installeert het")
        pytest.skip("zonder hunspell kijken we de spelling niet na")
    # Quotation marks and the dash of "zorg- en welzijn" are not part of a word.
    text = re.sub(r"(?<!\w)'|'(?!\w)|-(?!\w)", " ", text.replace("’", "'"))
    done = subprocess.run(
        ["hunspell", "-d", "nl", "-i", "utf-8", "-l"], input=text, capture_output=True, text=True, check=True
    )
    return {word.rstrip(".") for word in done.stdout.split()} - {""}


def test_no_text_has_a_word_that_nobody_knows(accepted: set[str]) -> None:
    known = accepted | names()
    wrong = {}
    for file in content_files():
        written = "\n".join(prose(text) for text in texts_in(file))
        if strange := unknown(written) - known:
            wrong[str(file.relative_to(ROOT))] = sorted(strange)
    assert wrong == {}, "\n".join(f"{file}: {', '.join(words)}" for file, words in wrong.items())


def test_a_word_that_is_wrong_would_be_found() -> None:
    assert unknown("De bewooner wil een wandeling.") == {"bewooner"}


def test_our_own_list_holds_no_word_that_the_dictionary_knows_or_nobody_uses(accepted: set[str]) -> None:
    used = "\n".join(prose(text) for file in content_files() for text in texts_in(file)).replace("’", "'")
    assert accepted - unknown("\n".join(accepted)) == set()
    assert {word for word in accepted if word not in used} == set()
