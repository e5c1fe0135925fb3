"""Fetch the fonts, icons and chart library that the web components ship, pinned by version and hash.

Owns `veranderkracht/web/static/fonts/`, `icons/`, `vendor/` and `vendor.lock.json`. Run it by hand when a version
goes up: `python scripts/vendor_web.py` fetches from the npm registry, writes the files and the lock. The tests compare
the files on disk with the lock and never touch the network.
"""

import hashlib
import io
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

import requests

STATIC = Path(__file__).resolve().parent.parent / "veranderkracht" / "web" / "static"
REGISTRY = "https://registry.npmjs.org"

ICONS = (
    "arrow-left arrow-right book-open check circle-alert circle-check circle-dashed circle-x clipboard-check clock"
    " clipboard-list external-link feather gauge library list-checks pencil-line plus printer refresh-cw send trash-2"
    " users"
).split()


@dataclass(frozen=True)
class Package:
    """An npm package, the files to take from it, and where they go below the static folder."""

    name: str
    version: str
    files: dict[str, str]


def font(family: str, *cuts: str) -> dict[str, str]:
    """Give the woff2 files (latin subset) of these cuts, such as `400-normal`, with their place here."""
    return {f"files/{family}-latin-{cut}.woff2": f"fonts/{family}-latin-{cut}.woff2" for cut in cuts}


PACKAGES = (
    Package(
        "@fontsource/source-serif-4",
        "5.3.1",
        {"LICENSE": "fonts/source-serif-4.LICENSE.txt"}
        | font("source-serif-4", "400-normal", "400-italic", "600-normal"),
    ),
    Package(
        "@fontsource/atkinson-hyperlegible",
        "5.3.0",
        {"LICENSE": "fonts/atkinson-hyperlegible.LICENSE.txt"}
        | font("atkinson-hyperlegible", "400-normal", "700-normal"),
    ),
    Package(
        "chart.js", "4.6.1", {"LICENSE.md": "vendor/chart.LICENSE.txt", "dist/chart.umd.min.js": "vendor/chart.js"}
    ),
    Package(
        "lucide-static",
        "1.62.0",
        {"LICENSE": "icons/lucide.LICENSE.txt"} | {f"icons/{name}.svg": f"icons/{name}.svg" for name in ICONS},
    ),
)


def fetch(package: Package) -> dict[str, bytes]:
    """Give the wanted files of one package, by their place below the static folder.

    Raises:
        SystemExit: the registry's tarball does not have the hash that the registry itself names.
    """
    about = requests.get(f"{REGISTRY}/{package.name}/{package.version}", timeout=30).json()
    tarball = requests.get(about["dist"]["tarball"], timeout=60).content
    if hashlib.sha1(tarball, usedforsecurity=False).hexdigest() != about["dist"]["shasum"]:
        raise SystemExit(f"{package.name}: het archief klopt niet met zijn controlegetal in het register")
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        found = {}
        for inside, place in package.files.items():
            member = archive.extractfile(f"package/{inside}")
            assert member is not None, f"{package.name} heeft geen {inside}"
            found[place] = member.read()
        return found


def as_module(source: bytes) -> bytes:
    """Turn a UMD bundle into an ES module around it, unchanged: in a page with RequireJS, as an LMS, it would look for
    that, and elsewhere it would leave a global."""
    opening = b"const module = { exports: {} }, exports = module.exports;\n"
    return opening + source + b"\nexport default module.exports;\n"


def sprite(icons: dict[str, bytes]) -> bytes:
    """Join icon files into one SVG of symbols, which templates take their shapes from."""
    symbols = []
    for name, source in sorted(icons.items()):
        inner = re.sub(r"<!--.*?-->|</?svg[^>]*>", "", source.decode(), flags=re.DOTALL)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(inner.split(chr(10))).strip()}</symbol>')
    body = "\n".join(re.sub(r"\s{2,}", "", symbol) for symbol in symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()


def main() -> None:
    """Write every vendored file, the sprite and the lock."""
    lock = []
    for package in PACKAGES:
        files = fetch(package)
        icons = {Path(place).stem: data for place, data in files.items() if place.endswith(".svg")}
        if icons:
            files = {place: data for place, data in files.items() if not place.endswith(".svg")}
            files["icons/lucide.svg"] = sprite(icons)
        files = {place: as_module(data) if place.endswith(".js") else data for place, data in files.items()}
        for place, data in files.items():
            target = STATIC / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        hashes = {place: hashlib.sha256(data).hexdigest() for place, data in sorted(files.items())}
        lock.append({"package": package.name, "version": package.version, "sha256": hashes})
    (STATIC / "vendor.lock.json").write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
