"""Reading a theme from its folders, the site's own over the default one; what is wrong is collected, never raised."""

from __future__ import annotations

import os
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kbgen.model import Problem
from kbgen.theme import bundle, typos
from kbgen.theme.bundle import Asset, BundleError
from kbgen.theme.closure import lint
from kbgen.theme.theme import Theme
from kbgen.theme.words import merge, missing

_COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}|[a-z]{3,24}|(?:rgb|rgba|hsl|hsla|hwb|oklch|oklab|lab|lch|color|light-dark)\([\w\s#.,%/()-]{1,120}\)"
)
_COLOUR_NAME = re.compile(r"[a-z][a-z-]{0,30}")
_TEXT = frozenset({".html", ".css", ".mjs", ".js", ".toml", ".svg"})


def load(folders: Sequence[Path], locales: Sequence[str], colours: Mapping[str, str] | None = None) -> tuple[Theme, tuple[Problem, ...]]:
    """
    Read a theme.

    Args:
        folders: The site's own folder first, the default theme last. A file hides the one of the same name behind it; words are
            laid over each other one by one.
        locales: Those that the site has.
        colours: Token -> CSS colour, laid over the stylesheet: {"accent": "#0a6b5c"}.

    Returns: The theme, and what is wrong with it; problems are shown, never raised.
    """
    problems = [
        Problem(_label(one), 0, 0, "KB912", "The theme's folder does not exist", "Make it, or correct [theme] in kbgen.toml")
        for one in folders
        if not one.is_dir()
    ]
    texts, places, default = _read(folders)
    settings = _settings(texts, places, problems)
    assets = _assets(texts, places, settings, problems)
    assets["kb.css"] = _styles(texts, settings, _colours(colours or {}, problems))
    theme = Theme(texts, places, assets, settings)
    problems += lint(texts, places)
    problems += _check_words(theme, locales)
    problems += typos.files(places, default, texts, (settings, locales))
    problems += typos.words(texts, places)
    problems += typos.colours([name for name in colours or () if _COLOUR_NAME.fullmatch(name)], texts) if colours else ()
    return theme, tuple(dict.fromkeys(problems))


def _read(folders: Sequence[Path]) -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """
    Read every file.  Words of a folder in front stand beside those behind it.

    Returns: Path in the theme -> text; -> place for messages; and the paths of the theme behind all others.
    """
    texts: dict[str, str] = {}
    places: dict[str, str] = {}
    default: frozenset[str] = frozenset()
    for depth, folder in enumerate(one for one in reversed(folders) if one.is_dir()):
        for name, path in _files(folder):
            key = f"{name}#{depth}" if depth and name.startswith("words/") else name
            with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - as in _files
                texts[key] = file.read()
            places[key] = f"{_label(folder)}/{name}"
        default = default if depth else frozenset(texts)
    return texts, places, default


def _check_words(theme: Theme, locales: Sequence[str]) -> Iterator[Problem]:
    """Yield broken words files, and locales that have none."""
    known = {name.removeprefix("words/").partition(".toml")[0] for name in theme.texts if name.startswith("words/")}
    for locale in locales:
        yield from merge(theme.words_files(locale))[1]
        if missing(locale, known):
            message = f"The theme has no words for {locale}"
            yield Problem(f"words/{locale}.toml", 0, 0, "KB906", message, "Add this file to the theme's folder", "warning")


def _label(folder: Path) -> str:
    return f"themes/{folder.name}" if folder.parent.name in {"themes", "_themes"} else folder.name


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (path in the folder, path) of a theme's text files; links are not followed, so that nothing outside it can be read."""
    todo = [""]
    while todo:
        below = todo.pop()
        for entry in sorted(os.scandir(os.path.join(folder, below)), key=lambda one: one.name):  # noqa: PTH118 - three times as quick as pathlib
            name = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                todo.append(f"{name}/")
            elif entry.is_file(follow_symlinks=False) and os.path.splitext(name)[1] in _TEXT:  # noqa: PTH122 - as above
                yield name, entry.path


def _settings(texts: Mapping[str, str], places: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(texts.get("theme.toml", ""))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(Problem(places["theme.toml"], 0, 0, "KB905", str(error), "Write theme.toml as the default theme's file shows"))
        return {}


def _styles(texts: Mapping[str, str], settings: Mapping[str, Any], colours: str) -> Asset:
    """Join the stylesheets in the order of theme.toml, then those it does not name, then the site's own."""
    order = [name for name in settings.get("styles", ()) if name in texts]
    apart = settings.get("apart", ())
    rest = sorted(name for name in texts if name.startswith("parts/") and name.endswith(".css") and name not in order and name not in apart)
    own = ["extra.css"] if "extra.css" in texts else []
    return bundle.named("kb", "css", bundle.stylesheet([*(texts[name] for name in (*order, *rest, *own)), colours]))


def _colours(colours: Mapping[str, str], problems: list[Problem]) -> str:
    rules = []
    for name, value in colours.items():
        if _COLOUR_NAME.fullmatch(name) and _COLOUR.fullmatch(value):
            rules.append(f"--kb-{name}:{value}")
        else:
            problems.append(Problem("kbgen.toml", 0, 0, "KB908", f"{name} = {value!r} is not a colour", 'Write  accent = "#0a6b5c"'))
    return f"@layer site{{:root{{{';'.join(rules)}}}}}" if rules else ""


def _assets(texts: Mapping[str, str], places: Mapping[str, str], settings: Mapping[str, Any], problems: list[Problem]) -> dict[str, Asset]:
    """Make everything but the stylesheet of every page: those of single pages, the script of every page, the modules of some, pictures."""
    found: dict[str, Asset] = {}
    for name, text in texts.items():
        if name.startswith("assets/") and name.endswith(".svg"):
            short = name.removeprefix("assets/")
            found[short] = bundle.named(short.removesuffix(".svg"), "svg", re.sub(r"\s*\n\s*", "", text).encode())
    for name in settings.get("apart", ()):
        if name in texts:
            short = name.removeprefix("parts/")
            found[short] = bundle.named(posixpath.basename(short).removesuffix(".css"), "css", bundle.stylesheet([texts[name]]))
    for name in (*settings.get("eager", ()), *settings.get("lazy", ()), *settings.get("apart", ()), settings.get("runner", "")):
        if name and name not in texts:
            message = f"theme.toml names {name}, which the theme does not have"
            problems.append(Problem(places["theme.toml"], 0, 0, "KB914", message, "Add the file, or take its name out"))
    served = {*settings.get("eager", ()), *settings.get("lazy", ())}
    parts = {name: text for name, text in texts.items() if name.endswith(".mjs") and name not in served}
    eager = {f"kb-{name.split('/')[1]}": (name, texts[name]) for name in settings.get("eager", ()) if name in texts}
    lazy = {name: texts[name] for name in settings.get("lazy", ()) if name in texts}
    try:
        found["kb.mjs"] = bundle.named("kb", "mjs", bundle.script(eager, texts.get(settings.get("runner", ""), "")))
        found |= {name.removeprefix("parts/"): asset for name, asset in bundle.modules(lazy, parts).items()}
    except BundleError as error:
        problems.append(Problem(places[error.name], 0, 0, "KB914", str(error), "See docs/theme-author.md, Scripts"))
    return found
