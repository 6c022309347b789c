"""The settings of a site as values.  Every field has a default, so an empty kbgen.toml and one article make a portal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

from kbgen.plain import Texts

Short = Annotated[str, MaxLen(200)]
Path = Annotated[str, MaxLen(500)]
Url = Annotated[str, MaxLen(2000)]
Weight = Annotated[float, Ge(0), Le(100)]
Limit = Annotated[float, Ge(0), Le(100_000)]  # 0 means no limit


@dataclass(frozen=True, slots=True)
class FooterLink:
    """A link at the foot of every page."""

    title: Texts
    url: Annotated[str, MinLen(1), MaxLen(2000)]


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What the portal is called and where it stands."""

    title: Annotated[str, MinLen(1), MaxLen(120)] = "Help centre"
    description: Texts = field(default_factory=dict)
    base_url: Url = ""  # without a slash at the end; "" when the portal does not know its own address
    default_locale: str = "en"
    logo: Path = ""
    footer: tuple[FooterLink, ...] = ()
    edit_url: Url = ""  # {path} stands for the article's file
    announcement: Texts = field(default_factory=dict)
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class LocaleSettings:
    """One language of the portal."""

    name: Short = ""  # "" means as CLDR calls it in the language itself
    region: Texts = field(default_factory=dict)  # groups the language switcher
    fallback: str = ""  # "" means the default locale
    title: Annotated[str, MaxLen(120)] = ""  # the portal's title in this language; "" means [site] title


@dataclass(frozen=True, slots=True)
class FeedbackSettings:
    """The service that takes ratings and cases, and the ways to a person."""

    url: Url = ""  # of the service, without a slash at the end
    contact: bool = True
    opening_hours: Texts = field(default_factory=dict)
    response_time: Texts = field(default_factory=dict)
    export: Path = ""  # the service's feedback.json


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """How the portal looks."""

    name: Annotated[str, MinLen(1), MaxLen(80)] = "default"
    overrides: Path = ""  # a folder whose files replace the theme's files of the same name
    colours: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MarkdownSettings:
    """What Markdown may do beyond the usual."""

    extensions: tuple[str, ...] = ()
    raw_html: Literal["sanitise", "escape"] = "sanitise"
    allowed_hosts: tuple[str, ...] = ()
    allow_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """Where a build writes."""

    output: Annotated[str, MinLen(1), MaxLen(500)] = "dist"


@dataclass(frozen=True, slots=True)
class Boosts:
    """How much a word in a field weighs."""

    title: Weight = 3.0
    keywords: Weight = 3.0
    headings: Weight = 1.5
    description: Weight = 1.5
    tags: Weight = 1.5
    body: Weight = 1.0


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How search weighs."""

    boosts: Boosts = Boosts()
    lunr_index: bool = False  # write the whole index of each locale too


@dataclass(frozen=True, slots=True)
class SuggestSettings:
    """Where else the portal's articles are offered."""

    origins: tuple[str, ...] = ()  # of other sites: "https://shop.example.org"


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """How articles stay right."""

    every: Annotated[int, Ge(0), Le(120)] = 0  # months between two reviews of an article that does not say; 0: none are asked for
    notices: tuple[Literal["outdated", "overdue"], ...] = ("outdated",)  # what readers are told
    credits: bool = False  # whether pages name who wrote and who reviewed them
    approval: Literal["off", "warn", "enforce"] = "off"  # whether a text is published that reviewers.toml asks an approval for


@dataclass(frozen=True, slots=True)
class HookSettings:
    """The site's own code."""

    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Budgets:
    """The most that a page may weigh, compressed; 0 means no limit."""

    article_html_kb: Limit = 14.0  # the first ten packets of a connection
    css_kb: Limit = 9.0
    js_kb: Limit = 6.0  # before the reader acts
    total_kb: Limit = 30.0  # of an article's first view, without its own pictures


@dataclass(frozen=True, slots=True)
class Config:
    """kbgen.toml, checked.  `locales` has one entry or more, the default locale among them, in the order of the file."""

    site: SiteSettings = SiteSettings()
    locales: dict[str, LocaleSettings] = field(default_factory=dict)
    feedback: FeedbackSettings = FeedbackSettings()
    theme: ThemeSettings = ThemeSettings()
    markdown: MarkdownSettings = MarkdownSettings()
    build: BuildSettings = BuildSettings()
    search: SearchSettings = SearchSettings()
    suggest: SuggestSettings = SuggestSettings()
    review: ReviewSettings = ReviewSettings()
    hooks: HookSettings = HookSettings()
    budgets: Budgets = Budgets()


@dataclass(frozen=True, slots=True)
class CategoryFile:
    """_category.toml: what a folder is called and who looks after it.  What is missing is inherited or made from the folder's name."""

    title: Annotated[str, MaxLen(120)] = ""
    description: Annotated[str, MaxLen(300)] = ""
    icon: Annotated[str, MaxLen(40)] = ""
    order: int = 0
    owner: Annotated[str, MaxLen(120)] = ""
    queue: Annotated[str, MaxLen(80)] = ""
    featured: Annotated[tuple[str, ...], MaxLen(50)] = ()
