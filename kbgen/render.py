"""
Page -> bytes.  Pure: the page's view, the theme and this code decide every byte; no clock, no disk.

The body of an article was rendered once, without knowledge of the rest of the site: its links, pictures and films are filled in here.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kbgen.urls import up as way_up

if TYPE_CHECKING:
    from markupsafe import Markup

    from kbgen.model import Page
    from kbgen.theme import Theme

_PLACEHOLDER = re.compile(r' (href|src|poster|data-src|data-embed)="kb-(link|image|film|poster|captions):(\d+)(?::(\d+))?"')
INLINE = (96, 40)  # CSS pixels: a picture of at most this width and height is a sign among words, such as that of a button
_SIZES = "(min-width: 48rem) 44rem, 100vw"


class RenderError(Exception):
    """A template that cannot be rendered: where, and what is wrong."""

    def __init__(self, template: str, line: int, message: str) -> None:
        super().__init__(f"{template}:{line}: {message}")
        self.template = template
        self.line = line
        self.message = message


def render(page: Page, theme: Theme) -> bytes:
    """
    Render a page.

    Returns: The page as UTF-8.
    Raises: RenderError: If a template has a mistake: a syntax error, an unknown name, a missing word.
    """
    try:
        view = _context(page, theme)
        name = page.template if "/" in page.template else f"pages/{page.template}"
        return theme.environment.get_template(name).render(view).encode()
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        if type(error) is LookupError:  # a body is gone from the shelf: no template's fault, and the build begins again
            raise
        raise _located(error, theme, page.template) from error
    except Exception as error:
        if type(error).__module__.startswith("jinja2"):
            raise _located(error, theme, page.template) from error
        raise


def fill(html: str, up: str, article: Mapping[str, Any]) -> str:
    """
    Put addresses into the body of an article.

    Args:
        html: With placeholders such as href="kb-link:3".
        up: The way to the top of the portal.
        article: Its view: links, images, films by number. A link that leads nowhere loses its address, its text stays.
    """
    if '="kb-' not in html:
        return html
    from markupsafe import escape

    def place(found: re.Match[str]) -> str:
        attribute, kind, number = found[1], found[2], int(found[3])
        if number >= len(article[f"{kind}s" if kind in {"link", "image"} else "films"]):
            return found[0]  # a writer quotes the sign itself, in code
        if kind == "image":
            return _picture(article["images"][number], up)
        if kind == "link":
            url = article["links"][number]
        else:
            film = article["films"][number]
            url = film["src"] if kind == "film" else film["poster"] if kind == "poster" else film["captions"][int(found[4])]["src"]
        return f' {attribute}="{escape(up + url)}"' if url else ""

    return _PLACEHOLDER.sub(place, html)


def _filled(article: Mapping[str, Any], up: str) -> dict[str, Any]:
    """Return the view of an article with addresses in its body and in its film's transcript."""
    from markupsafe import Markup

    made = {**article, "html": Markup(fill(article["html"], up, article))}  # noqa: S704 - sanitised when it was parsed
    said = article["video"]["transcript"] if article["video"] else None
    if said and said["html"]:
        html = Markup(fill(said["html"], up, said))  # noqa: S704 - as above
        made["video"] = {**article["video"], "transcript": {**said, "html": html}}
    return made


def _picture(image: Mapping[str, Any], up: str) -> str:
    """Write the address of a picture with its size, so that nothing jumps when it arrives."""
    from markupsafe import escape

    if not image["src"]:
        return ""
    size = f' width="{image["width"]}" height="{image["height"]}"' if image["width"] else ""
    wide = ", ".join(f"{up}{url} {width}w" for url, width in image["srcset"])
    several = f' srcset="{escape(wide)}" sizes="{_SIZES}"' if wide else ""
    inline = ' class="kb-inline"' if 0 < image["width"] <= INLINE[0] and image["height"] <= INLINE[1] else ""
    return f' src="{escape(up + image["src"])}"{several}{size}{inline}'


def _context(page: Page, theme: Theme) -> dict[str, Any]:
    from markupsafe import Markup

    view = page.view
    site = view["site"]
    up = Markup(_up(page, site))  # noqa: S704 - made of ../ or of the configured address, escaped
    if "html" in view.get("article", ()):
        view["article"] = _filled(view["article"], up)
    words = theme.words(page.locale)
    tools = {
        "up": up,
        "t": words,
        "w": words.plain,
        "forms": words.forms,
        "number": words.number,
        "asset": _asset(theme, up),
        "icon": _icon(theme, up),
    }
    tools["csp"] = theme.csp(site.get("service", ""), site.get("hosts", ()))
    tools["head_script"] = Markup(theme.head_script)  # noqa: S704 - the theme's own
    shared = tools | {"site": site, "locale": view["locale"]}
    return view | tools | {"once": _once(theme, (page.locale, up, page.slices["site"].digest), shared)}


def _once(theme: Theme, key: tuple[str, ...], shared: Mapping[str, Any]) -> Callable[[str], Markup]:
    """
    Return what renders a part that shows nothing of the page, only the site: once for each locale and depth.

    The part sees nothing else, so it cannot show another page's values.
    """
    from markupsafe import Markup

    def once(name: str) -> Markup:
        found = theme.parts.get((name, *key))
        if found is None:
            found = theme.parts[name, *key] = Markup(theme.environment.get_template(name).render(shared))  # noqa: S704 - rendered with escapes
        return found

    return once


def _up(page: Page, site: Mapping[str, Any]) -> str:
    """Return the way to the top; a page that answers for missing addresses cannot know its own and goes by the configured one."""
    if page.template != "not_found.html":
        return way_up(page.url)
    from markupsafe import escape

    return str(escape(urlsplit(site["base_url"]).path.rstrip("/") + "/"))


def _asset(theme: Theme, up: Markup) -> Callable[[str], Markup]:
    assets = theme.assets

    def asset(name: str) -> Markup:
        return up + assets[name].url

    return asset


def _icon(theme: Theme, up: Markup) -> Callable[..., Markup]:
    from markupsafe import Markup

    def icon(name: str, more: str = "") -> Markup:
        return Markup(theme.icon(name, more).replace("{{ up }}", up))  # noqa: S704 - the theme's own; unknown names become a question mark

    return icon


def _located(error: Exception, theme: Theme, template: str) -> RenderError:
    """Find the line of the template that failed: Jinja names templates in the traceback."""
    own = set(theme.places.values())
    line = getattr(error, "lineno", None)
    if isinstance(line, int) and getattr(error, "filename", None) in own:
        return RenderError(str(error.filename), line, _sentence(error))  # type: ignore[attr-defined]
    frames: Sequence[traceback.FrameSummary] = [one for one in traceback.extract_tb(error.__traceback__) if one.filename in own]
    if frames:
        return RenderError(frames[-1].filename, frames[-1].lineno or 0, _sentence(error))
    return RenderError(theme.places.get(f"pages/{template}", template), 0, _sentence(error))


def _sentence(error: Exception) -> str:
    if type(error) is KeyError:
        return f"The theme has no word, asset or value named {error.args[0]}"
    if type(error).__name__ == "TemplateNotFound":
        return f"There is no template {error}"
    return str(error) or type(error).__name__
