"""Files that articles show or offer: which ones, measured where they have changed, copied to where pages point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kbgen.assets import Want, copy_key, gather
from kbgen.cache import Shelf
from kbgen.digests import digest
from kbgen.links import beside
from kbgen.model import Asset, Job, Output, Problem, Site
from kbgen.read import Fact, data_of, known

SHOWN = {"md", "txt"}  # transcripts: their text stands on the page, the file itself is not published


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
    job: Job, site: Site, last: Mapping[str, list[Any]], facts: dict[str, list[Any]], shelf: Shelf
) -> tuple[dict[str, Asset], list[Problem]]:
    """
    Measure what is wanted.

    Args:
        last: Facts and digests of the files of the last build.
        facts: Filled for the next build.
    """
    wants = list(wanted(site))
    digests = {want.fact.path: known(last, want.fact) for want in wants}
    found, problems = gather(job.root, wants, digests, shelf)
    for want in wants:
        asset = found.get(want.fact.path)
        if asset is not None:
            facts[want.fact.path] = [want.fact.size, want.fact.mtime, want.fact.inode, asset.digest]
    return found, problems


def copies(job: Job, site: Site, found: Mapping[str, Asset], shelf: Shelf) -> Iterator[Output]:
    """Plan the files themselves and the smaller copies of pictures."""
    for asset in found.values():
        if asset.path.rpartition(".")[2] not in SHOWN:
            fact: Fact = site.assets[asset.path]
            yield Output(asset.path.split("/", 1)[1], digest("file", asset.digest), lambda fact=fact: data_of(job.root, fact))
        for url, _ in asset.variants:
            yield Output(url, digest("copy", url), lambda url=url: shelf.get(copy_key(url)) or b"")
