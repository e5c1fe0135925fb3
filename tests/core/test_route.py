"""Promises of the route: every module has its place once, and a module that is written keeps to it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.core.content_files import write_content
from veranderkracht.cli import main
from veranderkracht.errors import ContentError
from veranderkracht.modules.library import Library
from veranderkracht.modules.route import load_route

ROUTE = """\
title: De kaart
introduction: Begin waar je bent.
phases:
  - id: doen
    title: Doen
    summary: Iets proberen.
    stages:
      - {id: de-proef, title: De proef, modules: [klein-begin, later]}
modules:
  - {slug: klein-begin, title: Klein beginnen, goals: [Na deze module kun je één proef opzetten.]}
  - {slug: later, title: Later, goals: [Je kunt wachten.]}
"""


def written(folder: Path, text: str = ROUTE) -> Path:
    write_content(folder)
    (folder / "content" / "route.yaml").write_text(text)
    return folder


def test_the_installed_route_has_ten_modules_in_an_introduction_and_four_phases() -> None:
    route = Library.installed().route()
    assert [phase.id for phase in route.phases] == ["introductie", "waarnemen", "richting-geven", "doen", "borgen"]
    assert len(route.slugs) == 10
    assert route.slugs[0] == "vertrekken"
    assert route.phase_of("klein-beginnen") == "doen"
    assert route.phase_of("elders") is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("modules: [klein-begin, later]", "modules: [klein-begin]", "staat niet zowel in een etappe als onder modules"),
        ("modules: [klein-begin, later]", "modules: [klein-begin, later, later]", "komt meer dan één keer voor"),
        ("id: doen", "id: dromen", "verwacht wordt een van"),
    ],
)
def test_a_route_that_does_not_hold_together_is_refused(tmp_path: Path, old: str, new: str, expected: str) -> None:
    file = written(tmp_path, ROUTE.replace(old, new)) / "content" / "route.yaml"
    with pytest.raises(ContentError, match=expected):
        load_route(file)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("title: Klein beginnen,", "title: Groot beginnen,", "title"),
        ("één proef opzetten", "twee proeven opzetten", "goals"),
        ("id: doen", "id: borgen", "phase"),
    ],
)
def test_a_module_that_strays_from_the_route_is_named(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert CliRunner().invoke(main, ["check", str(written(tmp_path / "goed"))]).exit_code == 0
    result = CliRunner().invoke(main, ["check", str(written(tmp_path / "fout", ROUTE.replace(old, new)))])
    assert result.exit_code == 1
    assert f"module.yaml:1: {key} is anders dan in route.yaml" in result.output


SCAN = """\
kind: scan
slug: klimaat
version: 1
title: Klimaat
summary: Waar sta je?
minutes: 5
how: Antwoord eerlijk.
scale: {labels: [niet, wel]}
themes:
  - id: ruimte
    title: Ruimte
    summary: Mag het?
    modules: [klein-begin]
    items: [{id: een, text: Het mag.}, {id: twee, text: Het kan.}]
    advice: [{text: Begin.}]
"""
FITS = "fits: {scan: klimaat, why: {ruimte: Zo klein dat het mag mislukken.}}\nphases:"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("scan: klimaat", "scan: weer", "route.yaml:3: 'weer' is geen scan in de toolkit"),
        ("{ruimte:", "{lucht:", "route.yaml:3: scan 'klimaat' heeft geen thema 'lucht'; wel: ruimte"),
        ("{ruimte:", "{lucht:", "route.yaml:3: thema 'ruimte' van de scan ontbreekt"),
        ("    modules: [klein-begin]\n", "", "route.yaml:3: thema 'ruimte' van de scan noemt geen modules"),
    ],
)
def test_what_fits_after_the_scan_is_said_for_each_of_its_themes(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    for name, change in (("goed", lambda text: text), ("fout", lambda text: text.replace(old, new))):
        root = written(tmp_path / name, change(ROUTE.replace("phases:", FITS)))
        (root / "content" / "toolkit").mkdir()
        (root / "content" / "toolkit" / "klimaat.yaml").write_text(change(SCAN))
        result = CliRunner().invoke(main, ["check", str(root)])
        assert (result.exit_code, expected in result.output) == ((0, False) if name == "goed" else (1, True))
