"""A category that changes its place with all that lies in it, in one language or in each that has it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from kbgen.review.moving import CONTENT, Done, MoveError, carry, is_article, name_fault


def find(root: Path, here: Path, name: str) -> tuple[str, ...]:
    """
    Find a folder of articles, seen from *here* or the top; without a language in its name, that of every language which has it.

    Returns: Paths relative to the knowledge base, content/<locale>/…; empty for none.
    """
    content = root / CONTENT
    for place in (here / name, root / name, content / name):
        path = Path(os.path.normpath(place))
        if path.is_dir() and path.is_relative_to(content) and len(path.relative_to(content).parts) > 1:
            return (path.relative_to(root).as_posix(),)
    places = [one / os.path.normpath(name) for one in sorted(content.glob("[!_.]*")) if one.is_dir()]
    inside = (one for one in places if one.is_dir() and one.is_relative_to(content) and ".." not in one.parts)
    return tuple(one.relative_to(root).as_posix() for one in inside if len(one.relative_to(content).parts) > 1)


def move(root: Path, here: Path, folders: tuple[str, ...], new: str, public: Callable[[str], bool]) -> Done:
    """
    Move folders, what lies below them included.

    Args:
        folders: As `find` returns them.
        new: Where the folder itself shall lie, with a language in its name only if one folder moves.
        public: As for `moving.move`.
    Raises: MoveError: With everything that is in the way.
    """
    places = {old: _goal(root, here, old, new, alone=len(folders) == 1) for old in folders}
    if faults := [fault for old, goal in places.items() for fault in _faults(root, old, goal)]:
        raise MoveError("\n".join(faults))
    return carry(root, places, public)


def _goal(root: Path, here: Path, old: str, new: str, *, alone: bool) -> str:
    locale = old.split("/")[1]
    if alone and new.startswith(f"{CONTENT}/"):
        top = root
    elif alone and here.is_relative_to(root / CONTENT):
        top = here
    else:
        top = root / CONTENT if alone and new.split("/", 1)[0] == locale else root / CONTENT / locale
    return os.path.relpath(os.path.normpath(top / new), root).replace(os.sep, "/")


def _faults(root: Path, old: str, new: str) -> Iterator[str]:
    top = "/".join(old.split("/")[:2])
    articles = [path.relative_to(root).as_posix() for path in (root / old).rglob("*.md")]
    if (root / old).resolve() != (root / CONTENT).resolve() / Path(old).relative_to(CONTENT):
        yield f"{old} is a link, or lies below one. Move the folder itself"
    elif not any(map(is_article, articles)):
        yield f"{old} holds no article. What stands beside articles moves with them"
    if not new.startswith(f"{top}/"):
        yield f"{new} is not in {top}/. Write  {top}/…"
    elif new == old:
        yield f"{new} is where it lies already. Name another place"
    elif new.startswith(f"{old}/") or old.startswith(f"{new}/"):
        yield f"{old} cannot become {new}: one lies in the other. Move it to a third place first, or its articles one by one"
    elif (root / new).exists() and not (root / new).samefile(root / old):
        yield f"{new} exists already. Choose another name, or move the articles one by one"
    elif fault := name_fault(new):
        yield f"{new} cannot be a category: {fault}"
