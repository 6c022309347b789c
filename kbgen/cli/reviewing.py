"""The commands of reviewers: approvals, approve, owners."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kbgen.cli.door import BUILT, PROBLEMS, UNKNOWN, root_folder
from kbgen.cli.options import form, given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kbgen.review.changes import Proposal
    from kbgen.review.evidence import Provider
    from kbgen.review.reviewers import Reviewers

WHICH = "origin/main..HEAD"


@click.command()
@click.argument("proposal", metavar="[BASE..HEAD]", default=WHICH)
@given
@form
def approvals(proposal: str, given: tuple[str, ...], form: str) -> NoReturn:
    """
    Say which articles of a proposal are approved, by whom, and what is missing.

    An approval is bound to the very text: it survives merge, squash and rebase, and lapses when the article is edited. Who has to
    approve what stands in reviewers.toml, as BASE has it.

    \b
    Examples:
      kbgen approvals
      kbgen approvals origin/main..FETCH_HEAD --from github=reviews.json
      kbgen approvals --format json | jq '.[] | select(.approved | not)'

    Exit codes: 0 all approved, 1 not all, 2 wrong usage, 3 it cannot be told.
    """
    from kbgen.review.evidence import gather
    from kbgen.review.told import as_json, as_text
    from kbgen.review.verdicts import judge

    root = root_folder()
    change, reviewers = _opened(root, proposal)
    with unknown():
        evidence = gather(root, change, payloads(given), reviewers)
    verdicts = judge(change.asked(reviewers), evidence.approvals, reviewers)
    click.echo(as_json(verdicts) if form == "json" else as_text(verdicts, evidence.notes))
    sys.exit(BUILT if all(one.approved for one in verdicts) else PROBLEMS)


@click.command()
@click.argument("articles", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Approve every text that the proposal changes.")
@click.option("--in", "proposal", metavar="BASE..HEAD", default=WHICH, show_default=True, help="The proposal.")
@click.option("--sign/--no-sign", default=None, help="Sign with your SSH key; default: if git has user.signingkey.")
def approve(articles: tuple[str, ...], proposal: str, *, everything: bool, sign: bool | None) -> None:
    """
    Approve articles of a proposal, as the person whose address git knows.

    Writes an annotated tag, review/<id>/<person>/<n>, bound to the text that you have read. Push it for others to see.

    \b
    Examples:
      kbgen approve kb-refund
      kbgen approve --all --in origin/main..origin/new-returns
      git push origin 'refs/tags/review/*'
    """
    from kbgen.review import records
    from kbgen.review.git import GitError

    root = root_folder()
    change, reviewers = _opened(root, proposal)
    asked = change.asked(reviewers)
    known = dict.fromkeys(one.id for one in asked)
    if missing := [one for one in articles if one not in known]:
        raise click.UsageError(f"{proposal} does not change {', '.join(missing)}. It changes: {', '.join(known) or 'no article'}")
    chosen = [one for one in asked if everything or one.id in articles]  # an article and its translations have one id
    if not chosen:
        raise click.UsageError(f"Name the articles, or say --all. {proposal} changes: {', '.join(known) or 'no article'}")
    try:
        name = records.write_tag(root, change.head, [(one.id, one.blob) for one in chosen], reviewers, sign=sign)
    except (GitError, records.RecordError) as error:
        raise click.UsageError(str(error)) from error
    for one in chosen:
        click.echo(f"{one.id}  {one.path}  {one.blob[:10]}")
    click.echo(f"Approved with the tag {name}. Others see it after  git push origin {name}")


@click.command()
@click.option("--for", "forge", type=click.Choice(["github", "gitlab", "forgejo"]), help="Write CODEOWNERS in the dialect of this forge.")
@click.option("--check", "compare", is_flag=True, help="Write nothing; fail if the file in the repository differs.")
@click.option("--health", is_flag=True, help="Say what will hurt: groups of one, people who left, articles that no rule asks about.")
def owners(forge: str | None, *, compare: bool, health: bool) -> NoReturn:
    """
    Turn reviewers.toml into the CODEOWNERS file of a forge, or say how healthy it is.

    \b
    Examples:
      kbgen owners --for github
      kbgen owners --for gitlab --check
      kbgen owners --health

    Exit codes: 0 done, 1 the file differs or something is unhealthy, 2 wrong usage.
    """
    from kbgen.review import owners as verbs
    from kbgen.review.changes import articles_here
    from kbgen.review.reviewers import FILE, read

    root = root_folder()
    if forge is None and not health:
        raise click.UsageError("Say  --for github , gitlab or forgejo, or  --health")
    file = root / FILE
    if not file.is_file():
        raise click.UsageError(f"There is no {FILE} in {root}. docs/reviewer.md shows one")
    reviewers, problems = read(file.read_text(encoding="utf-8"))
    for one in problems:
        click.echo(f"{one.path}:{one.line}:{one.column}: error {one.rule}: {one.message}. {one.remedy}", err=True)
    if reviewers is None:
        sys.exit(PROBLEMS)
    articles = articles_here(root)
    said = list(verbs.health(reviewers, articles)) if health else []
    if forge is not None:
        said += _codeowners(root, forge, verbs.codeowners(reviewers, forge, articles, verbs.prefix_of(root)), compare=compare)  # type: ignore[arg-type]
    for line in said:
        click.echo(line)
    sys.exit(PROBLEMS if said else BUILT)


def _codeowners(root: Path, forge: str, text: str, *, compare: bool) -> list[str]:
    """Write the file, or say that it differs."""
    from kbgen.review.owners import PLACES, top_of

    file = top_of(root) / PLACES[forge]  # type: ignore[index]
    if not compare:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        click.echo(str(file), err=True)
        return []
    now = file.read_text(encoding="utf-8") if file.is_file() else ""
    return [] if now == text else [f"{PLACES[forge]} differs from reviewers.toml. Run  kbgen owners --for {forge}  and commit it"]  # type: ignore[index]


def _opened(root: Path, proposal: str) -> tuple[Proposal, Reviewers]:
    """Read what a proposal changes, and who judges it."""
    from kbgen.review import changes
    from kbgen.review.evidence import reviewers_at

    with unknown():
        change = changes.read(root, *parted(proposal))
        return change, reviewers_at(root, change.target, change.prefix)


def parted(proposal: str) -> tuple[str, str]:
    """Read BASE..HEAD."""
    base, dots, head = proposal.partition("..")
    if not (base and dots and head) or "..." in proposal:
        raise click.UsageError(f"{proposal} is no proposal. Write  origin/main..HEAD")
    return base, head


def payloads(given: tuple[str, ...]) -> Mapping[Provider, Path]:
    """Read the words of --from: provider -> file."""
    from kbgen.review.evidence import PROVIDERS

    found: dict[Any, Path] = {}
    for one in given:
        name, _, file = one.partition("=")
        if name not in PROVIDERS or name == "git" or not file:
            raise click.UsageError(f"{one} is no provider with a file. Write  github=reviews.json , or gitlab, forgejo, file")
        found[name] = Path(file)
    return found


class Unknown(click.ClickException):
    """What was asked cannot be told."""

    exit_code = UNKNOWN


@contextmanager
def unknown() -> Iterator[None]:
    """Turn what cannot be told into exit code 3, so that CI never takes it for a yes or a no."""
    from kbgen.review.evidence import EvidenceError
    from kbgen.review.git import GitError

    try:
        yield
    except (GitError, EvidenceError) as error:
        raise Unknown(str(error)) from error
