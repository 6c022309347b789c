"""Addresses in an article -> placeholders that the renderer fills, or a problem."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote, urlsplit

from kbgen.markup.inline import Variables
from kbgen.markup.sanitise import SCHEMES, scheme
from kbgen.markup.source import Origin
from kbgen.model import Film, Link, Picture, Problem, Video

_UNFIT = re.compile(r"[\x00-\x1f\\]")
_FROM_THE_TOP = re.compile(r"/(?![/\\\x00-\x20])[^\\\x00-\x1f]*$")
_SAFE = frozenset({"http", "https", "mailto", "tel"})


class Addresses:
    """
    The links, images and films of one article.

    Args:
        origin: The source, for lines.
        variables: Values that addresses may hold.
        hosts: Whose images and films may be shown.
        films: From the directive, each with what is wrong with its options.
    """

    def __init__(self, origin: Origin, variables: Variables, hosts: tuple[str, ...], films: list[tuple[Video, tuple[str, ...]]]) -> None:
        self.origin = origin
        self.variables = variables
        self.hosts = hosts
        self.waiting = dict(enumerate(films))
        self.links: list[Link] = []
        self.images: list[Picture] = []
        self.films: list[Film] = []
        self.anchors: list[tuple[str, int]] = []  # own anchors that are asked for, with the offset of the link
        self.problems: list[Problem] = []

    # Links ---------------------------------------------------------------------------------------------------------

    def link(self, values: dict[str, str]) -> None:
        """Replace an `href` (escaped, as nh3 writes it) by its placeholder, or take it out."""
        written = html.unescape(values["href"])
        address = self.variables.plain(written).strip()
        if address.startswith("#"):
            self._own_anchor(values, address)
            return
        found = scheme(address)
        if found in _SAFE:
            values["href"] = html.escape(address)
            if found.startswith("http"):
                values["class"] = f"{values['class']} kb-external" if "class" in values else "kb-external"
                values["rel"] = "noopener"
            return
        offset = self.origin.locate_address(written)
        link = _relative(address, self.origin.line(offset) if offset >= 0 else 0) if not found or found == "kb" else None
        if link is None:
            del values["href"]
            self.problems.append(refused_address(self.origin, offset, address))
            return
        values["href"] = f"kb-link:{len(self.links)}"
        self.links.append(link)

    def _own_anchor(self, values: dict[str, str], address: str) -> None:
        anchor = unquote(address[1:])
        if anchor.lower().startswith("kb-"):
            anchor = f"h-{anchor}"
            values["href"] = html.escape(f"#{anchor}")
        if anchor and values.get("class", "") not in {"footnote-ref", "footnote-backref"}:
            self.anchors.append((anchor, self.origin.locate(f"]({address}", address)))

    def missing_anchors(self, ids: set[str]) -> list[Problem]:
        """Return a problem for each link to an anchor that this article does not have; `ids` as in HTML."""
        if not self.anchors:
            return []
        known = {html.unescape(one) for one in ids}
        return [
            self.origin.problem(
                offset,
                "KB302",
                f"no heading of this article has the anchor #{anchor}",
                _suggest(anchor, known),
                width=len(anchor) + 1,
            )
            for anchor, offset in self.anchors
            if anchor not in known
        ]

    # Images --------------------------------------------------------------------------------------------------------

    def image(self, values: dict[str, str]) -> bool:
        """Replace a `src` by its placeholder; False when the image must not be shown."""
        classes = values.get("class", "").split()
        decorative = "decorative" in classes
        if decorative:
            values["class"] = " ".join(name for name in classes if name != "decorative")
            if not values["class"]:
                del values["class"]
        written = html.unescape(values.get("src", ""))
        address = self.variables.plain(written).strip()
        offset = self.origin.locate_address(written)
        if not self._source(values, address, offset):
            return False
        if decorative:
            values["alt"] = ""
        elif not values.get("alt", "").strip():
            values["alt"] = ""
            remedy = "Write what it shows:  ![…](…) , or mark it as decoration:  ![](…){: .decorative}"
            message = f"this image has no description: {address}"
            self.problems.append(self.origin.problem(offset, "KB304", message, remedy, width=len(written)))
        return True

    def _source(self, values: dict[str, str], address: str, offset: int) -> bool:
        host = _host(address)
        if host or scheme(address) in {"http", "https"}:
            if scheme(address) in {"http", "https"} and allowed(host, self.hosts):
                values["src"] = html.escape(address)
                values.setdefault("loading", "lazy")
                return True
            remedy = f'Put the file beside the article, or add "{host}" to [markdown] allowed_hosts in kbgen.toml'
            message = f"this image is on another host: {host or address}"
            self.problems.append(self.origin.problem(offset, "KB305", message, remedy, width=len(address)))
            return False
        link = None if scheme(address) else _relative(address, 0)
        if link is None:
            if address:  # without one, the sanitiser has refused it and its problem is told already
                self.problems.append(refused_address(self.origin, offset, address))
            return False
        values["src"] = f"kb-image:{len(self.images)}"
        self.images.append(Picture(link.target, self.origin.line(offset) if offset >= 0 else 0))
        return True

    # Films ---------------------------------------------------------------------------------------------------------

    def film(self, classes: str) -> int | None:
        """Return the place in `films` of the film whose figure has these classes; None for any other figure."""
        number = next((name.removeprefix("kb-film-") for name in classes.split() if name.startswith("kb-film-")), "")
        video, wrong = self.waiting.pop(int(number), (None, ())) if number.isdecimal() and len(number) < 6 else (None, ())  # noqa: PLR2004
        if video is None:
            return None
        offset = self.origin.locate(f"| {video.src}", f"|{video.src}", video.src)
        for message in wrong:
            self._wrong_film(offset, message)
        host = _host(video.src)
        if host or scheme(video.src):
            if scheme(video.src) != "https" or not allowed(host, self.hosts):
                self._wrong_film(offset, f"videos of {host or video.src} are not allowed")
                return None
        elif _relative(video.src, 0) is None:
            self._wrong_film(offset, f"{video.src} is no path of a file beside the article")
            return None
        self.films.append(Film(_local(video), self.origin.line(offset) if offset >= 0 else 0))
        return len(self.films) - 1

    def _wrong_film(self, offset: int, message: str) -> None:
        remedy = "Use a file beside the article, or a host of [markdown] allowed_hosts; options: poster, captions, transcript, duration"
        self.problems.append(self.origin.problem(offset, "KB308", message, remedy))

    def asset(self, target: str, line: int) -> str:
        """Return the placeholder of a file that a film needs beside it."""
        self.links.append(Link("asset", unquote(target), "", line))
        return f"kb-link:{len(self.links) - 1}"


def allowed(host: str, hosts: tuple[str, ...]) -> bool:
    """Say whether a host, or one above it, is in a list."""
    return bool(host) and any(host == one.lower() or host.endswith(f".{one.lower()}") for one in hosts)


def refused_address(origin: Origin, offset: int, address: str) -> Problem:
    """Make the problem of a link that must not stay."""
    shown = address if len(address) <= 60 else f"{address[:57]}..."  # noqa: PLR2004 - as much as fits a line
    if _FROM_THE_TOP.match(address):
        message = f"links of the portal are relative, and this one begins at the top: {shown}"
        remedy = "Write  kb:<id>  for an article, or a path beside this file; the text stays, without a link"
        return origin.problem(offset, "KB805", message, remedy, width=len(address), severity="warning")
    if not address.strip():
        message, remedy = "this link has no address", "Write one, or take the brackets away"
        return origin.problem(offset, "KB805", message, remedy)
    if "\\" in address and not scheme(address):
        right = address.replace("\\", "/")
        return origin.problem(offset, "KB805", f"this address has backslashes: {shown}", f"Write  {right}", width=len(address))
    remedy = "Write kb:ID for an article, a path beside this file, #anchor, or an address with http, https, mailto or tel"
    return origin.problem(offset, "KB805", f"this address may not be used: {shown}", remedy, width=len(address))


def _relative(address: str, line: int) -> Link | None:
    """Return the link of a kb: or relative address; None for one that leaves the site's files."""
    path, _, anchor = address.partition("#")
    anchor = unquote(anchor)
    if anchor.lower().startswith("kb-"):
        anchor = f"h-{anchor}"
    if path[:3].lower() == "kb:":
        target = unquote(path[3:]).strip()
        return Link("article", target, anchor, line) if target else None
    path = unquote(path.partition("?")[0])
    if not path.strip() or path.startswith("/") or _UNFIT.search(path):
        return None
    return Link("file" if path.endswith(".md") else "asset", path, anchor, line)


def _host(address: str) -> str:
    """Return the host of an address as a browser would read it; "" for an address without one."""
    try:
        return (urlsplit(address.replace("\\", "/")).hostname or "").lower()
    except ValueError:
        return "?"


def _local(video: Video) -> Video:
    """Decode the paths of a film that lies beside the article."""
    if scheme(video.src) in SCHEMES:
        return video
    return Video(unquote(video.src), unquote(video.poster), video.captions, unquote(video.transcript), video.duration)


def _suggest(anchor: str, known: set[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(anchor, [one for one in known if not one.startswith(("fn:", "fnref"))], 1)
    if close:
        return f"Did you mean #{close[0]}?"
    return "Write the words of the heading in lower case with hyphens, or give it an anchor: {#name}"
