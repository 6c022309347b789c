"""The commands that answer to a complaint: blame, asof."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from kbgen.cli.door import Failure, root_folder
from kbgen.cli.options import form

releases = click.option(
    "--releases",
    "manifests",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The manifests of what was published, such as  /srv/help/manifests  of  kbgen publish --to dir:/srv/help . Without it: git alone.",
)
only = click.option("-l", "--locale", default="", help="The article's language, where several have the id.")


@click.command()
@click.argument("url")
@click.argument("sentence")
@releases
@only
@form
def blame(url: str, sentence: str, manifests: Path | None, locale: str, form: str) -> None:
    """
    Say who wrote a sentence of a page, in which commit, who approved it and since when customers have read it.

    URL is the page's address, or the id or file of its article. SENTENCE is what the page says today; a part of it is enough.

    \b
    Examples:
      kbgen blame /en/billing/refund/ "within five working days"
      kbgen blame https://help.example.org/en/billing/refund/ "five working days" --releases /srv/help/manifests

    Exit codes: 0 found, 1 the page does not say it, 2 wrong usage, 3 it cannot be told.
    """
    import json

    from kbgen.review import audit, moving, pages

    root = root_folder()
    with _told():
        path = pages.file_of(root, url, locale)
        name = moving.read(root, path).head.id
        found = _origin(root, path, name, sentence)
        by = audit.approvers(root, name, found.text.blob, found.text.step)
        out = audit.first_release(manifests, found.text.path, found.text.blob, found.reached) if manifests else None
    facts: dict[str, Any] = {
        "path": found.path,
        "line": found.line,
        "commit": found.commit.oid,
        "authors": list(found.commit.authors),
        "written": _iso(found.commit.seconds),
        "merged": _iso(found.reached),
        "approved": [{"by": who, "proof": proof} for who, proof in by],
        "release": out.name if out else "",
        "published": out.made if out else "",
    }
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2) if form == "json" else "\n".join(_lines(facts, known=bool(manifests))))


@click.command()
@click.argument("date")
@click.argument("key", metavar="ID")
@releases
@only
@form
def asof(date: str, key: str, manifests: Path | None, locale: str, form: str) -> None:
    """
    Print the exact text of an article that customers saw at a moment; who approved it, and its release, go to standard error.

    DATE is a day, whose end counts, or a moment with a zone. Without --releases the text is that of the branch, as if every commit had been
    published at once, and that is said.

    \b
    Examples:
      kbgen asof 2026-03-12 kb-refund --releases /srv/help/manifests
      kbgen asof 2026-03-12T09:00+01:00 kb-refund --locale ca > then.md

    Exit codes: 0 found, 1 customers saw no such article, 2 wrong usage, 3 it cannot be told.
    """
    import json

    from kbgen.cli.door import configured_locale

    root = root_folder()
    moment = _moment(date)
    with _told():
        facts, data = _then(root, moment, key, locale or configured_locale(root), manifests)
    if form == "json":
        click.echo(json.dumps({**facts, "text": data.decode("utf-8", "replace")}, ensure_ascii=False, indent=2))
        return
    for line in _seen(facts):
        click.echo(line, err=True)
    sys.stdout.buffer.write(data)


def _origin(root: Path, path: str, name: str, sentence: str) -> Any:  # noqa: ANN401 - audit.Origin, which is heavy to import
    """Find a sentence in an article, or in a paragraph that it shares with others."""
    from kbgen.config import EVERY_LOCALE, read_variables
    from kbgen.review import audit

    locale = path.split("/")[1]
    shared = root / "content" / "_vars.toml"
    values, _ = read_variables(shared.read_text(encoding="utf-8"), "content/_vars.toml") if shared.is_file() else ({}, ())
    mine = {**values.get(EVERY_LOCALE, {}), **values.get(locale, {})}
    try:
        return audit.origin(audit.article(root, locale, name), sentence, mine)
    except audit.NotFoundError:
        for snippet in sorted((root / "content" / "_snippets").glob("*/*.md")):
            try:
                return audit.origin(audit.file(root, snippet.relative_to(root).as_posix()), sentence, mine)
            except audit.NotFoundError:
                continue
        raise


def _then(root: Path, moment: datetime, key: str, locale: str, manifests: Path | None) -> tuple[dict[str, Any], bytes]:
    """Return what is known of an article at a moment, and its text."""
    from kbgen.review import audit, git

    facts: dict[str, Any] = {"id": key, "locale": locale, "at": moment.isoformat(), "release": "", "published": "", "approved": []}
    if manifests:
        release = audit.release_at(manifests, moment.isoformat())
        page = audit.page_of(release, key, locale) if release else None
        if release is None or page is None:
            raise audit.NotFoundError(f"Customers saw no {key} in {locale} then" + (f": {release.name} has none" if release else ""))
        data = git.objects(root, [page.blob]).get(page.blob)
        if data is None:
            raise audit.AuditError(f"{release.name} showed the text {page.blob[:10]}, which is not here. Fetch all of the history")
        facts |= {"path": page.path, "blob": page.blob, "url": page.url, "title": page.title, "commit": release.commit}
        by = [{"by": who, "proof": "release"} for who in audit.named(root, page.by)] or _approved(root, key, page.blob, None)
        return {**facts, "release": release.name, "published": release.made, "approved": by}, data
    text = audit.shown_at(audit.article(root, locale, key), int(moment.timestamp()))
    if text is None or not text.blob or (hidden := _hidden(text.data, text.path, moment)):
        raise audit.NotFoundError(f"Customers saw no {key} in {locale} then" + (f": it was {hidden}" if text and text.blob else ""))
    facts |= {"path": text.path, "blob": text.blob, "commit": text.step.commit.oid, "approved": _approved(root, key, text.blob, text.step)}
    return facts, text.data


def _approved(root: Path, key: str, blob: str, step: Any) -> list[dict[str, str]]:  # noqa: ANN401 - log.Step
    from kbgen.review import audit

    return [{"by": who, "proof": proof} for who, proof in audit.approvers(root, key, blob, step)]


def _hidden(data: bytes, path: str, moment: datetime) -> str:
    """Say why a text was not shown at a moment, "" if it was."""
    from kbgen import head as front_matter

    parts, _ = front_matter.split(data, path)
    head, _ = front_matter.read(parts.front, path) if parts else (None, ())
    if head is None:
        return "not in order"
    now = moment.isoformat()
    if head.publish_at > now or (head.expire_at and head.expire_at <= now):
        return "outside its dates"
    return "" if head.status == "published" else head.status


def _moment(text: str) -> datetime:
    """Read a day, of which the end counts, or a moment."""
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return moment + timedelta(days=1, seconds=-1) if len(text) == len("2026-03-12") else moment
    except (ValueError, OverflowError):
        raise click.UsageError(f"{text} is no date. Write  2026-03-12  or  2026-03-12T08:00:00+01:00") from None


def _lines(facts: dict[str, Any], *, known: bool) -> Iterator[str]:
    yield f"{facts['path']}:{facts['line']}"
    yield f"written by   {', '.join(facts['authors'])}, {facts['written']}"
    yield f"commit       {facts['commit']}, on this branch since {facts['merged']}"
    yield f"approved by  {_people(facts) or 'nobody that git knows of'}"
    if known:
        yield f"published    {facts['release'] + ', ' + facts['published'] if facts['release'] else 'in no release yet'}"


def _seen(facts: dict[str, Any]) -> Iterator[str]:
    yield f"{facts['path']} {facts['blob']}"
    yield (
        f"release      {facts['release']}, {facts['published']}" if facts["release"] else f"commit       {facts['commit']}, from git alone"
    )
    yield f"approved by  {_people(facts) or 'nobody that is known'}"


def _people(facts: dict[str, Any]) -> str:
    return ", ".join(f"{one['by']} ({one['proof']})" for one in facts["approved"])


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@contextmanager
def _told() -> Iterator[None]:
    """Tell wrong usage from what cannot be told."""
    from kbgen.cli.reviewing import unknown
    from kbgen.review.audit import AuditError, NotFoundError
    from kbgen.review.git import GitError
    from kbgen.review.moving import MoveError

    with unknown():
        try:
            yield
        except NotFoundError as error:
            raise Failure(str(error)) from error
        except MoveError as error:
            raise click.UsageError(str(error)) from error
        except AuditError as error:
            raise GitError(str(error)) from error
