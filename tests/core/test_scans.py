"""Promises of a scan: honest means per theme, advice that fits, and rounds that stay comparable."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.tools import SCAN
from veranderkracht.errors import VkError
from veranderkracht.toolkit.model import Advice
from veranderkracht.toolkit.scans import check_round, missing, results

ALL = {"proberen": 4, "straf": 2, "tijd": 3, "doel": 5, "keuze": None}


def test_a_reversed_statement_counts_from_the_other_end_and_not_knowing_does_not_count() -> None:
    ruimte, richting = results(SCAN, {"ratings": ALL})
    assert ruimte.mean == Decimal("3.7")  # (4 + (6 - 2) + 3) / 3
    assert ruimte.advice == "Ga door."
    assert (richting.mean, richting.rated) == (Decimal("5.0"), 1)


def test_a_theme_with_less_than_half_rated_says_nothing() -> None:
    ruimte, richting = results(SCAN, {"ratings": {"proberen": 5, "straf": None, "tijd": None}})
    assert (ruimte.mean, ruimte.advice, ruimte.rated) == (None, "", 1)
    assert richting.mean is None


def test_advice_goes_by_the_exact_mean_and_not_by_the_rounded_one() -> None:
    advice = (Advice(below=Decimal("2.7"), text="Begin klein."), Advice(text="Ga door."))
    scan = SCAN.model_copy(update={"themes": (SCAN.themes[0].model_copy(update={"advice": advice}),)})
    [ruimte] = results(scan, {"ratings": {"proberen": 3, "straf": 4, "tijd": 3}})  # 8 / 3
    assert (ruimte.mean, ruimte.advice) == (Decimal("2.7"), "Begin klein.")


def test_a_round_is_finished_when_every_statement_has_an_answer_and_a_layer_is_chosen() -> None:
    assert missing(SCAN, check_round(SCAN, {"ratings": ALL})) == ["layer"]
    assert missing(SCAN, check_round(SCAN, {"ratings": {}, "layer": "team"})) == list(ALL)
    assert missing(SCAN, check_round(SCAN, {"ratings": ALL, "layer": "team"})) == []


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"ratings": {"elders": 3}}, "item-unknown"),
        ({"ratings": {"doel": 6}}, "value-invalid"),
        ({"ratings": {"doel": True}}, "value-invalid"),
        ({"ratings": {"doel": "3"}}, "value-invalid"),
        ({"ratings": [3]}, "bad-input"),
        ({"ratings": {}, "layer": "bestuur"}, "layer-unknown"),
    ],
)
def test_what_is_not_on_the_scale_is_refused_with_a_code(sent: dict[str, Any], code: str) -> None:
    with pytest.raises(VkError) as refusal:
        check_round(SCAN, sent)
    assert refusal.value.code == code


@given(st.dictionaries(st.sampled_from(list(ALL)), st.none() | st.integers(1, 5)))
def test_a_mean_lies_on_the_scale_and_shows_only_with_half_of_its_statements(ratings: dict[str, int | None]) -> None:
    for theme, result in zip(SCAN.themes, results(SCAN, check_round(SCAN, {"ratings": ratings})), strict=True):
        rated = sum(ratings.get(item.id) is not None for item in theme.items)
        assert result.rated == rated
        assert (result.mean is not None) == (2 * rated >= len(theme.items))
        if result.mean is not None:
            assert 1 <= result.mean <= 5
            assert result.advice
