"""Promises of a worksheet: unfinished is fine, what cannot be is refused, and nothing that was filled in gets lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.tools import WORKSHEET
from veranderkracht.errors import BadInput, Rejected, VkError
from veranderkracht.toolkit.model import MAX_LINE
from veranderkracht.toolkit.worksheets import as_text, check_filled, missing

FULL = {
    "thema": {"titel": "Onthaal", "waarom": "Het loopt mis.\nElke week.", "uren": "2,50", "start": "2026-12-01"},
    "mensen": [{"wie": "De zaalploeg", "rol": "partner", "steun": 4}, {"wie": "Familie"}],
}


def test_a_full_sheet_is_kept_with_numbers_in_one_notation() -> None:
    kept = check_filled(WORKSHEET, FULL)
    assert kept["thema"]["uren"] == "2.5"  # type: ignore[call-overload]
    assert kept["mensen"] == FULL["mensen"]
    assert missing(WORKSHEET, kept) == []


def test_what_was_kept_can_be_sent_again_unchanged() -> None:
    kept = check_filled(WORKSHEET, FULL)
    assert check_filled(WORKSHEET, kept) == kept


def test_an_empty_sheet_is_a_draft_that_says_what_is_missing() -> None:
    kept = check_filled(WORKSHEET, {"thema": {"titel": "", "uren": None}, "mensen": [{}, {"wie": ""}]})
    assert kept == {}
    assert missing(WORKSHEET, kept) == ["thema.titel", "mensen"]


def test_a_row_that_was_begun_asks_for_the_rest_and_an_empty_one_in_between_does_not() -> None:
    kept = check_filled(WORKSHEET, {"thema": {"titel": "x"}, "mensen": [{}, {"steun": 3}]})
    assert kept["mensen"] == [{}, {"steun": 3}]
    assert missing(WORKSHEET, kept) == ["mensen.1.wie"]


@pytest.mark.parametrize(
    ("filled", "code"),
    [
        ({"elders": {}}, "field-unknown"),
        ({"thema": {"kleur": "rood"}}, "field-unknown"),
        ({"thema": {"titel": "twee\nregels"}}, "value-invalid"),
        ({"thema": {"uren": "39"}}, "value-invalid"),
        ({"thema": {"uren": "NaN"}}, "value-invalid"),
        ({"thema": {"uren": True}}, "value-invalid"),
        ({"thema": {"start": "2026-W01-1"}}, "value-invalid"),
        ({"thema": {"start": "31 februari"}}, "value-invalid"),
        ({"mensen": [{"rol": "baas"}]}, "value-invalid"),
        ({"mensen": [{"rol": ["partner", "meedenker"]}]}, "value-invalid"),
        ({"mensen": [{"steun": 6}]}, "value-invalid"),
        ({"mensen": {"wie": "geen lijst"}}, "bad-input"),
        ({"mensen": [{"wie": "a"}] * 4}, "too-long"),
        ({"thema": {"titel": "a" * (MAX_LINE + 1)}}, "too-long"),
        ("geen blad", "bad-input"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_with_a_code(filled: object, code: str) -> None:
    with pytest.raises(VkError) as refusal:
        check_filled(WORKSHEET, filled)
    assert refusal.value.code == code
    assert isinstance(refusal.value, (BadInput, Rejected))


def test_a_reader_sees_labels_words_and_units() -> None:
    text = as_text(WORKSHEET, check_filled(WORKSHEET, FULL))
    assert "Het thema\nWaarover gaat het? Onthaal" in text
    assert "Uren per week 2,5 uur" in text
    assert "De betrokkenen · betrokkene 1\nWie? De zaalploeg\nWelke rol? Partner\nHoeveel steun? 4 van 5" in text


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["titel", "wie", "x"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["thema", "mensen", "x"]), json_values))
def test_whatever_is_sent_is_kept_or_refused_in_dutch_and_what_is_kept_stays(filled: dict[str, Any]) -> None:
    try:
        kept = check_filled(WORKSHEET, filled)
    except VkError as refusal:
        assert refusal.detail
        return
    assert check_filled(WORKSHEET, kept) == kept
    missing(WORKSHEET, kept)
    as_text(WORKSHEET, kept)
