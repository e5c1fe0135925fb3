"""`bench search` measures what it says: an index, the same Chroma bare beside it, and bars that can be missed."""

import pytest
from click.testing import CliRunner

from assistant_service.bench.text import Language
from veranderkracht.cli import main

SMALL = ["bench", "search", "--passages", "20", "--questions", "3"]


def test_the_figures_of_both_sizes_are_shown_and_the_bars_decide() -> None:
    kept = CliRunner().invoke(main, [*SMALL, "--bar", "1000", "--growth-bar", "1000"])
    assert kept.exit_code == 0, kept.output
    assert kept.output.count("kale Chroma-vraag") == 2
    missed = CliRunner().invoke(main, [*SMALL, "--bar", "0", "--growth-bar", "1000"])
    assert missed.exit_code == 1
    assert "niet gehaald" in missed.output


def test_the_text_is_like_a_language_and_the_same_every_time() -> None:
    words = Language().words(20_000)
    assert words[:500] == Language().words(500)
    times = sorted((words.count(word) for word in set(words[:2000])), reverse=True)
    assert times[0] > 50 * times[len(times) // 2]
    assert len(set(words)) > 2000


@pytest.mark.parametrize("number", range(5))
def test_a_question_has_words_of_its_text(number: int) -> None:
    language = Language(number)
    text = language.section(500)
    own = set(text.lower().replace(".", "").split())
    asked = language.question(text).removeprefix("Hoe ").removesuffix("?").split()
    assert len(own & set(asked)) >= 1
