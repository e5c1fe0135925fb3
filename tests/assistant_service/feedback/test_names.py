"""Likely names of people are pointed out; places, houses and initials are not."""

import pytest

from assistant_service.feedback.names import likely_names, words_of
from assistant_service.feedback.names_known import known_names
from tests.assistant_service.feedback.conftest import snapshot_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mevrouw De Smet belde gisteren.", ["De Smet"]),
        ("Gisteren belde mevrouw De Smet naar meneer Van den Broeck.", ["De Smet", "Van den Broeck"]),
        ("Ik sprak met Dhr. Peeters over het bad.", ["Peeters"]),
        ("Jeanne vroeg iets.", ["Jeanne"]),
        ("Mijn collega Mariska kwam erbij.", ["Mariska"]),
        ("De dochter van Jeanne was er ook.", ["Jeanne"]),
        ("de dochter van jeanne was er ook", ["jeanne"]),
        ("Ik vroeg het aan Marleen Claes en aan Marleen.", ["Marleen Claes"]),
        ("Toen kwam Xandrien binnen.", ["Xandrien"]),
        ("'Dat mag niet', zei Mariska.", ["Mariska"]),
        ("Nonkel Jef en tante Rosette zaten erbij.", ["Jef", "Rosette"]),
        ("Aan tafel zat zijn zoon Pieter-Jan.", ["Pieter-Jan"]),
    ],
)
def test_a_name_of_a_person_is_pointed_out_once_as_it_is_written(text: str, names: list[str]) -> None:
    assert likely_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Mevrouw D. en meneer B. van kamer 114 kwamen samen binnen.",
        "Vorige week was er in Gent een feest van het Rode Kruis.",
        "Ik werk in De Linde, op afdeling De Vlier, naast het Sint-Jozef ziekenhuis.",
        "Sinds Covid doen we alles met Teams en WhatsApp.",
        "Toen zei hij: 'Kom maar binnen.' Mei was warm. Ben ik te streng?",
        "Elke dag komt een dochter. Elke week is anders. Roos is een mooie bloem.",
        "Op maandag spreek ik Frans, op dinsdag Nederlands.",
        "WZC en OCMW, CRA en MZ, dat is veel voor één dag.",
        "Zij is van Marokko en viert Ramadan; wij vieren Kerstmis.",
        "De Familieraad kwam samen in de Polyvalente Zaal.",
    ],
)
def test_places_houses_initials_and_common_words_are_no_names(text: str) -> None:
    assert likely_names(text) == []


def test_a_name_that_the_assignment_uses_may_be_said() -> None:
    assert likely_names("Mijn collega Samira zei niets.", words_of("Wat zou Samira zeggen?")) == []


def test_the_people_of_the_modules_case_may_be_named_and_nobody_else() -> None:
    known = known_names(snapshot_of("de-linde"))
    assert likely_names("Greet Daems vroeg het aan Samira en aan Nadia.", known) == ["Nadia"]


def test_a_module_that_is_not_installed_here_brings_only_its_prompt() -> None:
    strange = snapshot_of("eigen-praktijk", module="van-elders", prompt="Wat dacht Bilal?")
    assert likely_names("Ik vroeg het aan Bilal en aan Greet.", known_names(strange)) == ["Greet"]
