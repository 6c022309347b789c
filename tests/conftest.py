"""Fixtures that every room's tests share: small sites on disk, a folder served over HTTP, and pages in Chromium."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

settings.register_profile("house", deadline=None, print_blob=True)  # two shared cores: time says nothing about right or wrong
settings.load_profile("house")

CONFIG = '[site]\ntitle = "Test"\nbase_url = "https://help.example"\n'
GIT_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_COUNT": "1",  # a checkout that another account owns, as in containers, is still read
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
    "GIT_AUTHOR_NAME": "Writer",
    "GIT_AUTHOR_EMAIL": "writer@help.example",
    "GIT_COMMITTER_NAME": "Writer",
    "GIT_COMMITTER_EMAIL": "writer@help.example",
}
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "dark": {"color_scheme": "dark"},
    "light": {"color_scheme": "light"},
    "calm": {"reduced_motion": "reduce"},
    "contrast": {"forced_colors": "active"},
    "no-script": {"java_script_enabled": False},
    "rtl": {"locale": "fa-IR"},
}
BROWSER_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
MIME = {
    ".mjs": "text/javascript; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/xml",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".webm": "video/webm",
}


@pytest.fixture(autouse=True, scope="session")
def _own_git_identity() -> Iterator[None]:
    """Let tests commit on a machine whose git knows nobody, and never with somebody's own settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in GIT_ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def site_factory(tmp_path: Path) -> Callable[..., Path]:
    """
    Make a site on disk from a dict of path -> text (or bytes) and return its folder.

    A kbgen.toml is added when the dict has none; `git=True` commits everything once, with a date that never changes.
    """

    def make(files: Mapping[str, str | bytes], *, name: str = "site", git: bool = False) -> Path:
        root = tmp_path / name
        for path, text in {"kbgen.toml": CONFIG, **files}.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        if git:
            commit_all(root)
        return root

    return make


def commit_all(root: Path, *, message: str = "Write", date: str = "2026-01-05T10:00:00+00:00") -> None:
    """Commit everything below *root*, which becomes a repository if it is none."""
    environment = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    for command in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "--message", message]):
        subprocess.run(["git", *command], cwd=root, env=environment, check=True, capture_output=True)


class PortalHandler(SimpleHTTPRequestHandler):
    """Serves files as a static host does: folder pages, the right types, and 404.html with status 404."""

    extensions_map = MIME
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Stay silent: pytest shows what matters."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file; a browser that has gone on to another page is no error."""
        with suppress(ConnectionError):
            super().copyfile(source, outputfile)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a missing file with the portal's own page."""
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", MIME[".html"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve *folder* on a free port of this machine; gives the address, with a closing slash."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(PortalHandler, directory=str(folder))) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def serve_folder() -> Iterator[Callable[[Path], str]]:
    """Serve a folder until the tests end; call it with a path, it returns the address."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(serving(Path(folder)))


def chromium_path(own: str) -> str:
    """Find the browser: KBGEN_CHROMIUM, the system's, then Playwright's *own*.  A missing one fails the test: a skip would hide it."""
    for path in (os.environ.get("KBGEN_CHROMIUM", ""), "/usr/bin/chromium", own):
        if path and Path(path).is_file():
            return path
    return pytest.fail("No Chromium. Run ./dev test, which installs it, or set KBGEN_CHROMIUM to its path.", pytrace=False)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """
    Chromium, started once.  It resolves no name but localhost, so nothing outside is ever reached.

    While it runs, the main thread has a running event loop: code under test that calls asyncio.run needs a thread or a process.
    """
    from playwright.sync_api import sync_playwright

    flags = [*BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 or "KBGEN_NO_SANDBOX" in os.environ else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(playwright.chromium.executable_path), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def context_options() -> str | tuple[str, ...] | dict[str, Any]:
    """
    What kind of reader the page has.  Override it where the test stands.

    Give a name of VARIANTS, several names, or Playwright's own options:
        @pytest.mark.parametrize("context_options", ["desk", "no-script", ("phone", "dark")], ids=str)
    """
    return "desk"


@pytest.fixture
def outside_requests() -> list[str]:
    """Addresses outside this machine that the page asked for.  `page` fails if any is left at the end of the test."""
    return []


@pytest.fixture
def context(chromium: Browser, context_options: Any, outside_requests: list[str]) -> Iterator[BrowserContext]:
    """Open a fresh profile for one test."""
    context = chromium.new_context(**reader_options(context_options))
    context.set_default_timeout(30_000)  # two cores that other tests use too
    context.on("request", lambda request: None if is_local(request.url) else outside_requests.append(request.url))
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, outside_requests: list[str]) -> Iterator[Page]:
    """Open an empty page; an error in a script, or a request to another machine, fails the test at its end."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page

    assert not errors, f"A script of the page failed: {errors}"
    assert not outside_requests, f"The page asked another machine: {outside_requests}"


def reader_options(chosen: str | tuple[str, ...] | Mapping[str, Any]) -> dict[str, Any]:
    """Merge named variants, or pass Playwright's own options on."""
    if isinstance(chosen, Mapping):
        return dict(chosen)
    names = (chosen,) if isinstance(chosen, str) else chosen
    return {option: value for name in ("desk", *names) for option, value in VARIANTS[name].items()}


def is_local(url: str) -> bool:
    """Tell whether an address stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in {"about", "blob", "data"} or parts.hostname in {"127.0.0.1", "localhost"}
