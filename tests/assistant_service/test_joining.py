"""Passages as they are read: with what stands around them where a section was cut, and never more than that."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_service.asking import excerpt
from assistant_service.knowledge.index_chroma import Entry
from assistant_service.knowledge.joining import goes_on, readable
from assistant_service.knowledge.passages import LONGEST_AROUND
from assistant_service.services import Services
from tests.assistant_service.conftest import Indexing
from tests.cast import WEST

FILLING = "Dit gaat over heel gewone dingen in een huis waar mensen wonen en werken. "
SENTENCE = st.lists(st.sampled_from("naasten ploeg maaltijd rooster gang".split()), min_size=1, max_size=30).map(
    lambda words: " ".join(words).capitalize() + "."
)
TEXT = st.lists(SENTENCE, max_size=20).map(" ".join)


def entry(text: str, heading: str = "") -> Entry:
    return Entry("000000", text, f"Titel – {heading}" if heading else "Titel", "veranderkracht:kennis/titel")


def found(services: Services, query: str) -> str:
    return services.knowledge.search(WEST, query, 1)[0].text


def test_a_passage_from_the_middle_of_a_section_comes_with_what_stands_around_it(
    services: Services, index: Indexing, tmp_path: Path
) -> None:
    parts = ("Eerst vertel je waarom. ", "Daarom de kastanjeboom in de tuin. ", "Zo eindigt het. ")
    body = parts[0] + FILLING * 20 + parts[1] + FILLING * 10 + parts[2]
    (tmp_path / "tuin.md").write_text(f"# Tuin\n\n{body}\n", encoding="utf-8")
    assert index(WEST, tmp_path).passages > 1
    text = found(services, "kastanjeboom")
    assert "kastanjeboom" in text
    assert len(text) > 1200
    assert excerpt("kastanjeboom", text) in text


def test_what_stands_under_another_heading_does_not_come_along(
    services: Services, index: Indexing, tmp_path: Path
) -> None:
    (tmp_path / "tuin.md").write_text(
        f"# Tuin\n\n{FILLING * 14}\n\n## Bomen\n\nDe kastanjeboom staat achteraan. {FILLING * 13}\n\n"
        f"## Soep\n\nOver soep. {FILLING * 13}\n",
        encoding="utf-8",
    )
    index(WEST, tmp_path)
    text = found(services, "kastanjeboom")
    assert text.startswith("De kastanjeboom")
    assert "soep" not in text


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (entry("a"), entry("b"), True),
        (entry("a", "Een"), entry("b", "Een"), True),
        (entry("a", "Een"), entry("b", "Twee"), False),
        (entry("a\n\nTwee\n\nb", "Een"), entry("c", "Twee"), True),
        (entry("iets over Twee", "Een"), entry("c", "Twee"), False),
    ],
)
def test_a_section_goes_on_under_the_heading_where_it_began(before: Entry, after: Entry, *, same: bool) -> None:
    assert goes_on(before, after) is same


def test_what_comes_before_begins_where_the_section_begins() -> None:
    told = readable(entry("En dit erna.", "Twee"), entry("Vorige.\n\nTwee\n\nHier begint het.", "Een"), None)
    assert told == "Hier begint het.\n\nEn dit erna."


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT)
def test_neighbours_come_in_whole_sentences_and_within_bounds(before: str, after: str) -> None:
    told = readable(entry("De kastanjeboom."), entry(before), entry(after))
    first, found, rest = told.partition("De kastanjeboom.")
    assert found
    for joined, neighbour in ((first.strip(), before), (rest.strip(), after)):
        assert len(joined) <= LONGEST_AROUND
        assert not joined or joined.endswith(".")
        assert joined in neighbour
