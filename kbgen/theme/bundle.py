"""
What browsers load beside a page: one stylesheet, one script, modules for later, pictures.  Names carry a digest of the content.

Stylesheets lose comments and space by expressions that know strings; of scripts see lean.py.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kbgen.digests import digest
from kbgen.theme.lean import bare, lean

_CSS = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\s*([{};,>])\s*|(?<=[\w)-]):\s+|\s+""", re.DOTALL)
_CSS_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/""", re.DOTALL)
_IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{1,2}/[^"']+)\2""")
_IMPORTED = re.compile(r"""^import (\{[^}]*\}) from (["'])(\.{1,2}/[^"']+)\2;""", re.MULTILINE)
_EXPORTS = re.compile(r"^export ", re.MULTILINE)
_EXPORTED = re.compile(r"^export ((?:async )?function|const|let) (\w+)", re.MULTILINE)
_EXPORT = re.compile(r"^export default (\w+);\s*$", re.MULTILINE)


class BundleError(ValueError):
    """A file of the theme that cannot be served; `name` is its path in the theme."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages point at; `url` is relative to the top of the portal."""

    url: str
    data: bytes


def named(stem: str, extension: str, data: bytes) -> Asset:
    """Give a file the name that it is served under: "assets/kb.0f3a9c21d4.css"."""
    return Asset(f"assets/{stem}.{digest(data)[:10]}.{extension}", data)


def stylesheet(texts: Sequence[str]) -> bytes:
    """Join stylesheets, without comments and needless space."""
    return (
        "".join(_CSS.sub(_squeeze, _CSS_COMMENT.sub(lambda one: one[1] or " ", text)).strip() for text in texts).replace(";}", "}").encode()
    )


def _squeeze(found: re.Match[str]) -> str:
    if found[1] or found[2]:
        return found[1] or found[2]
    return ":" if found[0].startswith(":") else " "


def script(parts: Mapping[str, tuple[str, str]], runner: str) -> bytes:
    """
    Join the scripts that every page loads into one module.

    Args:
        parts: Module name ("kb-toc") -> (file name, text); each text ends in `export default NAME;` and imports nothing.
        runner: Hands each element with `data-module` to its part, which it finds in the object `parts`.

    Raises: BundleError: If a text imports, or exports anything but one default name.
    """
    lines = ["const parts = {};"]
    for module, (name, text) in parts.items():
        body, count = _EXPORT.subn(r"return \1;", bare(text))
        if count != 1 or _EXPORTS.search(body) or _IMPORT.search(body):
            raise BundleError(name, "A script that every page loads imports nothing and ends in  export default NAME;")
        lines.append(f'parts["{module}"] = (() => {{\n{body.strip()}\n}})();')
    return lean("\n".join([*lines, runner])).encode()


def modules(texts: Mapping[str, str], parts: Mapping[str, str] | None = None) -> dict[str, Asset]:
    """
    Name the modules that are loaded later, those that others import first, so that each imports its neighbours by their full names.

    Args:
        texts: Path in the theme -> text.
        parts: The same of files that are no modules of their own: each becomes part of the module that imports it.

    Raises: BundleError: If a module imports a file that is in neither, or modules import each other in a ring.
    """
    done: dict[str, Asset] = {}

    def whole(name: str, text: str) -> str:
        def put(found: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[3]))
            if not parts or target not in parts:
                return found[0]
            wanted = [one.strip().partition(" as ") for one in found[1].strip("{ }").split(",") if one.strip()]
            value = _part(target, parts[target], [theirs for theirs, _, _ in wanted])
            return f"const [{', '.join(ours or theirs for theirs, _, ours in wanted)}] = {value};"

        return _IMPORTED.sub(put, bare(text))

    def make(name: str, ring: tuple[str, ...]) -> Asset:
        if name in done:
            return done[name]
        if name in ring:
            raise BundleError(name, f"These scripts import each other in a ring: {' -> '.join((*ring, name))}")

        def rewrite(found: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[3]))
            if target not in texts:
                raise BundleError(name, f"The script imports {found[3]}, which theme.toml does not list")
            return f"{found[1]}{found[2]}./{posixpath.basename(make(target, (*ring, name)).url)}{found[2]}"

        data = lean(_IMPORT.sub(rewrite, whole(name, texts[name]))).encode()
        done[name] = named(posixpath.basename(name).removesuffix(".mjs"), "mjs", data)
        return done[name]

    for name in texts:
        make(name, ())
    return done


def _part(name: str, text: str, wanted: Sequence[str]) -> str:
    """Return a module as a value: a list of what is wanted of its exports, for names of a list can be made short."""
    body, count = _EXPORTED.subn(r"\1 \2", bare(text))
    if not count or _EXPORTS.search(body) or _IMPORT.search(body):
        raise BundleError(name, "A script that becomes part of another imports nothing and exports functions and constants by name")
    if missing := set(wanted) - {found[2] for found in _EXPORTED.finditer(bare(text))}:
        raise BundleError(name, f"The script does not export {', '.join(sorted(missing))}")
    return f"(() => {{\n{body}\nreturn [{', '.join(wanted)}];\n}})()"
