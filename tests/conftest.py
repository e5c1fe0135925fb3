"""What every room's tests share: one Django, set up before anything else can, and one browser for the whole run.

Playwright's synchronous API allows no second browser, Django no second settings.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import django
import pytest

from veranderkracht import languages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.django_settings"
# Playwright's synchronous API leaves an event loop running in this thread; Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    """A test client asks within the test's own context, so that a language would stay for the tests after it."""
    yield
    languages.speak(languages.SOURCE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Imported late: the environment that resembles an LMS has no browser, and needs this file all the same.
    from playwright.sync_api import sync_playwright

    from tests.browser import CHROMIUM, LAUNCH_ARGUMENTS, require_chromium

    require_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH_ARGUMENTS)
        yield browser
        browser.close()
