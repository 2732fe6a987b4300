"""A real Chromium for pages' tests: import `chromium` in the module."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 90_000  #: milliseconds; a machine that is busy with something else must not fail a test
PHONE, DESKTOP = (390, 844), (1280, 900)

in_a_browser = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; install it or set CHROMIUM"),
]

Window = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Window]:
    """Opens windows `chromium(size)` as context managers; errors of the page fail the test."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=ARGS)

        @contextmanager
        def window(size: tuple[int, int], **options: Any) -> Iterator[Any]:
            viewport = {"width": size[0], "height": size[1]}
            context = browser.new_context(viewport=viewport, locale="zh-CN", **options)
            context.set_default_timeout(PATIENCE)
            page, problems = context.new_page(), []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on(
                "console",
                lambda said: problems.append(said.text) if _breaks_policy(said) else None,
            )
            yield page
            context.close()
            assert problems == []

        yield window
        browser.close()


def shown(page: Any, text: Any) -> None:
    """Waits for a locator of the next page, then for the whole of that page and its scripts: a key
    pressed before they ran would be lost, and what stands further below might not be there yet.
    """
    text.wait_for()
    page.wait_for_load_state("load")


@pytest.fixture
def kept_picture() -> Callable[[Any, str], None]:
    """Keeps a picture of the whole page under a name, in `test-output/screenshots`."""
    folder = Path(os.environ.get("SCREENSHOTS", "test-output/screenshots"))

    def keep(page: Any, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    return keep


def _breaks_policy(said: Any) -> bool:
    return said.type == "error" and "status of 4" not in said.text


def too_wide(page: Any) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
