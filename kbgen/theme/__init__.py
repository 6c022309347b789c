"""
A theme: templates, parts, words and what browsers load, from the site's own folder over the default one.

Loading reads text and names it; Jinja is imported only when a page is really rendered, because most builds render few or none.
"""

from __future__ import annotations

import os
import re
import tomllib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kbgen.digests import digest
from kbgen.model import Problem
from kbgen.theme import bundle
from kbgen.theme.bundle import Asset, BundleError
from kbgen.theme.closure import closure_of, lint
from kbgen.theme.words import Words, chain, merge, missing

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["RULES", "Asset", "Theme", "load"]

RULES = {
    "KB901": "The folder of the theme does not exist. `[theme] name` names a folder under themes/, `overrides` one beside kbgen.toml.",
    "KB902": "A template names another by an expression. Names must be written out, because a page is rendered again exactly when one "
    "of the templates that it may use changes.",
    "KB903": "A template, script or stylesheet names a file that no folder of the theme has. Files outside the theme cannot be named.",
    "KB904": "A template has a syntax error.",
    "KB905": "A words file or theme.toml is not TOML, or a word is neither text nor a table of plural forms.",
    "KB906": "The theme has no words for a locale, so its pages show English ones. Put words/<locale>.toml into the theme's folder.",
    "KB907": "An attribute's value in a template is not in quotes. Escaping keeps a value inside quotes; without them a title such as "
    "`x onmouseover=...` becomes an attribute of its own.",
    "KB908": "A colour under [theme] is not one: write #0a6b5c, rgb(), hsl(), oklch(), a colour's name or light-dark(light, dark).",
}
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-z]{3,24}|(?:rgb|rgba|hsl|hsla|hwb|oklch|oklab|lab|lch|color|light-dark)\([\w\s#.,%/()-]{1,120}\)")
_COLOUR_NAME = re.compile(r"[a-z][a-z-]{0,30}")
_TEXT = frozenset({".html", ".css", ".mjs", ".js", ".toml", ".svg"})
_ICON = re.compile(r'<symbol id="([\w-]+)"')
_CALL = re.compile(r"""\{\{ (t|icon|asset)\("([\w./-]+)"(?:, "([\w -]+)")?\) \}\}""")


class Theme:
    """
    The files of a theme and what is made of them.  Immutable; `environment` and `words` are made at their first use.

    `texts` maps a path in the theme ("pages/article.html") to its text, `places` to where it lies, for error messages.
    """

    def __init__(self, texts: Mapping[str, str], places: Mapping[str, str], assets: Mapping[str, Asset], settings: Mapping[str, Any]) -> None:
        self.texts = texts
        self.places = places
        self.assets = assets
        self.icons = frozenset(_ICON.findall(texts.get("assets/icons.svg", "")))
        self.head_script = bundle.lean(texts.get(settings.get("head", ""), "")).replace("\n", "")
        self._script_hash = b64encode(sha256(self.head_script.encode()).digest()).decode()
        self.parts: dict[tuple[str, ...], Markup] = {}  # what `once` has rendered
        self._words: dict[str, Words] = {}
        self._closures: dict[str, str] = {}
        self._outside = digest(self.head_script, *(one.url for one in assets.values()))

    @cached_property
    def digest(self) -> str:
        """Name everything in the theme."""
        return digest(self._outside, *(part for name in sorted(self.texts) for part in (name, self.texts[name])))

    @cached_property
    def environment(self) -> Environment:
        """The templates, ready to render: everything escaped, an unknown name is an error, nothing outside the theme can be reached."""
        from kbgen.theme.templates import make

        return make(lambda name: (self._short(self.texts[name]), self.places[name], None) if name in self.texts else None)

    def icon(self, name: str, more: str = "") -> str:
        """Return an icon's markup; "{{ up }}" stands for the way to the top."""
        known = name if name in self.icons else "question"
        return f'<svg class="kb-icon{more and " " + more}" aria-hidden="true"><use href="{{{{ up }}}}{self.assets["icons.svg"].url}#{known}"/></svg>'

    def _short(self, text: str) -> str:
        """
        Write out what needs no page: icons, addresses of assets, and words without values become look-ups.

        Pages are made of dozens of these, and a call costs Jinja ten times a look-up.
        """

        def put(found: re.Match[str]) -> str:
            call, name, more = found[1], found[2], found[3] or ""
            if call == "t":
                return f'{{{{ w["{name}"] }}}}'
            if call == "icon":
                return self.icon(name, more)
            return f"{{{{ up }}}}{self.assets[name].url}" if name in self.assets else found[0]

        return _CALL.sub(put, text)

    def words(self, locale: str) -> Words:
        """Return the words of a locale; those it lacks come from its language, then from English."""
        found = self._words.get(locale)
        if found is None:
            texts, _ = merge(self._words_files(locale))
            found = self._words[locale] = Words(locale, texts)
        return found

    def words_digest(self, locale: str) -> str:
        """Name the words of a locale."""
        return digest(*(text for _, text in self._words_files(locale)))

    def closure(self, template: str) -> str:
        """
        Name a page's template with everything that it may include, and with the assets that it points at.

        Args:
            template: As pages name it, "article.html".
        """
        found = self._closures.get(template)
        if found is None:
            names = sorted(closure_of(page_template(template), self.texts))
            found = self._closures[template] = digest(self._outside, *(part for name in names for part in (name, self.texts[name])))
        return found

    def csp(self, service_url: str = "", hosts: Sequence[str] = ()) -> str:
        """
        Say what a page may load, for <meta> and for header files of hosts.

        Args:
            service_url: Address of the service that forms post to; "" when there is none.
            hosts: Other hosts whose films readers may start.
        """
        parts = urlsplit(service_url)
        service = f" {parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.netloc else ""
        frames = "".join(f" https://{host}" for host in hosts)
        return "; ".join(
            [
                "default-src 'none'",
                f"script-src 'self' 'sha256-{self._script_hash}'",
                "style-src 'self'",
                f"img-src 'self' data:{frames}",
                "font-src 'self'",
                "media-src 'self'",
                "manifest-src 'self'",
                f"connect-src 'self'{service}",
                f"form-action 'self'{service}",
                f"frame-src{frames or chr(32) + chr(39) + 'none' + chr(39)}",
                "base-uri 'none'",
                "object-src 'none'",
                "require-trusted-types-for 'script'",
            ]
        )

    def _words_files(self, locale: str) -> list[tuple[str, str]]:
        found = []
        for tag in chain(locale):
            for name in (f"words/{tag}.toml", f"words/{tag}.toml#own"):  # the default theme's file, then the site's, word by word
                if name in self.texts:
                    found.append((self.places[name], self.texts[name]))
        return found


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
    problems = [Problem(_label(one), 0, 0, "KB901", "The theme's folder does not exist", "Make it, or correct [theme] in kbgen.toml") for one in folders if not one.is_dir()]
    texts: dict[str, str] = {}
    places: dict[str, str] = {}
    for depth, folder in enumerate(reversed(folders)):
        for name, path in _files(folder) if folder.is_dir() else ():
            key = f"{name}#own" if depth and name.startswith("words/") else name
            with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - as in _files
                texts[key] = file.read()
            places[key] = f"{_label(folder)}/{name}"
    settings = _settings(texts, places, problems)
    assets = _assets(texts, places, settings, problems)
    assets["kb.css"] = _styles(texts, settings, _colours(colours or {}, problems))
    theme = Theme(texts, places, assets, settings)
    problems += lint(texts, places)
    known = [name.removeprefix("words/").removesuffix("#own").removesuffix(".toml") for name in texts if name.startswith("words/")]
    for locale in locales:
        problems += merge(theme._words_files(locale))[1]  # noqa: SLF001 - the same module
        if missing(locale, known):
            problems.append(Problem(f"words/{locale}.toml", 0, 0, "KB906", f"The theme has no words for {locale}", "Add this file to the theme's folder", "warning"))
    return theme, tuple(dict.fromkeys(problems))


def page_template(name: str) -> str:
    """Return the path in the theme of a page's template."""
    return name if "/" in name else f"pages/{name}"


def _label(folder: Path) -> str:
    return f"themes/{folder.name}" if folder.parent.name in {"themes", "_themes"} else folder.name


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (path in the folder, path) of a theme's text files; links are not followed, so that nothing outside it can be read."""
    todo = [""]
    while todo:
        below = todo.pop()
        for entry in sorted(os.scandir(os.path.join(folder, below)), key=lambda one: one.name):  # noqa: PTH118, PTH208 - three times as quick as pathlib
            name = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                todo.append(f"{name}/")
            elif entry.is_file(follow_symlinks=False) and os.path.splitext(name)[1] in _TEXT:  # noqa: PTH122 - as above
                yield name, entry.path


def _settings(texts: Mapping[str, str], places: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(texts.get("theme.toml", ""))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(places["theme.toml"], 0, 0, "KB905", str(error), "Write theme.toml as the default theme's file shows"))
        return {}


def _styles(texts: Mapping[str, str], settings: Mapping[str, Any], colours: str) -> Asset:
    """Join the stylesheets in the order of theme.toml, then those it does not name, then the site's own."""
    order = [name for name in settings.get("styles", ()) if name in texts]
    rest = sorted(name for name in texts if name.startswith("parts/") and name.endswith(".css") and name not in order)
    own = ["extra.css"] if "extra.css" in texts else []
    return bundle.named("kb", "css", bundle.stylesheet([*(texts[name] for name in (*order, *rest, *own)), colours]))


def _colours(colours: Mapping[str, str], problems: list[Problem]) -> str:
    rules = []
    for name, value in colours.items():
        if _COLOUR_NAME.fullmatch(name) and _COLOUR.fullmatch(value):
            rules.append(f"--kb-{name}:{value}")
        else:
            problems.append(Problem("kbgen.toml", 0, 0, "KB908", f"{name} = {value!r} is not a colour", "Write  accent = \"#0a6b5c\""))
    return f"@layer site{{:root{{{';'.join(rules)}}}}}" if rules else ""


def _assets(texts: Mapping[str, str], places: Mapping[str, str], settings: Mapping[str, Any], problems: list[Problem]) -> dict[str, Asset]:
    """Make everything but the stylesheet: the script of every page, the modules of some, pictures."""
    found: dict[str, Asset] = {}
    for name, text in texts.items():
        if name.startswith("assets/") and name.endswith(".svg"):
            short = name.removeprefix("assets/")
            found[short] = bundle.named(short.removesuffix(".svg"), "svg", re.sub(r"\s*\n\s*", "", text).encode())
    for name in (*settings.get("eager", ()), *settings.get("lazy", ()), settings.get("runner", "")):
        if name and name not in texts:
            problems.append(Problem(places["theme.toml"], 0, 0, "KB903", f"theme.toml names {name}, which the theme does not have", "Add the file, or take its name out"))
    eager = {f"kb-{name.split('/')[1]}": (name, texts[name]) for name in settings.get("eager", ()) if name in texts}
    lazy = {name: texts[name] for name in settings.get("lazy", ()) if name in texts}
    try:
        found["kb.mjs"] = bundle.named("kb", "mjs", bundle.script(eager, texts.get(settings.get("runner", ""), "")))
        found |= {name.removeprefix("parts/"): asset for name, asset in bundle.modules(lazy).items()}
    except BundleError as error:
        problems.append(Problem(places[error.name], 0, 0, "KB903", str(error), "See docs/theme-author.md, Scripts"))
    return found
