"""The forge behind a remote: which one it is, where it shows a line of a file, where it takes a pull request."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from kbgen.review import git

_SHORT = re.compile(r"(?:[^@/:]+@)?([^/:]+):(?!/)(.+)")  # git@host:owner/name.git
_NAMED = {"github": "github", "gitlab": "gitlab", "codeberg": "forgejo", "forgejo": "forgejo", "gitea": "forgejo"}
_FILES = {".gitlab-ci.yml": "gitlab", ".forgejo": "forgejo", ".gitea": "forgejo", ".github": "github"}
_LINES = {
    "gitlab": "https://{place}/-/blob/{{commit}}/{prefix}{{path}}#L{{line}}",
    "github": "https://{place}/blob/{{commit}}/{prefix}{{path}}?plain=1#L{{line}}",
    "forgejo": "https://{place}/src/commit/{{commit}}/{prefix}{{path}}#L{{line}}",
}
_PROPOSALS = {
    "github": "https://{place}/compare/{main}...{branch}?expand=1",
    "gitlab": "https://{place}/-/merge_requests/new?merge_request%5Bsource_branch%5D={branch}",
    "forgejo": "https://{place}/compare/{main}...{branch}",
}


def forge_of(root: Path, prefix: str = "") -> str:
    """
    Return how the forge of a checkout shows a line.

    Args:
        root: The knowledge base's folder.
        prefix: Of it in the repository, "" or "help/".

    Returns: An address with {commit}, {path} and {line}; "" when nothing says which forge it is.
    """
    try:
        url = git.run(root, "config", "--get", "remote.origin.url").decode("utf-8", "replace").strip()
    except git.GitError:  # it has none
        return ""
    forge, place = _known(root, url)
    return _LINES[forge].format(place=place, prefix=quote(prefix)) if forge else ""


def page_of(root: Path, url: str, branch: str, main: str) -> str:
    """Return the address at which the forge behind a remote takes a pull request; "" where there is no forge."""
    forge, place = _known(root, url)
    mine = quote(branch, safe="" if forge == "gitlab" else "/")
    return _PROPOSALS[forge].format(place=place, branch=mine, main=quote(main)) if forge else ""


def _known(root: Path, url: str) -> tuple[str, str]:
    """Return which forge it is, "" for none, and its host with the name of the repository: by the host, or by the forge's own files."""
    host, name = _parted(url)
    forge = next((_NAMED[word] for word in re.split(r"[.-]", host) if word in _NAMED), "") if host else ""
    if host and not forge:
        forge = next((_FILES[file] for file in _FILES if (root / file).exists()), "")
    return forge, f"{host}/{name}".replace("{", "%7B").replace("}", "%7D")


def _parted(url: str) -> tuple[str, str]:
    """Return host and name of a remote, without who signs in there; two empty texts for a folder."""
    short = _SHORT.fullmatch(url)
    if "://" not in url:
        host, path = (short[1], short[2]) if short else ("", "")
    else:
        try:
            parts = urlsplit(url)
            host, path = parts.hostname or "", parts.path
            if parts.port and parts.scheme in {"http", "https"}:
                host = f"{host}:{parts.port}"
        except ValueError:
            return "", ""
    return host, quote(path.strip("/").removesuffix(".git"))
