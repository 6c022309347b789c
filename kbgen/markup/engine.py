"""An article's Markdown -> Body: which extensions it needs, and the order of the steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kbgen.markup import findings
from kbgen.markup.addresses import Addresses
from kbgen.markup.fast import Fast, RawBlocks
from kbgen.markup.forge import readable
from kbgen.markup.hidden import cleaned
from kbgen.markup.inline import VariableExtension, Variables
from kbgen.markup.sanitise import cleaner
from kbgen.markup.snippets import expanded
from kbgen.markup.source import Origin, list_problems
from kbgen.markup.walk import Walk
from kbgen.model import Body

if TYPE_CHECKING:
    from kbgen.markup import Settings, Text

_VARIABLES = Variables()  # of the article that is being rendered; Python-Markdown is not thread-safe either
_FILMS: list[Any] = []

_ESCAPED = "<~"  # besides Python-Markdown's own: \\<name> is text on forges

_NO_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_CHECKED = '<span class="kb-check">☑</span> '
_UNCHECKED = '<span class="kb-check">☐</span> '


def _has(*needles: str) -> Callable[[str], bool]:
    return lambda body: any(needle in body for needle in needles)


def _finds(needle: str, pattern: str) -> Callable[[str], bool]:
    search = re.compile(pattern, re.IGNORECASE).search
    return lambda body: needle in body and search(body) is not None


# Extension -> whether a text can hold what it looks for.  A test may say yes too often, never no.
_NEEDED: dict[str, Callable[[str], bool]] = {
    "tables": _has("|"),
    "footnotes": _has("[^"),
    "def_list": lambda body: body.startswith(":") or any(needle in body for needle in ("\n:", " :", ">:", "\t:")),
    "abbr": _has("*["),
    "attr_list": _finds("{", r"(?<!\{)\{(?![{%])"),
    "admonition": _has("!!!", "[!", "admonition"),  # it also goes on with boxes that others have made
    "md_in_html": _finds("<", r"<[^>]*\smarkdown\b"),
    "pymdownx.superfences": _has("```", "~~~"),
    "pymdownx.tabbed": _has("===", "tabbed-set"),
    "pymdownx.details": _has("???", "<details"),
    "pymdownx.tasklist": _has("[ ]", "[x]", "[X]"),
    "pymdownx.keys": _has("++"),
    "pymdownx.quotes": lambda body: body.startswith(">") or any(needle in body for needle in ("\n>", " >", "\t>")),
    "pymdownx.blocks.caption": _has("///"),
    "kb-video": _finds("///", r"/{3,}[ ]*video\b"),
    "kb-variables": _has("{{", "{%"),
}
_CONFIGURATION: dict[str, dict[str, Any]] = {
    "tables": {"use_align_attribute": True},
    "pymdownx.quotes": {"callouts": True},
    "pymdownx.superfences": {"relaxed_headers": True},  # whatever else stands behind the language, code stays code
}
EXTENSIONS = tuple(_NEEDED)


def body_of(text: Text, settings: Settings) -> Body:
    """Make the Body of an article; see `kbgen.markup.render`."""
    source = text.body if "\r" not in text.body else text.body.replace("\r\n", "\n").replace("\r", "\n")
    clean, problems = cleaned(Origin(source, text.path, text.line))
    origin = Origin(clean, text.path, text.line)
    if "{{" in clean:
        origin, more = expanded(origin, text.snippets, text.line)
        problems += more
    markdown, mended = readable(origin.text, raw_html=settings.raw_html == "sanitise")
    problems += list_problems(origin, mended)
    raw, films = _converted(markdown, text, settings)
    if "<" in origin.text or "{" in origin.text or ":" in origin.text:
        problems += findings.refused_html(raw, origin, settings.allow_tags)
    addresses = Addresses(origin, _VARIABLES, settings.allowed_hosts, films)
    found = Walk(cleaner(settings.allow_tags).clean(raw), addresses, origin, text.locale, faq=text.kind == "faq").run()
    problems += addresses.problems
    problems += addresses.missing_anchors(found.ids)
    problems += findings.heading_levels(found.headings, found.levels, origin)
    problems += findings.unread_directives(origin, len(films))
    problems += findings.unknown_names(_VARIABLES.unknown, text.variables, origin, text.locale)
    lines = "\n".join(found.lines)
    return Body(
        html=found.html,
        text=lines,
        headings=tuple(found.headings),
        links=tuple(addresses.links),
        images=tuple(addresses.images),
        films=tuple(addresses.films),
        questions=tuple(found.questions),
        steps=tuple(found.steps),
        words=word_count(lines),
        problems=tuple(sorted(set(problems))),
    )


def word_count(text: str) -> int:
    """Count words; in scripts that are written without spaces two characters count as one."""
    if text.isascii():
        return len(text.split())
    letters = len(_NO_SPACES.findall(text))
    return len(_NO_SPACES.sub(" ", text).split()) + (letters + 1) // 2 if letters else len(text.split())


def _converted(body: str, text: Text, settings: Settings) -> tuple[str, list[Any]]:
    """Return Markdown's HTML, not yet sanitised, and the films in it."""
    engine = engine_for(needed(body), settings.extensions, settings.raw_html == "sanitise")
    _VARIABLES.start(text.variables)
    _FILMS.clear()
    engine.reset()
    try:
        html = engine.convert(body)
    except BaseException:  # whatever stopped it, the caller's timer too: a converter left half-way must not meet another article
        engine_for.cache_clear()
        raise
    if "<input" in html:
        html = html.replace('<input type="checkbox" disabled checked/> ', _CHECKED).replace(
            '<input type="checkbox" disabled/> ', _UNCHECKED
        )
    return html, list(_FILMS)


def needed(body: str) -> tuple[str, ...]:
    """Return the names of our extensions that a text may need."""
    return tuple(name for name, test in _NEEDED.items() if test(body))


@lru_cache(maxsize=64)
def engine_for(names: tuple[str, ...], extra: tuple[str, ...], raw_html: bool) -> Fast:  # noqa: FBT001 - part of a cache's key
    """Return the one converter of this process for a set of extensions."""
    extensions = [part for name in names for part in _parts(name, raw_html=raw_html)]
    engine = Fast(extensions=[*extensions, *extra])
    engine.parser.blockprocessors["olist"].LAZY_OL = False  # type: ignore[attr-defined] # steps that go on below a picture keep their numbers
    engine.ESCAPED_CHARS = [*engine.ESCAPED_CHARS, *_ESCAPED]
    if "kb-variables" in names and isinstance(engine.preprocessors["html_block"] if raw_html else None, RawBlocks):
        engine.preprocessors.register(_RawWithVariables(engine), "html_block", 20)
    if not raw_html:
        engine.preprocessors.deregister("html_block")
        engine.inlinePatterns.deregister("html")
    if "pymdownx.superfences" in names:
        # Indented code has no language; it looks the same with and without fences elsewhere in the text.
        engine.treeprocessors.deregister("indent-highlight", strict=False)
    engine.freeze()
    return engine


def fault_of(name: str) -> str:
    """Say why an extension cannot be loaded, "" for one that can; see `kbgen.markup.extension_fault`."""
    try:
        engine_for((), (name,), True)  # noqa: FBT003 - as the settings of most sites have it
    except ModuleNotFoundError as error:
        return "is not installed" if name.startswith(error.name or name) else f"needs {error.name}, which is not installed"
    except AttributeError as error:
        return "is a module, but no extension of Python-Markdown" if "makeExtension" in str(error) else f"cannot be loaded: {error}"
    except Exception as error:  # noqa: BLE001 - somebody else's code may raise anything; its name is what helps
        return f"cannot be loaded: {str(error) or type(error).__name__}"
    return ""


class _RawWithVariables(RawBlocks):
    """Replaces names in raw HTML blocks, which no inline rule ever sees.  Fenced code is in the stash before them."""

    def run(self, lines: list[str]) -> list[str]:
        stash = self.md.htmlStash
        before = stash.html_counter
        lines = super().run(lines)
        for place in range(before, stash.html_counter):
            raw = stash.rawHtmlBlocks[place]
            if isinstance(raw, str):
                stash.rawHtmlBlocks[place] = _VARIABLES.html(raw)
        return lines


def _parts(name: str, *, raw_html: bool) -> list[Any]:
    """Return what is given to Markdown for one of our extensions."""
    if name == "kb-variables":
        return [VariableExtension(_VARIABLES)]
    if name == "kb-video":
        from kbgen.markup.video import Films, VideoExtension

        films = Films()
        films.found = _FILMS
        return [VideoExtension(films)]
    if name == "pymdownx.tabbed":
        from kbgen.markup.tabs import PlainTabsExtension

        return [_made(name), PlainTabsExtension()]
    if name == "pymdownx.superfences":
        from kbgen.markup.styles import no_style

        highlight = _made("pymdownx.highlight", pygments_lang_class=True, linenums_style="inline", pygments_style=no_style())
        return [highlight, _made(name, **_CONFIGURATION[name])]
    return [] if name == "md_in_html" and not raw_html else [_made(name, **_CONFIGURATION.get(name, {}))]


def _made(name: str, **configuration: Any) -> Any:  # noqa: ANN401 - an extension, whatever its class
    """Return an extension; given by name, Markdown would read the entry points of all installed packages first (20 ms)."""
    module = import_module(name if "." in name else f"markdown.extensions.{name}")
    return module.makeExtension(**configuration)
