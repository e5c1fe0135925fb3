"""The colour tokens keep the contrast that people need, in both sets (WCAG 2.2: 4.5 for text, 3 for controls)."""

import re

import pytest

from veranderkracht.web import STATIC

CSS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--vk-([a-z-]+): (#[0-9a-f]{6});")
GROUNDS = ("paper", "sheet")
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "muted", "petrol", "ochre", "brick", "moss") for ground in (*GROUNDS, "shade")),
    ("on-petrol", "petrol"),
    ("on-petrol", "petrol-strong"),
    ("ink", "petrol-wash"),
    ("muted", "petrol-wash"),
    ("petrol", "petrol-wash"),
    ("petrol-strong", "petrol-wash"),
    ("ink", "ochre-wash"),
    ("ochre", "ochre-wash"),
    ("petrol", "ochre-wash"),
    ("ink", "brick-wash"),
    ("brick", "brick-wash"),
    ("petrol", "brick-wash"),
    ("ink", "moss-wash"),
    ("moss", "moss-wash"),
    ("muted", "moss-wash"),
    ("petrol", "moss-wash"),
    ("paper", "ochre"),
]
CONTROL_ON = [(edge, ground) for edge in ("edge", "petrol") for ground in GROUNDS]


def sets() -> dict[str, dict[str, str]]:
    """Give the tokens of the light set and of the dark one."""
    light, forced_dark, preferred_dark = (
        dict(TOKEN.findall(block)) for block in re.split(r"\n\.vk\[|\n@media", CSS)[:3]
    )
    assert forced_dark == preferred_dark, "the two ways into the dark set must agree"
    return {"light": light, "dark": forced_dark}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read_on_its_ground(name: str, ink: str, ground: str) -> None:
    tokens = sets()[name]
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), CONTROL_ON)
def test_the_edge_of_a_control_can_be_seen(name: str, edge: str, ground: str) -> None:
    tokens = sets()[name]
    assert contrast(tokens[edge], tokens[ground]) >= 3


def test_both_sets_name_the_same_colours() -> None:
    both = sets()
    assert both["light"].keys() == both["dark"].keys()
