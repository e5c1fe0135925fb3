"""What was vendored is what the lock names, with its licence, and none of it is missing or for nothing."""

import hashlib
import json
import re

from veranderkracht.web import STATIC, icon

LOCK = json.loads((STATIC / "vendor.lock.json").read_text(encoding="utf-8"))
TEMPLATES = STATIC.parent / "templates"


def test_every_vendored_file_is_the_one_in_the_lock() -> None:
    locked = {place: digest for package in LOCK for place, digest in package["sha256"].items()}
    found = {
        str(path.relative_to(STATIC)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("fonts", "icons", "vendor")
        for path in (STATIC / folder).rglob("*")
        if path.is_file()
    }
    assert found == locked


def test_every_package_comes_with_its_licence() -> None:
    for package in LOCK:
        [licence] = [place for place in package["sha256"] if place.endswith(".LICENSE.txt")]
        assert "icense" in (STATIC / licence).read_text(encoding="utf-8")
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])


def test_every_font_in_the_stylesheet_is_there() -> None:
    asked = re.findall(r'url\("\.\./(fonts/[^"]+)"\)', (STATIC / "css" / "fonts.css").read_text(encoding="utf-8"))
    assert sorted(asked) == sorted(str(path.relative_to(STATIC)) for path in (STATIC / "fonts").glob("*.woff2"))


def test_every_icon_that_a_template_asks_for_is_there_and_none_is_for_nothing() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    asked = set(re.findall(r'icon\("([a-z0-9-]+)"\)', templates))
    asked |= set(re.findall(r'header\(view, _\("\w+"\), "([a-z0-9-]+)"\)', templates))
    sprite = (STATIC / "icons" / "lucide.svg").read_text(encoding="utf-8")
    assert asked == set(re.findall(r'<symbol id="([^"]+)"', sprite))
    assert all("<path" in icon(name) or "<circle" in icon(name) for name in asked)
