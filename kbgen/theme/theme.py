"""The files of a theme and what is made of them when a page is rendered."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kbgen.digests import digest
from kbgen.theme.bundle import Asset
from kbgen.theme.closure import closure_of
from kbgen.theme.lean import lean
from kbgen.theme.words import Words, chain, merge

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_ICON = re.compile(r'<symbol id="([\w-]+)"')
_CALL = re.compile(r"""\{\{ (t|icon|asset)\("([\w./-]+)"(?:, "([\w -]+)")?\) \}\}""")
_DEEPEST = 4  # folders that a theme is made of: the site's, those it builds on, the default one


class Theme:
    """
    The files of a theme and what is made of them.  Immutable; `environment` and `words` are made at their first use.

    `texts` maps a path in the theme ("pages/article.html") to its text, `places` to where it lies, for error messages.
    """

    def __init__(
        self, texts: Mapping[str, str], places: Mapping[str, str], assets: Mapping[str, Asset], settings: Mapping[str, Any]
    ) -> None:
        self.texts = texts
        self.places = places
        self.assets = assets
        self.icons = frozenset(_ICON.findall(texts.get("assets/icons.svg", "")))
        self.head_script = lean(texts.get(settings.get("head", ""), "")).replace("\n", "")
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
        sheet = self.assets["icons.svg"].url
        return f'<svg class="kb-icon{more and " " + more}" aria-hidden="true"><use href="{{{{ up }}}}{sheet}#{known}"/></svg>'

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
            texts, _ = merge(self.words_files(locale))
            found = self._words[locale] = Words(locale, texts)
        return found

    def words_digest(self, locale: str) -> str:
        """Name the words of a locale."""
        return digest(*(text for _, text in self.words_files(locale)))

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
                "worker-src 'self'",
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

    def words_files(self, locale: str) -> list[tuple[str, str]]:
        """List (place, text) of the files that a locale's words come from, the most general first, a site's own after the default ones."""
        names = [
            name for tag in chain(locale) for name in (f"words/{tag}.toml", *(f"words/{tag}.toml#{depth}" for depth in range(1, _DEEPEST)))
        ]
        return [(self.places[name], self.texts[name]) for name in names if name in self.texts]


def page_template(name: str) -> str:
    """Return the path in the theme of a page's template."""
    return name if "/" in name else f"pages/{name}"
