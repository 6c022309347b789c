"""The sample portal, served; and a listener for what a browser complains about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser.sample import SERVICE, built
from browser.small_service import Service, built_for, listening
from conftest import is_local, reader_options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="session")
def portal(serve_folder: Callable[[Path], str]) -> str:
    """Serve the sample portal; returns its address, with a closing slash."""
    return serve_folder(built())


@pytest.fixture(scope="session")
def small_service(serve_folder: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Run a service on a free port, with a small portal that posts to it."""
    with listening() as one:
        one.portal = serve_folder(built_for(one, tmp_path_factory.mktemp("site")))
        yield one


@pytest.fixture
def service(small_service: Service, page: Page) -> Iterator[Service]:
    """The service, up and empty; at the end the page is left, so that nothing of it reaches the next test."""
    small_service.forget()
    yield small_service
    page.goto("about:blank")


class Reader:
    """A browser window that collects what went wrong while it walked."""

    def __init__(self, browser: Browser, portal: str, options: dict[str, Any]) -> None:
        self.portal = portal
        self.wrong: list[str] = []
        self.requests: list[str] = []
        self.context: BrowserContext = browser.new_context(**options)
        self.context.set_default_timeout(30_000)  # two cores that other tests use too
        self.context.route(f"{SERVICE}/**", lambda route: route.abort("connectionrefused"))
        self.context.on("request", self._asked)
        self.context.on("weberror", lambda error: self.wrong.append(f"{self.page.url}: {error.error}"))
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self._said(said.type, said.text))

    def _asked(self, request: Any) -> None:
        self.requests.append(request.url)
        if not is_local(request.url):
            self.wrong.append(f"{self.page.url} asked another machine: {request.url}")

    def _said(self, kind: str, text: str) -> None:
        # The address of the missing page itself, and the service that is down on purpose, are reported by the browser.
        expected = "status of 404" in text or "ERR_CONNECTION_REFUSED" in text
        if kind in {"error", "warning"} and not expected:
            self.wrong.append(f"{self.page.url}: {kind}: {text}")

    def open(self, url: str) -> Page:
        """Go to an address of the portal."""
        self.page.goto(self.portal + url)
        return self.page


@pytest.fixture
def reader(chromium: Browser, portal: str, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """
    Open the portal as one kind of reader; anything the browser complains about fails the test at its end.

    Parametrize it with a name of VARIANTS, several names, or Playwright's own options.
    """
    one = Reader(chromium, portal, reader_options(getattr(request, "param", "desk")))
    yield one
    one.context.close()

    assert not one.wrong, "\n".join(dict.fromkeys(one.wrong))
