"""
What browsers load beside a page: one stylesheet, one script, modules for later, pictures.  Names carry a digest of the content.

Nothing is parsed: comments and indentation go by expressions that know strings, so what a theme author writes is what is served.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kbgen.digests import digest

_CSS = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\s*([{};,>])\s*|(?<=[\w)-]):\s+|\s+""", re.DOTALL)
_CSS_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/""", re.DOTALL)
_JS_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/[ \t]*\n?|//[^\n]*\n?)", re.MULTILINE | re.DOTALL)
_JS_INDENT = re.compile(r"^[ \t]+|\n(?=[ \t]*\n)", re.MULTILINE)
_IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{1,2}/[^"']+)\2""")
_EXPORTS = re.compile(r"^export ", re.MULTILINE)
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
        body, count = _EXPORT.subn(r"return \1;", lean(text))
        if count != 1 or _EXPORTS.search(body) or _IMPORT.search(body):
            raise BundleError(name, "A script that every page loads imports nothing and ends in  export default NAME;")
        lines.append(f'parts["{module}"] = (() => {{\n{body.strip()}\n}})();')
    return "\n".join([*lines, lean(runner).strip(), ""]).encode()


def lean(text: str) -> str:
    """Take comment lines, indentation and empty lines out of a script."""
    return _JS_INDENT.sub("", _JS_COMMENT.sub("", text))


def modules(texts: Mapping[str, str]) -> dict[str, Asset]:
    """
    Name the modules that are loaded later, those that others import first, so that each imports its neighbours by their full names.

    Args:
        texts: Path in the theme -> text.

    Raises: BundleError: If a module imports a file that is not among them, or modules import each other in a ring.
    """
    done: dict[str, Asset] = {}

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

        data = _IMPORT.sub(rewrite, lean(texts[name])).encode()
        done[name] = named(posixpath.basename(name).removesuffix(".mjs"), "mjs", data)
        return done[name]

    for name in texts:
        make(name, ())
    return done
