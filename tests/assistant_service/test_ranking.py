"""What comes first: places of passages become places of documents, and a module's own come before others'."""

import math
import random
from collections import Counter

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_service.knowledge.lexical import LexicalIndex
from assistant_service.knowledge.postings import Numbers, Postings, count
from assistant_service.knowledge.ranking import DEPTH, Ranked, best, fuse, widened

WORDS = st.sampled_from("naasten ploeg maaltijd rooster gang soep tuin koers".split())
TEXTS = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=8)


def numbers(*given: int) -> Numbers:
    return numpy.array(given, dtype=numpy.int32)


def found(*documents: int) -> list[Ranked]:
    return [Ranked(document, document * 10, 1 / place) for place, document in enumerate(documents, start=1)]


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.lists(WORDS, max_size=6))
def test_every_text_has_the_score_that_the_formula_gives(texts: list[list[str]], asked: list[str]) -> None:
    known = sorted({word for text in texts for word in text})
    postings = Postings.build(
        count([numbers(*(known.index(word) for word in text)) for text in texts], [(word,) for word in known])
    )
    scores = postings.score((word, float(times)) for word, times in Counter(asked).items())
    mean = max(sum(map(len, texts)) / len(texts), 1.0)
    for number, text in enumerate(texts):
        right = 0.0
        for word in asked:
            having = sum(word in other for other in texts)
            rarity = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
            times = text.count(word)
            right += rarity * times / (times + 1.2 * (0.25 + 0.75 * len(text) / mean))
            assert postings.has(word, number) == (word in text)
        assert scores[number] == pytest.approx(right, abs=1e-5)


@given(st.lists(st.floats(-1, 3, width=32), min_size=1, max_size=200))
def test_only_what_is_allowed_and_has_a_score_is_ranked_best_first(given: list[float]) -> None:
    scores = numpy.array(given, dtype=numpy.float32)
    allowed = numpy.array([number % 3 != 0 for number in range(len(given))])
    right = sorted((-score, number) for number, score in enumerate(scores.tolist()) if score > 0 and allowed[number])
    assert best(scores, allowed).tolist() == [number for _, number in right][:DEPTH]


def test_a_text_that_speaks_of_it_in_three_places_comes_before_one_that_does_once() -> None:
    documents = numbers(0, 1, 1, 1)
    ranking = [(1.0, numbers(0, 1, 2, 3))]
    assert [one.passage for one in fuse(ranking, documents, 5, own=None, together=True)] == [1, 0]
    assert [one.passage for one in fuse(ranking, documents, 5, own=None, together=False)] == [0, 1]


def test_a_text_of_this_module_alone_comes_before_one_that_serves_several() -> None:
    own = numpy.array([0.5, 1.0], dtype=numpy.float32)
    ranked = fuse([(1.0, numbers(0, 1))], numbers(0, 1), 5, own=own, together=True)
    assert [one.passage for one in ranked] == [1, 0]


def test_a_modules_own_come_first_and_others_fill_up() -> None:
    assert [one.document for one in widened(found(1, 2), found(7, 1, 8), 4)] == [1, 2, 7, 8]


def test_a_module_with_nothing_among_the_first_takes_turns_with_others() -> None:
    given = widened(found(1, 2), found(7, 8, 9, 1), 5)
    assert [one.document for one in given] == [1, 7, 2, 8, 9]
    assert [one.score for one in given] == sorted((one.score for one in given), reverse=True)


def test_words_that_keep_the_same_company_lie_near_each_other() -> None:
    chance = random.Random(1)
    company = {("hond", "kat"): "voer mand riem poot staart".split(), ("lepel", "vork"): "soep bord tafel glas".split()}
    texts = [
        " ".join([word, *chance.sample(others, 3), f"nog{number}", f"iets{chance.randrange(60)}"])
        for number in range(60)
        for pair, others in company.items()
        for word in pair
    ]
    lexical, vectors = LexicalIndex.build(texts, [])
    assert all(float(numpy.linalg.norm(vector)) == pytest.approx(1, abs=1e-4) for vector in vectors)
    cat, dogs, spoons = (lexical.vector(lexical.asked_terms(text)) for text in ("kat", "voer mand", "soep bord"))
    assert float(cat @ dogs) > float(cat @ spoons) + 0.2


def test_any_texts_at_all_can_be_indexed() -> None:
    for texts in (["", ""], ["de het een"], ["x"], ["naasten"] * 3):
        lexical, vectors = LexicalIndex.build(texts, [["naaste", "familie"]])
        assert all(numpy.isfinite(vector).all() for vector in vectors)
        assert lexical.coverage("naasten").of(0) in (0.0, 1.0)
