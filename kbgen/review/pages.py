"""Which file a page of the portal comes from, without building it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from kbgen.review import moving


def file_of(root: Path, name: str, locale: str) -> str:
    """
    Find an article by its address, its id or its file.

    Args:
        name: An address with or without the host, an id, or a path.
        locale: Of an id that several languages have, "" for any.
    Returns: Its path relative to the knowledge base.
    Raises: moving.MoveError: There is none.
    """
    if "/" not in name.strip("/") or name.endswith(".md"):
        found = [path for path, key in moving.ids(root) if key == name and locale in {"", path.split("/")[1]}]
        return found[0] if found else moving.find(root, root, name)
    url = unquote(urlsplit(name).path).strip("/").removesuffix("index.html").strip("/")
    parts = url.split("/")
    at = next((at for at, part in enumerate(parts) if (root / "content" / part).is_dir()), 0)  # the portal may stand in a folder
    wanted = "/".join(parts[at:])
    guess = f"content/{wanted}.md"
    paths = [guess] if (root / guess).is_file() else []
    paths += [path for path, _ in moving.ids(root) if path != guess]
    tail = wanted.partition("/")[2]
    lent = ""
    for path in paths:
        if tail.rpartition("/")[2] not in path and b"slug" not in (data := (root / path).read_bytes()) and b"aliases" not in data:
            continue
        try:
            article = moving.read(root, path)
        except moving.MoveError:
            continue
        own = unquote(article.url()).strip("/")
        if own == wanted or any(unquote(one).strip("/") == wanted for one in article.head.aliases):
            return path
        if own.partition("/")[2] == tail:
            lent = path  # the language has no text of its own, and this one stands in
    if not lent:
        raise moving.MoveError(f"No article stands at {name}. Addresses look like  /en/account/reset-password/")
    return lent
