"""Browser tests: the real ``registry demo`` in Debian's Chromium (or any Chromium on the path).

One demonstration and one browser serve the whole directory; each officer and each reader has a
context of his own. After every test nothing may have been asked of another host, and no console
or content-policy error may have been reported.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from browser_kit import CHROMIUM_ARGUMENTS, Chromium, Demo, Office, running_demo
from playwright.sync_api import BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a story stand in its order, also where all others are shuffled."""
    places = [n for n, item in enumerate(items) if item.get_closest_marker("story")]
    told = sorted((items[n] for n in places), key=lambda item: (item.path, item.location[1] or 0))
    for n, item in zip(places, told, strict=True):
        items[n] = item


@pytest.fixture(scope="session")
def executable() -> str:
    for name in NAMES:
        if found := shutil.which(name):
            return found
    pytest.skip(f"browser tests need Chromium on the path ({', '.join(NAMES)}); there is none")


@pytest.fixture(scope="session")
def demo(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    try:
        with running_demo(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser(executable: str, demo: Demo) -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=executable, args=CHROMIUM_ARGUMENTS, timeout=60_000
        )
        yield Chromium(started, demo)
        started.close()


@pytest.fixture(scope="session")
def office(browser: Chromium) -> Office:
    return Office(browser)


@pytest.fixture(autouse=True)
def nothing_to_complain_of(browser: Chromium) -> Iterator[None]:
    yield
    browser.settle()


@pytest.fixture
def context(browser: Chromium) -> Iterator[BrowserContext]:
    """A reader with nothing but HTML and CSS."""
    made = browser.context(java_script_enabled=False)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
