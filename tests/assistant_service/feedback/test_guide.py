"""The guide without a language model: what it sees, what it does not, and how it says so."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_service.feedback import guide
from assistant_service.feedback.measuring import Figures, count, is_quoted_well, measure, read_labelled
from assistant_service.feedback.messages import CriterionFeedback
from assistant_service.feedback.phrases import Line, PhraseError, compile_phrase
from assistant_service.feedback.sentences import split, tokenize
from tests.assistant_service.feedback.conftest import ROOT, snapshot_of
from tests.assistant_service.feedback.test_endpoint import STORY
from tests.assistant_service.reflection_set import FOLDER, labelled_reflections
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.modules.library import Library

SNAPSHOT = snapshot_of("eigen-praktijk")
WHO = "Vorige week was er op de afdeling een gesprek met een dochter van een bewoner. "


def given_for(text: str, criterion: str) -> CriterionFeedback:
    return next(one for one in guide.give(text, SNAPSHOT) if one.criterion == criterion)


def figures(half: str | None = None) -> Figures:
    verdicts = measure(read_labelled(FOLDER), SNAPSHOT)
    return count([one for one in verdicts if half in (None, one.text.half)])


def test_over_the_thirty_reflections_it_quotes_what_a_person_labelled() -> None:
    assert figures().showing == 67
    assert figures().quoted >= 0.70
    # On texts that nobody tuned on, less; and it must not get worse unnoticed.
    assert figures("held-out").quoted >= 0.60


def test_over_the_thirty_reflections_it_stays_silent_where_nothing_shows() -> None:
    assert figures().empty == 105
    assert figures().false_alarms <= 0.10
    assert figures("held-out").false_alarms <= 0.10


def test_its_feedback_differs_per_text_and_per_criterion() -> None:
    remarks = Counter(
        one.remark for text in labelled_reflections() if text.text for one in guide.give(text.text, SNAPSHOT)
    )
    assert max(remarks.values()) == 1, remarks.most_common(3)


def test_the_same_text_gets_the_same_feedback() -> None:
    assert guide.give(STORY, SNAPSHOT) == guide.give(STORY, SNAPSHOT)


def test_questions_and_next_steps_are_the_rubrics_and_not_always_the_first() -> None:
    asked: dict[str, set[str]] = {}
    for text in labelled_reflections("dev"):
        for one, criterion in zip(guide.give(text.text, SNAPSHOT), SNAPSHOT.rubric.criteria, strict=True):
            assert one.question in criterion.questions
            assert one.next_step in criterion.next_steps
            asked.setdefault(criterion.id, set()).add(one.question)
    assert all(len(questions) >= 3 for questions in asked.values())


@given(st.text(max_size=400) | st.lists(st.sampled_from(STORY.split()), max_size=60).map(" ".join))
def test_every_quote_is_a_literal_part_of_the_text_and_of_a_bearable_length(text: str) -> None:
    for one in guide.give(text, SNAPSHOT):
        assert one.visible == (one.quote is not None)
        if one.quote is not None:
            assert one.quote in text and 0 < len(one.quote) <= 300


def test_a_run_on_sentence_is_quoted_in_part() -> None:
    text = "vorige week stond de dochter in de gang en ze riep " + "en ze riep nog iets " * 30
    quote = given_for(text, "situatie").quote
    assert quote and len(quote) <= 300 and quote.startswith("vorige week stond")


@pytest.mark.parametrize(
    ("criterion", "shown", "denied"),
    [
        ("inzicht", "Ik besef nu dat we nooit overlegd hebben.", "Ik besef nu niet meer dan vroeger."),
        ("volgende-stap", "Maandag bel ik haar terug.", "Maandag bel ik haar niet terug."),
        ("volgende-stap", "Ik ga haar volgende week uitnodigen.", "Ik ga ervan uit dat het volgende week beter gaat."),
        ("volgende-stap", "Ik leg het dinsdag voor aan het team.", "Ik heb het dinsdag voorgelegd aan het team."),
        ("eigen-aandeel", "Ik voelde me betrapt.", "Ik voelde daar niets bij."),
        ("eigen-aandeel", "Ik heb haar onderbroken.", "Men onderbreekt elkaar snel."),
        ("perspectieven", "Voor haar was het de zoveelste keer.", "Hoe het voor haar was, weet ik niet."),
        ("perspectieven", "Ze was bang om hem te verliezen.", "Ze nam haar jas en vertrok."),
        ("open-vragen", "Ik vraag me af of ze terugkomt.", "Ik vraag me niets af."),
        ("open-vragen", "Ik weet nog niet wie dat beslist.", "Ik wist het meteen."),
    ],
)
def test_it_tells_a_sign_from_its_denial(criterion: str, shown: str, denied: str) -> None:
    assert given_for(WHO + shown, criterion).quote == shown
    assert not given_for(WHO + denied, criterion).visible


@pytest.mark.parametrize(
    "text", ["Er was geen moment dat ik bijzonder vond met familie.", "Familie komt vaak op de gang."]
)
def test_what_always_or_never_happens_is_no_situation(text: str) -> None:
    assert not given_for(text, "situatie").visible


def test_the_assignments_own_sentences_do_not_count() -> None:
    for one in guide.give(SNAPSHOT.prompt.replace("*", ""), SNAPSHOT):
        assert not one.visible
        assert "opdracht" in one.remark


def test_a_text_about_something_else_shows_nothing_and_hears_why() -> None:
    text = "Vorige maandag crashte de server. Ik werd er zot van. Volgende week installeer ik een update. " * 2
    for one in guide.give(text, SNAPSHOT):
        assert not one.visible
        assert "opdracht" in one.remark


def test_another_prompt_makes_another_subject() -> None:
    plain = SNAPSHOT.model_copy(update={"prompt": "Vertel over een storing van de server op je dienst."})
    text = "Vorige maandag crashte de server. Ik heb de computers van de dienst herstart."
    assert any(one.visible for one in guide.give(text, plain))
    assert not any(one.visible for one in guide.give(text, SNAPSHOT))


def test_words_that_somebody_else_says_are_not_the_writers_own() -> None:
    text = WHO + "Ze zei: 'Ik bel u morgen terug.'"
    assert not given_for(text, "volgende-stap").visible


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Ik zei dat ze later maar eens moest terugkomen.", False),
        ("Toen zei ik dat ze later maar eens moest terugkomen.", False),
        ("Zij zei dat ze later maar eens moest terugkomen.", True),
    ],
)
def test_what_the_writer_says_of_another_is_not_the_others_view(sentence: str, shown: bool) -> None:
    assert given_for(WHO + sentence, "perspectieven").visible is shown


def test_it_says_that_it_is_no_language_model() -> None:
    assert guide.GUIDE.kind == "guide" and guide.GUIDE.name == "De ingebouwde gids"
    assert "geen taalmodel" in guide.GUIDE.says


def test_every_signal_of_every_rubric_can_be_looked_for() -> None:
    for rubric in Library.at(ROOT).rubrics():
        for criterion in rubric.criteria:
            for signal in (*criterion.signals.strong, *criterion.signals.weak):
                compile_phrase(signal)


@pytest.mark.parametrize("signal", ["{bestaat-niet}", "", "…", "-alleen", "a & "])
def test_a_signal_that_cannot_be_looked_for_is_refused(signal: str) -> None:
    with pytest.raises(PhraseError):
        compile_phrase(signal)


@pytest.mark.parametrize(
    ("signal", "sentence", "there"),
    [
        ("geluk*", "Wat een gelukkige dag", True),
        ("geluk", "Wat een gelukkige dag", False),
        ("ik … gevraagd", "Ik heb het haar gevraagd", True),
        ("ik … gevraagd", "Ik kwam, zij had het gevraagd", False),
        ("{dag} & ik", "Dat doe ik maandag", True),
        ("{dag} & -ik", "Dat doe ik maandag", False),
        ("ik wou", "'k wou het nie", True),
        ("één", "Er was een bewoner", True),
    ],
)
def test_signals_are_looked_for_as_they_are_written(signal: str, sentence: str, there: bool) -> None:
    assert bool(compile_phrase(signal).find(Line.of(tuple(tokenize(sentence))))) is there


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dat was dhr. B. van kamer 114. Hij viel.", ["Dat was dhr. B. van kamer 114.", "Hij viel."]),
        ("Ze kwam o.a. voor het bad, enz. Daarna niet.", ["Ze kwam o.a. voor het bad, enz.", "Daarna niet."]),
        ("'Kom je?' vroeg ze. ja zei ik.", ["'Kom je?' vroeg ze.", "ja zei ik."]),
        ("het was laat. heel de gang sliep", ["het was laat.", "heel de gang sliep"]),
        ("Ik dacht... ja, wat eigenlijk", ["Ik dacht... ja, wat eigenlijk"]),
        ("Om 19.30 uur\n- eerste punt\n- tweede punt", ["Om 19.30 uur", "- eerste punt", "- tweede punt"]),
        ("", []),
    ],
)
def test_spoken_and_written_dutch_falls_into_sentences(text: str, sentences: list[str]) -> None:
    assert [one.text for one in split(text)] == sentences


@given(st.text(max_size=300))
def test_sentences_are_literal_and_in_order(text: str) -> None:
    at = 0
    for one in split(text):
        assert text[one.start : one.start + len(one.text)] == one.text
        assert one.start >= at
        at = one.start + len(one.text)


@pytest.mark.parametrize(
    ("quote", "well"),
    [
        ("Ik heb haar niets gevraagd.", True),
        ("heb haar  niets gevraagd", True),
        ("En toen: Ik heb haar niets gevraagd. Echt niet.", True),
        ("haar niets", False),
        ("iets heel anders staat hier", False),
        ("Ik heb haar niets gevraagd. " + "x " * 200, False),
        (None, False),
    ],
)
def test_the_measure_counts_a_quote_as_the_set_prescribes(quote: str | None, well: bool) -> None:
    assert is_quoted_well(quote, ("Ik heb haar niets gevraagd.",)) is well


def test_the_snapshot_alone_decides_what_is_looked_for() -> None:
    rubric = SNAPSHOT.rubric
    only = rubric.model_copy(update={"criteria": rubric.criteria[:1]})
    short: Snapshot = SNAPSHOT.model_copy(update={"rubric": only})
    assert [one.criterion for one in guide.give(STORY, short)] == ["situatie"]
