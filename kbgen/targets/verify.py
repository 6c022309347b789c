"""What is out there, against the manifest of the release that should be: by its address, or as a folder."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from kbgen.release.manifest import Release
from kbgen.targets.place import TargetError
from kbgen.urls import path_of

SECONDS = 30
AT_ONCE = 8
_NOT_SERVED = {"_headers", "_redirects"}  # hosts read these and show them to nobody

Fetch = Callable[[str], tuple[int, bytes]]  # URL, relative -> status of HTTP, bytes


def verify(release: Release, where: str) -> list[str]:
    """
    Compare.

    Args:
        where: "https://help.example.org", or a folder.
    Returns: A line for each file that is missing or differs, and for each address of any release that does not answer.
    Raises: TargetError: Nothing answers at all.
    """
    fetch: Fetch = (
        partial(_from_web, where.rstrip("/")) if where.startswith(("http://", "https://")) else partial(_from_folder, Path(where))
    )
    if fetch("")[0] == 0:
        raise TargetError(f"Nothing answers at {where}")
    with ThreadPoolExecutor(AT_ONCE) as many:
        said = [*many.map(partial(_file, fetch, release), sorted(release.files.keys() - _NOT_SERVED))]
        served = {quote(path.removesuffix("index.html")) for path in release.files}
        said += many.map(partial(_address, fetch), sorted(url for url in release.urls if url not in served))
    return [one for one in said if one]


def _file(fetch: Fetch, release: Release, path: str) -> str:
    name, _ = release.files[path]
    url = quote(path.removesuffix("index.html") if path.endswith("/index.html") else path)
    status, data = fetch(url)
    if url in release.redirects and status == http.client.OK:
        return ""  # a host that knows redirects answers with the page itself
    if status != http.client.OK and not path.endswith("404.html"):
        return f"{path}: answers {status}"
    return "" if sha256(data).hexdigest() == name else f"{path}: is not what was published"


def _address(fetch: Fetch, url: str) -> str:
    status, _ = fetch(url)
    return "" if status == http.client.OK else f"{url}: was published once, and answers {status}"


def _from_web(base: str, url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"{base}/{url}", timeout=SECONDS) as answer:  # noqa: S310 - the caller let only http and https in
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except (OSError, http.client.HTTPException):
        return 0, b""


def _from_folder(top: Path, url: str) -> tuple[int, bytes]:
    place = top / path_of(url)
    try:
        return http.client.OK, (place / "index.html" if place.is_dir() else place).read_bytes()
    except OSError:
        return (http.client.NOT_FOUND if url else 0), b""
