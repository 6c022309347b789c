"""What the settings have to obey beyond types and limits: addresses, locales, paths, hosts, letters."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from kbgen.config.words import CATEGORY_HELP, ELSEWHERE, HELP
from kbgen.head.names import ID
from kbgen.head.times import months_of
from kbgen.locales import exists
from kbgen.marked import Findings, Loc, Marked, hidden
from kbgen.marked.typed import Check, Wording, apply, name_of, near

WORDING = Wording(unknown="KB121", value="KB122", missing="KB123", help=HELP, elsewhere=ELSEWHERE)
CATEGORY_WORDING = Wording(unknown="KB121", value="KB122", missing="KB123", help=CATEGORY_HELP)

SOURCES = ("content", "themes", "theme", "hooks", ".git", ".kbgen")
FORBIDDEN_TAGS = frozenset(
    "applet base body embed form frame frameset head html iframe input link math meta noembed noframes noscript object param "
    "plaintext script select slot style svg template textarea title xmp".split()
)

_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-[a-z0-9]{5,8})*")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_ELEMENT = re.compile(r"[a-z][a-z0-9]{0,30}")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


def tidy(marked: Marked, findings: Findings) -> None:
    """Check the settings' values and bring them into their one form, in place."""
    letters(marked.value, (), marked, findings)
    apply(_CHECKS, marked, findings)
    _locales(marked, findings)


def tidy_category(marked: Marked, findings: Findings) -> None:
    """Check the values of a _category.toml."""
    letters(marked.value, (), marked, findings)
    apply({"featured.*": _id, "icon": _icon}, marked, findings)


def letters(node: Any, loc: Loc, marked: Marked, findings: Findings) -> None:  # noqa: ANN401 - a plain tree
    """Note invisible characters in all texts of a tree."""
    if isinstance(node, str):
        for one in hidden(node)[:1]:
            findings.add(marked.at(loc), "KB128", f"{name_of(loc)} holds {one.what}", "Delete it")
    elif isinstance(node, dict | list):
        for key, item in list(node.items()) if isinstance(node, dict) else list(enumerate(node)):
            letters(item, (*loc, key), marked, findings)


def base_fault(value: str) -> str:
    """Say what is wrong with the address of a portal or of a service, "has to begin with https://"; "" for a good one."""
    return _fault(value) or ("has to be an address without ? and #" if re.search("[?#{]", value) else "")


def _base(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    fault = base_fault(value) if isinstance(value, str) else ""
    if fault:
        guess = (
            f"https://{value}"
            if isinstance(value, str) and _HOST.match(value) and ":" not in value
            else f"https://{'feedback' if loc[0] == 'feedback' else 'help'}.example.org"
        )
        findings.add(marked.at(loc), "KB124", f"{name_of(loc)} {fault}", f'Write  {loc[-1]} = "{guess}"')
    return value.rstrip("/") if isinstance(value, str) else value


def _fault(value: str) -> str:
    if not re.match(r"https?://", value):
        return "has to begin with https://"
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return "is not a web address"
    if not parts.hostname or re.search(r"[\s\\\"<>]", value):
        return "is not a web address"
    return "holds a password" if parts.username or parts.password else ""


def _edit(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and (_fault(value) or "{path}" not in value):
        fault = _fault(value) or "has to hold {path}, which stands for the article's file"
        findings.add(marked.at(loc), "KB124", f"{name_of(loc)} {fault}", f"Write  {HELP['site.edit_url'][1]}")
    return value


def _link(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    text = value if isinstance(value, str) else "https://x"
    relative = re.fullmatch(r"(?![/\\]{2})[\w./%-][^\s:\\\"<>]*", text)
    if not relative and not re.fullmatch(r"(mailto|tel):[^\s\"<>]+", text) and _fault(text):
        findings.add(marked.at(loc), "KB124", f"{name_of(loc)} is not an address", 'Write  url = "https://example.org/terms/"')
    return value


def _path(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if not isinstance(value, str):
        return value
    path = value.strip().removeprefix("./").rstrip("/")
    if path.startswith(("/", "~")) or "\\" in path or ":" in path or ".." in path.split("/"):
        findings.add(
            marked.at(loc),
            "KB126",
            f"{name_of(loc)} leads out of the knowledge base",
            f"Name a place below the folder of kbgen.toml:  {_example(loc)}",
        )
    return path


def _folder(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    before = findings.errors
    path = _path(value, loc, marked, findings)
    if isinstance(path, str) and findings.errors == before and (path in {"", "."} or path.split("/")[0] in SOURCES):
        findings.add(
            marked.at(loc),
            "KB126",
            f"{name_of(loc)} is a folder that builds read from, and a build replaces what is in its output",
            f"Write  {_example(loc)}",
        )
    return path or value


def _example(loc: Loc) -> str:
    return HELP.get(".".join(str(part) for part in loc if isinstance(part, str)), ("", ""))[1]


def _theme(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and not re.fullmatch(r"\w[\w-]*", value):
        findings.add(marked.at(loc), "KB126", f"{name_of(loc)} has to be the name of a folder below themes/", 'Write  name = "default"')
    return value


def _host(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if not isinstance(value, str):
        return value
    host = value.strip().lower()
    if not _HOST.fullmatch(host):
        bare = re.sub(r"^[a-z]*:?//", "", host).partition("/")[0]
        right = bare if _HOST.fullmatch(bare) else "www.youtube-nocookie.com"
        findings.add(marked.at(loc), "KB122", f"{name_of(loc)} is not the name of a host", f'Write  "{right}"')
    return host


def _origin(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(https?://[^/?#\s;,'\"]+)/?", value.strip().lower())
    if not found or _fault(value):
        findings.add(marked.at(loc), "KB124", f"{name_of(loc)} is not the address of a site alone", 'Write  "https://shop.example.org"')
    return found[1] if found else value


def _element(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and (not _ELEMENT.fullmatch(value) or value in FORBIDDEN_TAGS):
        fault = "can run or load foreign things and is never let through" if value in FORBIDDEN_TAGS else "is not an HTML element"
        findings.add(marked.at(loc), "KB122", f"{name_of(loc)} {fault}", "Remove it")
    return value


def _module(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and not _DOTTED.fullmatch(value):
        findings.add(marked.at(loc), "KB122", f"{name_of(loc)} is not the name of an extension", 'Write  extensions = ["mdx_math"]')
    return value


def _zone(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    from zoneinfo import ZoneInfo, available_timezones  # noqa: PLC0415 - most sites name no zone

    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, LookupError):
        known = {name.casefold(): name for name in available_timezones()}
        guess = known.get(str(value).casefold().replace(" ", "_")) or known.get(near(str(value), list(known)), "Europe/Madrid")
        findings.add(marked.at(loc), "KB125", f"{name_of(loc)} is not a known time zone", f'Write  time_zone = "{guess}"')
    return value


def _period(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    months = months_of(value)
    if months is None:
        findings.add(marked.at(loc), "KB122", f"{name_of(loc)} is not a period of at most ten years", f"Write  {_example(loc)}")
    return months or 0


def _id(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and not ID.fullmatch(value):
        findings.add(marked.at(loc), "KB122", f"{name_of(loc)} is not the id of an article", 'Write  featured = ["kb-7f3k2q"]')
    return value


def _icon(value: Any, loc: Loc, marked: Marked, findings: Findings) -> Any:  # noqa: ANN401 - as written
    if isinstance(value, str) and not re.fullmatch(r"[a-z][a-z0-9-]*", value):
        findings.add(marked.at(loc), "KB122", f"{name_of(loc)} is not the name of an icon", 'Write  icon = "account"')
    return value


def locale_fault(tag: str) -> str:
    """Say what to write instead of a tag; "" for a good one."""
    if not _TAG.fullmatch(tag):
        parts = re.split("[-_]", tag)
        wanted = [
            parts[0].lower(),
            *(part.title() if len(part) == 4 else part.upper() if len(part) < 4 else part.lower() for part in parts[1:]),
        ]  # noqa: PLR2004
        right = "-".join(wanted)
        return f"Write  {right}" if _TAG.fullmatch(right) and exists(right) else "Write a language as in  en , ca  or  zh-Hant"
    return "" if exists(tag) else "Write a language that Unicode's CLDR knows, as in  en , ca  or  zh-Hant"


def _locales(marked: Marked, findings: Findings) -> None:
    """Check that tags are known, and that defaults and fallbacks are among them."""
    record: dict[str, Any] = marked.value
    site = record.get("site")
    wish = site.get("default_locale") if isinstance(site, dict) else None
    tables = record.get("locales")
    if "locales" not in record:
        tables = record["locales"] = {wish if isinstance(wish, str) and wish else "en": {}}
        if isinstance(wish, str) and wish and locale_fault(wish):
            findings.add(
                marked.at(("site", "default_locale")), "KB125", f"site.default_locale is not a known locale: {wish}", locale_fault(wish)
            )
    if not isinstance(tables, dict):
        return
    known = ", ".join(tables)
    for tag, table in tables.items():
        fault = locale_fault(tag) if ("locales", tag) in marked.keys else ""
        if fault:
            findings.add(marked.at(("locales", tag), key=True), "KB125", f"{tag} is not a known locale", fault)
        fallback = table.get("fallback") if isinstance(table, dict) else None
        if isinstance(fallback, str) and fallback and (fallback not in tables or fallback == tag):
            fault = "is the locale itself" if fallback == tag else "is not a locale of this site"
            others = [name for name in tables if name != tag]
            findings.add(
                marked.at(("locales", tag, "fallback")),
                "KB125",
                f"locales.{tag}.fallback {fault}",
                f"Write one of: {', '.join(others)}" if others else "Remove it",
            )
    if isinstance(wish, str) and wish and wish not in tables:
        findings.add(
            marked.at(("site", "default_locale")),
            "KB125",
            f"site.default_locale is {wish}, which no [locales.{wish}] names",
            f"Write one of: {known}",
        )
    elif not wish and tables and "en" not in tables and isinstance(record.setdefault("site", {}), dict):
        record["site"]["default_locale"] = next(iter(tables))
    if not tables:
        record["locales"] = {wish if isinstance(wish, str) and wish else "en": {}}


_CHECKS: dict[str, Check] = {
    "site.base_url": _base,
    "site.logo": _path,
    "site.edit_url": _edit,
    "site.footer.*.url": _link,
    "site.time_zone": _zone,
    "feedback.url": _base,
    "feedback.export": _path,
    "theme.name": _theme,
    "theme.overrides": _path,
    "markdown.extensions.*": _module,
    "markdown.allowed_hosts.*": _host,
    "markdown.allow_tags.*": _element,
    "build.output": _folder,
    "suggest.origins.*": _origin,
    "review.every": _period,
    "hooks.files.*": _path,
}
