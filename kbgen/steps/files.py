"""Files that articles show or offer: which ones, measured where they have changed, copied to where pages point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from errno import EINVAL
from functools import partial
from typing import Any

from kbgen.assets import Want, copy_key, gather
from kbgen.cache import Shelf
from kbgen.config import Config
from kbgen.digests import blob, digest
from kbgen.links import beside
from kbgen.model import Asset, Fact, Job, Output, Problem, Site
from kbgen.parse import Surroundings
from kbgen.read import bytes_of, known, same_data_of
from kbgen.steps.transcripts import read_transcripts

LOGOS = frozenset({"svg", "png", "webp", "jpg", "jpeg"})
TEXTS = (".md", ".txt")  # a transcript stands on the page; the file itself is only published where a link offers it


def wanted(site: Site) -> Iterator[Want]:
    """Name each file that a shown article points at, once, with the first place that does."""
    seen: set[str] = set()
    for place in site.places.values():
        article = place.article
        targets = [(image.target, image.line) for image in article.body.images]
        targets += [(link.target, link.line) for link in article.body.links if link.kind == "asset"]
        films = [(film.video, film.line) for film in article.body.films] + ([(article.head.video, 0)] if article.head.video else [])
        for video, line in films:
            targets += [
                (one, line) for one in (video.src, video.poster, video.transcript, *(caption.src for caption in video.captions)) if one
            ]
        for target, line in targets:
            path = beside(article.path, target)
            fact = site.assets.get(path)
            if fact is not None and path not in seen:
                seen.add(path)
                yield Want(fact, article.path, line)


def read_files(
    job: Job, site: Site, around: Mapping[str, Surroundings], last: Mapping[str, list[Any]], facts: dict[str, list[Any]], shelf: Shelf
) -> tuple[dict[str, Asset], list[Problem]]:
    """
    Measure what is wanted, and render transcripts.

    Args:
        around: What each locale lends its texts.
        last: Facts and digests of the files of the last build.
        facts: Filled for the next build.
    """
    found, problems = _measured(job, list(wanted(site)), last, facts, shelf)
    transcripts, more, wrong = read_transcripts(site, found, around, shelf)
    extra = {want.fact.path: want for want in more if want.fact.path not in found}
    shown, troubles = _measured(job, list(extra.values()), last, facts, shelf)
    return found | transcripts | shown, [*problems, *wrong, *troubles]


def _measured(
    job: Job, wants: list[Want], last: Mapping[str, list[Any]], facts: dict[str, list[Any]], shelf: Shelf
) -> tuple[dict[str, Asset], list[Problem]]:
    digests = {want.fact.path: known(last, want.fact) for want in wants}
    found, problems = gather(job.root, wants, digests, shelf)
    for want in wants:
        asset = found.get(want.fact.path)
        if asset is not None:
            facts[want.fact.path] = [want.fact.size, want.fact.mtime, want.fact.inode, asset.digest]
    return found, problems


def logo_of(job: Job, config: Config, shelf: Shelf) -> tuple[Config, list[Output], list[Problem]]:
    """
    Publish the site's logo under the name of its content; it obeys the rules of every other picture.

    Returns: The settings with the logo's URL in place of its path, the file to be, and what is wrong.
    """
    path = config.site.logo
    if not path:
        return config, [], []
    bare = replace(config, site=replace(config.site, logo=""))
    try:
        place = job.root / path
        if not place.resolve().is_relative_to(job.root.resolve()) or path.rpartition(".")[2].lower() not in LOGOS:
            raise OSError(EINVAL, "it is no picture of this knowledge base")  # noqa: TRY301 - told as the system's own refusals are
        data = bytes_of(place)
    except OSError as error:
        remedy = "Name an SVG, PNG, WebP or JPEG file below this folder"
        return bare, [], [Problem("kbgen.toml", 0, 0, "KB330", f"the logo {path} cannot be used: {error.strerror}", remedy)]
    wants = [Want(Fact(path, len(data), 0, 0), "kbgen.toml", 0)]
    found, problems = gather(job.root, wants, {path: blob(data)}, shelf)
    if path not in found or any(problem.severity == "error" for problem in problems):
        return bare, [], problems
    name = digest("logo", blob(data))
    url = f"assets/logo.{name[:10]}.{path.rpartition('.')[2].lower()}"
    return replace(config, site=replace(config.site, logo=url)), [Output(url, name, lambda: data)], problems


def copies(job: Job, site: Site, found: Mapping[str, Asset], shelf: Shelf) -> Iterator[Output]:
    """Plan the files themselves and the smaller copies of pictures."""
    offered = _offered(site, found)
    for asset in found.values():
        if not asset.path.endswith(TEXTS) or asset.path in offered:
            fact: Fact = site.assets[asset.path]
            yield Output(asset.path.split("/", 1)[1], digest("file", asset.digest), partial(same_data_of, job.root, fact, asset.digest))
        for url, _ in asset.variants:
            yield Output(url, digest("copy", url), partial(_copy, url, shelf))


def _offered(site: Site, found: Mapping[str, Asset]) -> set[str]:
    """Name the text files that a link offers to readers."""
    bodies = [(place.article.path, place.article.body) for place in site.places.values()]
    bodies += [(asset.path, asset.body) for asset in found.values() if asset.body]
    return {
        beside(path, link.target) for path, body in bodies for link in body.links if link.kind == "asset" and link.target.endswith(TEXTS)
    }


def _copy(url: str, shelf: Shelf) -> bytes:
    return shelf.get(copy_key(url)) or b""
