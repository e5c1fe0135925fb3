"""Figures in readings: drawings in SVG that stand beside a module's texts, shown where a text names them.

A text names one in a paragraph of its own, as Markdown writes an image: `![What it says](fig-name.svg "Caption")`. The
drawing becomes part of the page, so that it takes the page's colours, light and dark, and asks nobody for a file; for
that reason little is allowed in it: shapes, text, and the classes that the pages have a look for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, fromstring

from markupsafe import Markup, escape

WIDTH, TALLEST = 360, 420
SVG = "{http://www.w3.org/2000/svg}"
CLASSES = {
    *("line", "line-strong", "line-accent", "line-dashed", "fill-accent", "fill-soft", "fill-attention", "fill-paper"),
    *("label", "label-strong", "label-small", "on-accent"),
}
SHAPES = {"g", "path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "text", "tspan"}
ATTRIBUTES = {
    *("x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "width", "height"),
    *("d", "points", "transform", "text-anchor", "class"),
}
_VALUE = re.compile(r"[\w\s.,()+-]*")
_NAMED = re.compile(r'^!\[(?P<says>[^\]]*)\]\((?P<name>[^\s)"]+\.svg)(?: "(?P<caption>[^"]*)")?\)[ \t]*$', re.MULTILINE)
_MARK = "vk7figure{}7vk"
# Atkinson Hyperlegible, on the generous side: how wide one character is beside its size.
_CHARACTER = {"label-small": 13 * 0.5, "label": 15 * 0.5, "label-strong": 15 * 0.54}


@dataclass(frozen=True)
class Named:
    """A figure that a text names: what it says, its file, its caption, and the line it stands on."""

    says: str
    file: str
    caption: str
    line: int


def named_in(text: str) -> list[Named]:
    """Give the figures that a text names, in order."""
    return [
        Named(
            found["says"].strip(),
            found["name"],
            (found["caption"] or "").strip(),
            text.count("\n", 0, found.start()) + 1,
        )
        for found in _NAMED.finditer(text)
    ]


def in_words(text: str) -> str:
    """Give the text with each figure's own words in its place: what it says, and its caption."""
    return _NAMED.sub(lambda found: " ".join(filter(None, (found["says"].strip(), found["caption"]))), text)


def marked(text: str) -> tuple[str, list[Named]]:
    """Give the text with a mark in the place of each figure, and the figures by their marks' numbers."""
    numbers = iter(range(len(text)))
    return _NAMED.sub(lambda _: _MARK.format(next(numbers)), text), named_in(text)


def placed(html: Markup, figures: list[Named], drawings: Mapping[str, str]) -> Markup:
    """Put figures in the place of their marks.

    Args:
        html: of the marked text.
        figures: as `marked` gave them.
        drawings: the SVG of each file.
    """
    whole = str(html)
    for number, figure in enumerate(figures):
        whole = whole.replace(f"<p>{_MARK.format(number)}</p>", str(_figure(figure, drawings[figure.file])))
    return Markup(whole)


def _figure(figure: Named, drawing: str) -> Markup:
    root = fromstring(drawing)  # noqa: S314 - checked by `faults_in` when the module was loaded: no entities, no doctype
    caption = Markup("<figcaption>{}</figcaption>").format(figure.caption) if figure.caption else ""
    return Markup('<figure class="vk-figure"><svg viewBox="{}" role="img" aria-label="{}">{}</svg>{}</figure>').format(
        root.get("viewBox"), figure.says, Markup("").join(_drawn(child) for child in root), caption
    )


def _drawn(element: Element) -> Markup:
    tag = element.tag.removeprefix(SVG)
    attributes = Markup("").join(
        Markup(' {}="{}"').format(
            name, " ".join(f"vk-fig-{each}" for each in value.split()) if name == "class" else value
        )
        for name, value in element.items()
    )
    inside = escape((element.text or "").strip("\n")) + Markup("").join(
        _drawn(child) + escape((child.tail or "").strip("\n")) for child in element
    )
    return Markup("<{}{}>{}</{}>").format(tag, attributes, inside, tag)


def faults_in(drawing: str) -> list[str]:
    """Say in Dutch what is wrong with a drawing; nothing when it may be shown."""
    if "<!" in drawing or "<?" in drawing:
        return ["<! of <? gevonden; verwacht alleen <svg> met vormen erin, zonder commentaar of instructies"]
    try:
        root = fromstring(drawing)  # noqa: S314 - without a doctype there are no entities to expand
    except ParseError as fault:
        return [f"geen leesbare SVG ({fault}); kijk de haakjes en aanhalingstekens na"]
    size = re.fullmatch(rf"0 0 {WIDTH} (\d+)", root.get("viewBox", ""))
    if root.tag != f"{SVG}svg" or size is None or not 0 < int(size[1]) <= TALLEST:
        return [f'verwacht <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} H">, H hoogstens {TALLEST}']
    faults = [f"attribuut {name!r} op svg; verwacht alleen viewBox" for name in sorted(set(root.keys()) - {"viewBox"})]
    for element in list(root.iter())[1:]:
        faults += _shape_faults(element)
    return faults or _outside(root)


def _shape_faults(element: Element) -> list[str]:
    tag = element.tag.removeprefix(SVG)
    if tag not in SHAPES:
        return [f"element {tag!r} gevonden; verwacht een van {', '.join(sorted(SHAPES))}"]
    faults = [
        f"attribuut {name!r} op {tag}; kleur en lijn komen van klassen"
        for name in sorted(set(element.keys()) - ATTRIBUTES)
    ]
    faults += [
        f"{name}={value!r} op {tag}; verwacht getallen"
        for name, value in element.items()
        if not _VALUE.fullmatch(value)
    ]
    strange = set(element.get("class", "").split()) - CLASSES
    return faults + [
        f"klasse {name!r} op {tag}; verwacht een van {', '.join(sorted(CLASSES))}" for name in sorted(strange)
    ]


def _outside(root: Element) -> list[str]:
    """Name the lines of text that would not fit in the drawing's width, as far as can be told without drawing it."""
    if any(each.get("transform") for each in root.iter()):
        return []  # where a text stands is then not to be read from its own numbers
    faults = []
    for text in root.iter(f"{SVG}text"):
        own = {"x": text.get("x", "0"), "text-anchor": text.get("text-anchor", "start"), "class": text.get("class", "")}
        for line in (text, *text.iter(f"{SVG}tspan")):
            words = " ".join((line.text or "").split())
            told = own | {name: value for name, value in line.items() if name in own}
            size = next((_CHARACTER[name] for name in told["class"].split() if name in _CHARACTER), _CHARACTER["label"])
            wide, x = len(words) * size, _number(told["x"])
            starts = x - {"start": 0.0, "middle": 0.5, "end": 1.0}.get(told["text-anchor"], 0.0) * wide
            if words and (starts < -1 or starts + wide > WIDTH + 1):
                faults.append(f"tekst {words!r} past niet in de breedte van {WIDTH}; breek ze af")
    return faults


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
