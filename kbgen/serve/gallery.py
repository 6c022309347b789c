"""
The theme's gallery: every part with its examples, each in a frame of its own, as the theme's files are at the moment of the request.

Frames keep the parts apart: ids do not clash, scripts start as on a page, and a part that fails shows its error in its place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from kbgen import config as settings
from kbgen import theme
from kbgen.locales import direction, exists
from kbgen.model import Page, Slice
from kbgen.render import RenderError, render
from kbgen.steps.world import theme_folders

HERE = Path(__file__).parent
COLUMNS = ("en", "fa")  # one for each direction
KINDS = {"css": "text/css", "mjs": "text/javascript", "svg": "image/svg+xml"}
FRAME = """<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>{head}</head><body><{tag} class="kb-{tag}"><div class="kb-wide">{body}</div></{tag}></body></html>"""
BROKEN = '<pre role="alert">{}</pre>'


class Gallery:
    """Answers below /__kbgen/gallery/; the theme is read again when a file of it has changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: tuple[object, theme.Theme] | None = None

    def __call__(self, path: str, query: Sequence[tuple[str, str]]) -> tuple[str, bytes]:
        """
        Answer a request.

        Args:
            path: "" for the list of parts, "part" for one example, "assets/…" for what the theme's pages load.
            query: "locale", also more than once; for an example its "part" and "number" too.

        Returns: Media type and body.
        Raises: KeyError: There is no such example or file.
        """
        found, values = self._theme(), dict(query)
        if path == "part":
            return "text/html", _frame(found, values["part"], values["number"], values["locale"]).encode()
        if path:
            data = {asset.url: asset.data for asset in found.assets.values()}[path]
            return KINDS.get(path.rpartition(".")[2], "application/octet-stream"), data
        columns = [tag for name, tag in query if name == "locale" and exists(tag)] or COLUMNS
        listed = "\n".join(_section(name, part, columns) for name, part in _parts(found))
        return "text/html", (HERE / "gallery.html").read_text(encoding="utf-8").replace("{sections}", listed).encode()

    def _theme(self) -> theme.Theme:
        try:
            config = settings.read((self._root / "kbgen.toml").read_text(encoding="utf-8-sig"))[0]
        except (OSError, ValueError):
            config = None
        config = config or settings.read("")[0]
        assert config is not None  # empty settings are whole
        folders = theme_folders(self._root, config)
        files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
        state = (config.theme.colours, [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files])
        if self._read is None or self._read[0] != state:
            self._read = state, theme.load(folders, COLUMNS, config.theme.colours)[0]
        return self._read[1]


def _frame(found: theme.Theme, part: str, number: str, locale: str) -> str:
    """Return one example as a page of its own."""
    examples = dict(_parts(found))[part]
    if isinstance(examples, str) or not exists(locale):
        raise KeyError(part)
    one = {str(place): example for place, example in enumerate(examples)}[number]
    around = tomllib.loads((HERE / "gallery.toml").read_text(encoding="utf-8"))
    way = direction(locale)
    around["page"] |= {"lang": locale, "dir": way}
    around["locale"] = {"tag": locale, "name": locale, "dir": way}
    view = around | {key: {**around["site"], **value} if key == "site" else value for key, value in one.get("view", {}).items()}
    return FRAME.format(
        lang=locale,
        dir=way,
        tag=part if part in {"header", "footer"} else "main",  # as base.html puts them
        policy=escape(found.csp(around["site"]["service"])),
        title=escape(f"{part}: {one.get('name', number)}"),
        head=_rendered(found, "parts/head/head.html", around, locale),
        body=_rendered(found, f"parts/{part}/{one.get('template', part)}.html", view, locale),
    )


def _rendered(found: theme.Theme, template: str, view: Mapping[str, Any], locale: str) -> str:
    slices = {key: Slice(f"{template} {value}", value) for key, value in view.items()}
    try:
        return render(Page("", template, locale, slices), found).decode()
    except RenderError as error:
        return BROKEN.format(escape(str(error)))


def _parts(found: theme.Theme) -> Iterator[tuple[str, list[dict[str, Any]] | str]]:
    """Yield each part that has examples, with them or with what is wrong in their file."""
    for name, text in sorted(found.texts.items()):
        if name.startswith("parts/") and name.endswith("/examples.toml"):
            try:
                examples = tomllib.loads(text).get("example", [])
                fine = isinstance(examples, list) and all(isinstance(one, dict) for one in examples)
                yield name.split("/")[1], examples if fine else "Write each example below a line  [[example]]"
            except tomllib.TOMLDecodeError as error:
                yield name.split("/")[1], f"{found.places[name]}: {error}"


def _section(name: str, examples: Sequence[Mapping[str, Any]] | str, columns: Sequence[str]) -> str:
    rows = [BROKEN.format(escape(examples))] if isinstance(examples, str) else []
    for number, one in enumerate(() if isinstance(examples, str) else examples):
        title = escape(str(one.get("name", number + 1)))
        rows.append(f'<h3>{title}</h3><div class="row">')
        for locale in columns:
            query = escape(urlencode({"part": name, "number": number, "locale": locale}))
            rows.append(f'<iframe loading="lazy" title="{escape(name)}: {title} ({locale})" src="part?{query}"></iframe>')
        rows.append("</div>")
    return f'<section><h2 id="{escape(name)}">{escape(name)}</h2>{"".join(rows)}</section>'
