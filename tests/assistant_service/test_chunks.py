"""Cutting documents: nothing is lost, nothing is too long, and pieces follow the headings."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_service.knowledge.chunks import LONGEST, SHORTEST, cut, plain
from veranderkracht.modules.library import Library

WORD = st.text(alphabet="abcdefghij", min_size=1, max_size=14)
SENTENCE = st.lists(WORD, min_size=1, max_size=30).map(lambda words: " ".join(words) + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=14).map(" ".join)
HEADING = st.tuples(st.integers(1, 6), SENTENCE).map(lambda pair: "#" * pair[0] + " " + pair[1])
LIST = st.lists(SENTENCE, min_size=1, max_size=8).map(lambda items: "\n".join(f"- {item}" for item in items))
LONG_WORD = st.text(alphabet="abc", max_size=3000)
DOCUMENT = st.lists(st.one_of(PARAGRAPH, HEADING, LIST, LONG_WORD), max_size=14).map("\n\n".join)


def letters(text: str) -> str:
    return re.sub(r"[\s#-]", "", text)


@settings(max_examples=300, deadline=None)
@given(DOCUMENT)
def test_nothing_is_lost_or_put_in_another_order(document: str) -> None:
    told = iter(letters(" ".join(f"{chunk.heading} {chunk.text}" for chunk in cut(document))))
    assert all(letter in told for letter in letters(document))


@settings(max_examples=300, deadline=None)
@given(DOCUMENT)
def test_no_piece_is_too_long_and_no_two_neighbours_could_be_one(document: str) -> None:
    chunks = cut(document)
    assert all(len(chunk.text) <= LONGEST for chunk in chunks)
    for first, second in pairwise(chunks):
        assert len(first.text) >= SHORTEST or len(first.text) + 2 + len(second.text) > LONGEST


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=4000))
def test_any_text_at_all_can_be_cut(document: str) -> None:
    assert all(len(chunk.text) <= LONGEST for chunk in cut(document))


def test_a_piece_begins_under_its_heading() -> None:
    long = "Dit is een zin van een zekere lengte. " * 25
    chunks = cut(f"# Titel\n\n{long}\n\n## Tweede deel\n\n{long}", title="Titel")
    assert [chunk.heading for chunk in chunks] == ["", "Tweede deel"]


def test_short_parts_share_a_piece_and_keep_their_headings_as_lines() -> None:
    assert cut("## Een\n\nKort.\n\n## Twee\n\nOok kort.") == [("Een", "Kort.\n\nTwee\n\nOok kort.")]


def test_a_short_rest_takes_half_of_what_stands_before_it() -> None:
    chunks = cut("Een zin met tien woorden die samen een regel vullen. " * 24)
    assert len(chunks) == 2
    assert min(len(chunk.text) for chunk in chunks) > 400


def test_a_heading_without_text_is_still_found() -> None:
    assert cut("# Alleen een titel") == [("Alleen een titel", "")]
    assert cut("") == cut("\n\n  \n") == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**Vet** en *schuin* en __vet__", "Vet en schuin en vet"),
        ("Zie [de site](https://example.org/a_b) hier", "Zie de site hier"),
        ("een regel\ndie doorloopt", "een regel die doorloopt"),
        ("- een\n- twee\n  vervolg", "- een\n- twee vervolg"),
        ("> aangehaald\n> nog", "aangehaald nog"),
        ("3 * 4 * 5 en a_b_c", "3 * 4 * 5 en a_b_c"),
        ("<b>vet</b> &amp; <!-- weg -->meer", "vet & meer"),
    ],
)
def test_the_marks_of_markdown_go_and_its_words_stay(written: str, read: str) -> None:
    assert plain(written) == read


def test_signs_in_code_are_not_headings() -> None:
    assert cut("```\n# geen kop\n```\n\nTekst.") == [("", "# geen kop\n\nTekst.")]


def test_the_articles_that_we_ship_fall_into_pieces_of_a_screen() -> None:
    pieces = [chunk for article in Library.installed().articles() for chunk in cut(article.text, article.title)]
    assert len(pieces) > 30
    assert sum(len(chunk.text) for chunk in pieces) / len(pieces) > 600
