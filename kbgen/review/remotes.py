"""Where a forge shows a line of a file, by the address of the remote `origin`."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from kbgen.review import git

_ADDRESS = re.compile(r"(?:https?://(?:[^@/\s]+@)?|ssh://(?:[^@/\s]+@)?|[\w.-]+@)([\w.-]+)(?::\d+)?[:/]([\w./~-]+?)(?:\.git)?/?")
_SHAPES = (  # part of the host's name -> how it shows a line
    ("gitlab", "https://{host}/{repository}/-/blob/{{commit}}/{{path}}#L{{line}}"),
    ("github", "https://{host}/{repository}/blob/{{commit}}/{{path}}?plain=1#L{{line}}"),
    ("codeberg", "https://{host}/{repository}/src/commit/{{commit}}/{{path}}#L{{line}}"),
    ("forgejo", "https://{host}/{repository}/src/commit/{{commit}}/{{path}}#L{{line}}"),
    ("gitea", "https://{host}/{repository}/src/commit/{{commit}}/{{path}}#L{{line}}"),
)


def forge_of(root: Path, prefix: str = "") -> str:
    """
    Return how the forge of a checkout shows a line.

    Args:
        root: The knowledge base's folder.
        prefix: Of it in the repository, "" or "help/".

    Returns: An address with {commit}, {path} and {line}; "" when the host's name does not say which forge it is.
    """
    try:
        url = git.run(root, "config", "--get", "remote.origin.url").decode("utf-8", "replace")
    except git.GitError:  # it has none
        return ""
    return shown(url, prefix)


def shown(url: str, prefix: str = "") -> str:
    """Return how the forge behind a remote's address shows a line; see `forge_of`."""
    found = _ADDRESS.fullmatch(url.strip())
    shape = next((shape for name, shape in _SHAPES if found and name in found[1]), "")
    if not found or not shape:
        return ""
    made = shape.format(host=found[1], repository=found[2].strip("/"))
    return made.replace("{path}", f"{quote(prefix)}{{path}}")
