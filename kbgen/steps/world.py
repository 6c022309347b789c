"""What is read once for a whole site: configuration, categories, reused texts, git's dates, names of languages, the service's export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kbgen import config as settings
from kbgen.cache import Shelf
from kbgen.config import CategoryFile, Config
from kbgen.feedback import Export
from kbgen.locales import LocaleFacts, facts_of
from kbgen.markup import Settings, extension_fault
from kbgen.model import Article, Asset, Body, Fact, Job, Problem, Reading, Site
from kbgen.parse import Surroundings, body_of, surroundings
from kbgen.plan import Ground
from kbgen.read import CONTENT, bytes_of, data_of
from kbgen.review import history
from kbgen.review.due import Known
from kbgen.steps.attested import known_here
from kbgen.steps.export import read_export

RULES = {
    "KB152": "A folder below content/ is not the tag of a locale that kbgen.toml names, so its articles are not shown. Add "
    "[locales.<tag>], or rename it.",
}


@dataclass(frozen=True, slots=True)
class World:
    """The surroundings of the articles."""

    config: Config
    categories: Mapping[str, CategoryFile]  # by "locale/folder"
    around: Mapping[str, Surroundings]  # by locale
    locales: Mapping[str, LocaleFacts]
    updated: Mapping[str, str]  # path -> ISO time of the last commit
    revisions: Mapping[str, Sequence[str]]  # path -> what its text was called, the newest first
    feedback: Export | None  # what the service told
    themes: tuple[Path, ...]  # the site's own folder first
    reviews: Known  # what is known of reviews
    credits: Mapping[str, tuple[Sequence[str], Sequence[str]]]  # path -> names of who wrote and who reviewed it; empty unless asked for


def config_of(job: Job, shelf: Shelf) -> tuple[Config | None, list[Problem]]:
    """Read kbgen.toml; a missing one is an empty one."""
    try:
        text = bytes_of(job.root / job.trusted / "kbgen.toml").decode("utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem("kbgen.toml", 0, 0, "KB141", f"this cannot be read: {error}", "Save it as UTF-8 text")]

    def make() -> dict[str, Any]:
        config, problems = settings.read(text)
        return {"config": None if config is None else settings.to_plain(config), "problems": _rows(problems)}

    record = shelf.memo("config", (text,), make)
    config = None if record["config"] is None else settings.from_plain(record["config"])
    problems = [Problem(*row) for row in record["problems"]]
    faults = [extension_fault(name) for name in config.markdown.extensions] if config else []
    problems += [settings.bad_extension(text, number, fault) for number, fault in enumerate(faults) if fault]
    if config and job.service:
        config = replace(config, feedback=replace(config.feedback, url=job.service))
    return None if any(faults) else config, problems


def read_world(job: Job, config: Config, reading: Reading, shelf: Shelf) -> tuple[World, list[Problem]]:
    """Read what surrounds the articles."""
    categories, problems = categories_of(job, reading, shelf)
    variables: dict[str, dict[str, str]] = {}
    for fact in reading.variables:
        text = _text(job.root, fact, problems)
        record = shelf.memo("variables", (text,), partial(_variables, text, fact.path))
        problems += [Problem(*row) for row in record["problems"]]
        variables = record["values"]
    snippets = _snippets(job, reading, config, problems)
    markup = Settings(
        extensions=tuple(config.markdown.extensions),
        raw_html=config.markdown.raw_html,
        allowed_hosts=tuple(config.markdown.allowed_hosts),
        allow_tags=tuple(config.markdown.allow_tags),
    )
    around = {}
    for locale in config.locales:
        values = {**variables.get("*", {}), **variables.get(locale, {})}
        around[locale] = surroundings(values, snippets[locale], markup)
    known = shelf.memo(
        "locales",
        [f"{tag}={one.name}" for tag, one in config.locales.items()],
        lambda: {tag: facts_of(tag, one.name) for tag, one in config.locales.items()},
    )
    past = _past(job, shelf)
    told, export_problems = read_export(job, config, shelf)
    themes = theme_folders(job.root / job.trusted, config)
    reviews = known_here(job.root, job.trusted, past, job.as_of.isoformat(), shelf)
    world = World(config, categories, around, known, past.updated, past.revisions, told, themes, reviews, _credits(config, past))
    return world, problems + export_problems + _strangers(reading, config)


def _past(job: Job, shelf: Shelf) -> history.Past:
    """Return what git knows; of an article whose older text customers see, the day and the authors of the newer one are not told."""
    past = history.known(job.root, shelf)
    for path, place in job.owed.instead.items() if job.owed else ():
        if past.revisions.get(path, [""])[0] != place.rpartition("/")[2]:
            past.updated.pop(path, None)
            past.authors.pop(path, None)
            past.reviewers.pop(path, None)
    return past


def _credits(config: Config, past: history.Past) -> dict[str, tuple[list[str], list[str]]]:
    return {path: (names, past.reviewers[path]) for path, names in past.authors.items()} if config.review.credits else {}


def categories_of(job: Job, reading: Reading, shelf: Shelf) -> tuple[dict[str, CategoryFile], list[Problem]]:
    """Read the categories' own files, by "locale/folder"."""
    problems: list[Problem] = []
    found = {}
    for fact in reading.categories:
        text = _text(job.root, fact, problems)
        record = shelf.memo("category", (text, fact.path), partial(_category, text, fact.path))
        problems += [Problem(*row) for row in record["problems"]]
        if record["file"] is not None:
            place = fact.path.removeprefix(f"{CONTENT}/").removesuffix("_category.toml").rstrip("/")
            found[place] = settings.category_from_plain(record["file"])
    return found, problems


def theme_folders(root: Path, config: Config) -> tuple[Path, ...]:
    """
    Name the folders that a theme is read from, the site's own first, the default one last.

    `themes/default` of the site itself comes before the one that is installed with kbgen: in a checkout they are the same.
    """
    own = [root / config.theme.overrides] if config.theme.overrides else []
    named = root / "themes" / config.theme.name
    if config.theme.name != "default" or (named.is_dir() and not named.samefile(default_theme())):
        own.append(named)
    return (*own, default_theme())


def default_theme() -> Path:
    """Return the theme that comes with kbgen: installed inside the package, or beside it in a checkout."""
    here = Path(__file__).resolve().parents[1]
    installed = here / "_themes" / "default"
    return installed if installed.is_dir() else here.parent / "themes" / "default"


def dates_for(locales: Mapping[str, LocaleFacts], moments: list[str], zone: str, shelf: Shelf) -> dict[str, dict[str, str]]:
    """Write every day that a page may show, in every locale; days are those of a time zone."""
    from kbgen.locales import date_texts, day_of  # noqa: PLC0415 - beside its only use

    days = sorted({day_of(moment, zone) for moment in moments if moment})
    return (
        {tag: shelf.memo("dates", (tag, *days), partial(date_texts, tag, days)) for tag in locales}
        if days
        else {tag: {} for tag in locales}
    )


def _rows(problems: tuple[Problem, ...]) -> list[tuple[object, ...]]:
    from dataclasses import astuple  # noqa: PLC0415 - beside its only use

    return [astuple(problem) for problem in problems]


def _category(text: str, path: str) -> dict[str, Any]:
    file, problems = settings.read_category(text, path)
    return {"file": None if file is None else settings.category_to_plain(file), "problems": _rows(problems)}


def _variables(text: str, path: str) -> dict[str, Any]:
    values, problems = settings.read_variables(text, path)
    return {"values": values, "problems": _rows(problems)}


def _text(root: Path, fact: Fact, problems: list[Problem]) -> str:
    try:
        return data_of(root, fact).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(fact.path, 0, 0, "KB141", f"this cannot be read: {error}", "Save it as UTF-8 text"))
        return ""


def _snippets(job: Job, reading: Reading, config: Config, problems: list[Problem]) -> dict[str, dict[str, str]]:
    """Return locale -> name -> Markdown; a locale without its own text takes that of its fall-back."""
    found: dict[str, dict[str, str]] = {}
    for fact in reading.snippets:
        parts = fact.path.split("/")
        if len(parts) == 4 and parts[3].endswith(".md"):  # noqa: PLR2004 - content/_snippets/<locale>/<name>.md
            found.setdefault(parts[2], {})[parts[3].removesuffix(".md")] = _text(job.root, fact, problems).replace("\r\n", "\n")
    default = found.get(config.site.default_locale, {})
    return {tag: {**default, **found.get(one.fallback or "", {}), **found.get(tag, {})} for tag, one in config.locales.items()}


def _strangers(reading: Reading, config: Config) -> list[Problem]:
    seen: dict[str, str] = {}
    for fact in reading.articles:
        locale = fact.path.split("/", 2)[1]
        if locale not in config.locales:
            seen.setdefault(locale, fact.path)
    names = ", ".join(config.locales)
    return [
        Problem(
            path,
            0,
            0,
            "KB152",
            f"{locale}/ is not a locale of this site ({names})",
            f"Add  [locales.{locale}]  to kbgen.toml, or rename the folder",
        )
        for locale, path in sorted(seen.items())
    ]


def for_site(world: World, reading: Reading, shelf: Shelf) -> dict[str, Any]:
    """Return what `assemble` needs of the world."""
    return {"assets": {fact.path: fact for fact in reading.assets}, "updated": world.updated, "memo": shelf.memo}


def ground_of(job: Job, site: Site, config: Config, world: World, files: Mapping[str, Asset], shelf: Shelf) -> Ground:
    """Lay the ground that pages are planned on."""
    moments = [site.updated.get(place.article.path, "") for place in site.places.values()]
    moments += [place.article.head.publish_at for place in site.places.values()]
    moments += [one.at for one in world.reviews.reviews.values()]
    return Ground(
        site=site,
        config=config,
        job=job,
        locales=world.locales,
        dates=dates_for(world.locales, moments, config.site.time_zone, shelf),
        load=loader(shelf),
        files=files,
        revisions=world.revisions,
        credits=world.credits,
        helpful=world.feedback.helpful if world.feedback else {},
        answers=world.feedback.answers if world.feedback else {},
        memo=shelf.memo,
    )


def loader(shelf: Shelf) -> Callable[[Article], Body]:
    """Return what fetches a body; a page asks for its own several times in a row, so the last few are held."""
    held: dict[str, Body] = {}

    def load(article: Article) -> Body:
        body = held.get(article.heavy)
        if body is None:
            if len(held) > 8:  # noqa: PLR2004 - bodies; more would only fill memory
                held.clear()
            body = held[article.heavy] = body_of(article, shelf)
        return body

    return load


def next_change(articles: Iterable[Article], job: Job, also: str = "") -> str:
    """Return the first moment after this build at which an article appears or leaves by its own dates, or `also`; "" for never."""
    now = job.as_of.isoformat()
    moments = (moment for one in articles for moment in (one.head.publish_at, one.head.expire_at))
    return min((moment for moment in (also, *moments) if moment > now), default="")
