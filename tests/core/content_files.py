"""A small sound module, rubric and article in a folder, for tests that break one thing at a time."""

from pathlib import Path

MODULE = """\
slug: klein-begin
version: 1
title: Klein beginnen
phase: doen
summary: Een proef van een week.
goals:
  - Na deze module kun je één proef opzetten.
nagezien: {by: Dr. An Peeters, on: 2026-11-01}
sources:
  - id: opcz
    title: Jaarbericht 2025
    year: 2025
    url: https://voorbeeld.be/jaarbericht
steps:
  - id: lezen
    kind: reading
    title: Waarom klein
    minutes: 5
    file: 10-waarom.md
    sources: [opcz]
  - id: casus
    kind: case
    title: Het ontbijt
    minutes: 10
    file: 20-ontbijt.md
    people:
      - {id: an, name: An Maes, role: zorgkundige, view: "Het *moet* rustiger."}
      - {id: bo, name: Bo Smet, role: dochter, view: "Ik kom graag."}
    decisions:
      - id: eerst
        prompt: Wat doe je eerst?
        options:
          - id: vragen
            text: Vragen
            consequence: Ze vertelt.
            reactions: {an: Goed.}
          - {id: wachten, text: Wachten, consequence: Het blijft stil.}
    question: Wat zou jij doen?
    min_words: 20
    max_words: 200
    rubric: basis
  - id: toets
    kind: quiz
    title: Even toetsen
    minutes: 3
    questions:
      - id: eerste
        prompt: Wat is klein?
        options:
          - {id: a, text: Een week, correct: true, feedback: Juist.}
          - {id: b, text: Een jaar, feedback: Dat is lang.}
  - id: praktijk
    kind: reflection
    title: Bij jou
    minutes: 15
    prompt: |
      Denk aan één moment.

      **Noem geen namen.**
    rubric: basis
"""

RUBRIC = """\
slug: basis
version: 2
title: Basis
summary: Hoe je kijkt.
criteria:
  - id: situatie
    title: Situatie
    question: Zie je één moment?
    levels:
      - {id: niet, title: Nog niet, points: 0, descriptor: Geen moment.}
      - {id: wel, title: Wel, points: 2.35, descriptor: Eén moment.}
  - id: toon
    title: Toon
    question: Klinkt het eerlijk?
    graded: false
"""

ARTICLE = """\
---
slug: proef
title: Wat een proef is
modules: [klein-begin]
source: {title: Jaarbericht 2025, year: 2025}
valid_until: 2029-12-31
licence: CC-BY-SA-4.0
---

Een proef duurt *kort*.
"""


def write_content(root: Path) -> Path:
    """Write the module, its texts, the rubric and an article as a checkout has them; give the module's folder."""
    folder = root / "content" / "modules" / "klein-begin"
    folder.mkdir(parents=True)
    (folder / "module.yaml").write_text(MODULE, encoding="utf-8")
    (folder / "10-waarom.md").write_text("# Waarom\n\nEen proef is klein.\n", encoding="utf-8")
    (folder / "20-ontbijt.md").write_text("Het is zeven uur.\n", encoding="utf-8")
    knowledge = root / "content" / "kennis"
    knowledge.mkdir()
    (knowledge / "proef.md").write_text(ARTICLE, encoding="utf-8")
    (knowledge / "thesaurus.yaml").write_text("- [mantelzorger, naaste, familielid]\n", encoding="utf-8")
    (root / "rubrics").mkdir()
    (root / "rubrics" / "basis.yaml").write_text(RUBRIC, encoding="utf-8")
    return folder


def replace(file: Path, old: str, new: str) -> int:
    """Replace a text that stands in a file exactly once; give the line, from 1, where it stood."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} staat er {text.count(old)} keer"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
