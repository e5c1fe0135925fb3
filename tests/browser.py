"""Debian's Chromium for tests: where it is, how it starts, and what an accessibility check must find."""

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
LAUNCH_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (390, 1280)


def require_chromium() -> None:
    """Skip without Chromium, except where CI says that nothing may be skipped."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail("Chromium ontbreekt, en CI slaat niets over")
        pytest.skip("Chromium ontbreekt: apt-get install chromium")


def assert_accessible(page: Page) -> None:
    """Run axe-core on the page with its frames: no serious or critical finding (WCAG 2.2 AA)."""
    # No preload: axe would fetch our stylesheet's imports itself, from the wrong place, and against the page's policy.
    results: dict[str, Any] = Axe().run(page, options={"preload": False}).response
    serious = [
        f"{finding['id']}: {node['html'][:200]}"
        for finding in results["violations"]
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]
    assert results["passes"], "axe heeft niets bekeken"
    assert serious == []


def look(page: Page, name: str) -> None:
    """Keep a screenshot at both widths in VK_SHOTS, where that is set; the height follows the content."""
    if folder := os.environ.get("VK_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(400)
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        if before:
            page.set_viewport_size(before)
