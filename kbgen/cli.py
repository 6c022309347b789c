"""The front door.  Each command opens a job, calls the verb of the house and tells what came of it; only this file prints."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click

from kbgen import __version__

if TYPE_CHECKING:
    from kbgen.model import Job, Report

BUILT, PROBLEMS, USAGE = 0, 1, 2


class Mended(click.Group):
    """A group whose unexpected errors are one line; `--traceback` shows the rest."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command; turn the library's errors into sentences."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, KeyboardInterrupt):
            raise
        except Exception as error:
            if ctx.params.get("traceback"):
                raise
            from kbgen.hooks import HookError  # noqa: PLC0415
            from kbgen.lock import BusyError  # noqa: PLC0415
            from kbgen.publish import OutputError  # noqa: PLC0415

            known = isinstance(error, HookError | BusyError | OutputError)
            hint = (
                ""
                if known
                else f"\nThis is a mistake in kbgen ({type(error).__name__}). Run it again with  kbgen --traceback …  and report what it shows."
            )
            raise _Failure(f"{error}{hint}") from error


class _Failure(click.ClickException):
    """A build that could not be done for a reason outside the articles."""

    exit_code = PROBLEMS


@click.group(cls=Mended, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="kbgen %(version)s")
@click.option("--traceback", is_flag=True, help="Show where in the code an error was raised.")
@click.option(
    "-C",
    "--root",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="The knowledge base; default: the nearest folder upwards that holds kbgen.toml or content/.",
)
def main(*, traceback: bool, root: Path | None) -> None:
    """
    Build a customer-service help centre from Markdown articles in git.

    \b
    Examples:
      kbgen init                  start a knowledge base in this folder
      kbgen serve                 see it live while you write
      kbgen check                 what is wrong, and how to mend it
      kbgen build                 the portal in dist/

    Shell completion: eval "$(_KBGEN_COMPLETE=bash_source kbgen)" (zsh_source, fish_source for others).
    """


def _root(explicit: Path | None = None) -> Path:
    """Find the knowledge base: the folder given, or the nearest one upwards."""
    given = explicit or click.get_current_context().find_root().params.get("root")
    if given:
        return Path(given).absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "kbgen.toml").is_file() or (folder / "content").is_dir():
            return folder
    raise click.UsageError(
        f"There is no kbgen.toml and no content/ in {here} or above it. Run  kbgen init  to start a knowledge base here."
    )


def _moment(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime:
    if value is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value} is no date. Write  2026-03-12  or  2026-03-12T08:00:00+01:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


_jobs = click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Processes to use; default: as many as there are processors.")
_drafts = click.option("--drafts", is_flag=True, help="Show drafts, scheduled articles and those in review too, each with a ribbon.")
_audience = click.option(
    "--audience",
    type=click.Choice(["public", "agents"]),
    default="public",
    show_default=True,
    help="Who the portal is for; 'agents' shows internal articles too.",
)
_as_of = click.option("--as-of", callback=_moment, metavar="DATE", help="Build as if it were this day or moment.")
_strict = click.option("--strict", is_flag=True, help="Count warnings as errors.")
_trust = click.option(
    "--trust",
    "trusted",
    default="",
    metavar="REVISION",
    help="Take kbgen.toml, themes and hooks from this git revision, not from the files here: for pull requests from strangers.",
)


def _job(root: Path, output: Path | None, **wish: Any) -> Job:  # noqa: ANN401 - the options of a command
    from kbgen.model import Job  # noqa: PLC0415

    wish["jobs"] = wish.get("jobs") or os.cpu_count() or 1
    return Job(root=root, output=(output or _configured_output(root)).absolute(), **wish)


def _configured_output(root: Path) -> Path:
    """Read [build] output without loading anything heavy."""
    import tomllib  # noqa: PLC0415

    try:
        file = root / "kbgen.toml"
        build = tomllib.loads(file.read_text(encoding="utf-8-sig") if file.is_file() else "").get("build", {})
        return root / str(build.get("output") or "dist")
    except (OSError, ValueError, AttributeError):
        return root / "dist"


@main.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder to write; default: dist/, or [build] output.")
@_strict
@click.option("--clean", is_flag=True, help="Forget what earlier builds remembered. The same bytes, only slower.")
@_jobs
@_drafts
@_audience
@_as_of
@click.option("--base-url", metavar="URL", help="The portal's address, instead of [site] base_url.")
@_trust
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report.")
@click.option("-q", "--quiet", is_flag=True, help="Only problems.")
def build(output: Path | None, form: str, *, quiet: bool, **wish: Any) -> NoReturn:  # noqa: ANN401
    """
    Build the portal into dist/.

    Only pages whose inputs changed are rendered again; run 'kbgen why URL' to see which input it was.
    When an article has an error, nothing is written: the last good portal stays.

    \b
    Examples:
      kbgen build
      kbgen build --strict --base-url https://help.example.org
      kbgen build --drafts --output preview

    Exit codes: 0 built, 1 problems found, 2 wrong usage.
    """
    import gc  # noqa: PLC0415

    from kbgen.pipeline import build as run  # noqa: PLC0415

    gc.set_threshold(
        100_000, 20, 100
    )  # a build makes many values that live to its end: looking for rings among them is a tenth of its time
    job = _job(_root(), output, **wish)
    with _Progress(show=form == "text" and not quiet) as progress:
        report = run(job, progress)
    _tell(report, form, quiet=quiet)
    sys.exit(PROBLEMS if report.failed else BUILT)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_strict
@_jobs
@_drafts
@_as_of
@_trust
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report.")
@click.option("-q", "--quiet", is_flag=True, help="Only problems.")
def check(paths: tuple[Path, ...], form: str, *, quiet: bool, **wish: Any) -> NoReturn:  # noqa: ANN401
    """
    Say what is wrong with the articles, and how to mend it.

    Every problem of every file comes in one run, in the form file:line:column that editors read.
    With PATHS, only the problems of these files and folders are shown; the whole site is read all the same, because links cross files.

    \b
    Examples:
      kbgen check
      kbgen check content/ca
      kbgen check --format json | jq '.problems[].rule'

    Exit codes: 0 clean (warnings do not count without --strict), 1 problems found, 2 wrong usage.
    """
    from dataclasses import replace  # noqa: PLC0415

    from kbgen.pipeline import build as run  # noqa: PLC0415

    root = _root()
    for path in paths:
        if not path.exists():
            raise click.BadParameter(f"{path} does not exist", param_hint="PATHS")
    job = _job(root, None, **wish)
    with _Progress(show=form == "text" and not quiet) as progress:
        report = run(job, progress, write=False)
    if paths:
        inside = [path.absolute() for path in paths]
        shown = tuple(one for one in report.problems if any((root / one.path).is_relative_to(path) for path in inside))
        report = replace(report, problems=shown)
    _tell(report, form, quiet=quiet, checked=True)
    failed = any(one.severity == "error" or job.strict for one in report.problems)
    sys.exit(PROBLEMS if failed else BUILT)


@main.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on. Others than this machine can reach 0.0.0.0."
)
@click.option("-p", "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes a free one.")
@_jobs
@_drafts
@_audience
@_as_of
@click.option("--gallery", is_flag=True, help="Show every part of the theme with its examples at /__kbgen/gallery/.")
@click.option("--poll", is_flag=True, help="Look for changes by reading the files again and again: for network disks.")
def serve(host: str, port: int, *, gallery: bool, poll: bool, **wish: Any) -> None:  # noqa: ANN401
    """
    Show the portal live while you write.

    A saved article is rendered and its page reloads by itself. An article with an error shows file and line over the page; the last good
    portal stays. Nothing is written to dist/.

    \b
    Examples:
      kbgen serve
      kbgen serve --drafts --port 8080

    Ctrl-C stops it.
    """
    from kbgen.serve import ServeError, Wish  # noqa: PLC0415
    from kbgen.serve import serve as run

    root = _root()
    job = _job(root, root / ".kbgen" / "serve", base_url="", **wish)
    try:
        run(job, Wish(host=host, port=port, gallery=gallery, poll=poll), click.echo)
    except ServeError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("url")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder of the build; default: dist/, or [build] output.")
def why(url: str, output: Path | None) -> None:
    """
    Say which input made a page be rendered again in the last build that did.

    URL is the page's address on the portal, with or without the host.

    \b
    Examples:
      kbgen why /en/account/reset-password/
      kbgen why https://help.example.org/en/
    """
    from kbgen.why import reasons  # noqa: PLC0415

    root = _root()
    lines = reasons(root, (output or _configured_output(root)).absolute(), url)
    if lines is None:
        raise click.UsageError(f"The last build has no page {url}. Addresses look like  /en/account/reset-password/")
    for line in lines:
        click.echo(line)


@main.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """
    Explain a rule by its name, or list all rules.

    \b
    Examples:
      kbgen explain KB104
      kbgen explain
    """
    from textwrap import fill  # noqa: PLC0415

    from kbgen.explain import rules  # noqa: PLC0415

    known = rules()
    if rule is None:
        for name, text in known.items():
            click.echo(f"{name}  {text.split('. ', 1)[0].rstrip('.')}.")
        return
    name = rule.upper()
    if name not in known:
        from difflib import get_close_matches  # noqa: PLC0415

        near = get_close_matches(name, known, 1)
        raise click.UsageError(f"There is no rule {rule}." + (f" Did you mean {near[0]}?" if near else " Run  kbgen explain  for a list."))
    click.echo(f"{name}\n")
    for paragraph in known[name].split("\n\n"):
        click.echo(paragraph if "\n" in paragraph else fill(paragraph, 96))


@main.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one file for each schema into this folder; default: print all as one object.",
)
def schema(output: Path | None) -> None:
    """
    Write JSON Schemas of front matter, kbgen.toml and _category.toml for editors.

    \b
    Examples:
      kbgen schema --output .vscode
      kbgen schema | jq keys
    """
    import json  # noqa: PLC0415

    from kbgen.schema import schemas  # noqa: PLC0415

    found = schemas()
    if output is None:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, value in found.items():
        (output / name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        click.echo(str(output / name))


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--title", default="Help", show_default=True, help="The portal's title.")
@click.option(
    "--locale",
    "locales",
    multiple=True,
    default=("en",),
    show_default=True,
    help="A language of the portal; the first one is the default. May be repeated.",
)
def init(folder: Path, title: str, locales: tuple[str, ...]) -> None:
    """
    Start a knowledge base: kbgen.toml, one category, one article, .gitignore.

    Nothing that exists is overwritten.

    \b
    Examples:
      kbgen init
      kbgen init help --title "Acme Help" --locale en --locale ro
    """
    from kbgen.start import StartError  # noqa: PLC0415
    from kbgen.start import init as run

    try:
        made = run(folder, title, locales)
    except StartError as error:
        raise click.UsageError(str(error)) from error
    for path in made:
        click.echo(f"wrote {path}")
    where = "" if folder == Path() else f"cd {folder} && "
    click.echo(f"\nNext:  {where}kbgen serve")


@main.command()
@click.argument("title")
@click.option("-c", "--category", required=True, help="The category's folders, such as  account/sign-in .")
@click.option(
    "-k",
    "--kind",
    type=click.Choice(["guide", "faq", "manual", "video", "troubleshooting", "exercise", "reply"]),
    default="guide",
    show_default=True,
    help="What the article is.",
)
@click.option("-l", "--locale", help="The article's language; default: the site's.")
@click.option("--id", "key", help="The id of the article that this one translates; default: a new id.")
def new(title: str, category: str, kind: str, locale: str | None, key: str | None) -> None:
    """
    Start an article with an id of its own, as a draft.

    \b
    Examples:
      kbgen new "Reset your password" --category account/sign-in
      kbgen new "Restabliu la contrasenya" -c compte -l ca --id kb-resetpw
    """
    from kbgen.start import StartError  # noqa: PLC0415
    from kbgen.start import new as run

    try:
        path = run(_root(), title, category, kind, locale, key)
    except StartError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"wrote {path}")


def _tell(report: Report, form: str, *, quiet: bool, checked: bool = False) -> None:
    from kbgen.report import as_json, problem_text, summary  # noqa: PLC0415

    if form == "json":
        click.echo(as_json(report))
        return
    paint = _paint if _colours() else (lambda text, _colour: text)
    for problem in report.problems:
        click.echo(problem_text(problem, paint), err=not checked)
    for notice in report.notices:
        click.echo(notice, err=True)
    if checked:
        click.echo(
            f"{len(report.problems)} problems in {report.articles:,} articles"
            if report.problems
            else f"{report.articles:,} articles, nothing to mend"
        )
    elif not quiet:
        click.echo(summary(report, report.problems))


def _colours() -> bool:
    return "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb" and sys.stderr.isatty()


def _paint(text: str, colour: str) -> str:
    return click.style(text, bold=True) if colour == "bold" else click.style(text, fg=colour)


class _Progress:
    """A bar on a terminal for work of more than a moment; nothing elsewhere."""

    def __init__(self, *, show: bool) -> None:
        self._show = show and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, step: str, done: int, of: int) -> None:
        """Show that `done` of `of` pieces of a step are made."""
        if not self._show or of < 200:  # noqa: PLR2004 - less is over before it can be read
            return
        if self._bar is None:
            from rich.console import Console  # noqa: PLC0415 - 80 ms that short work never pays
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

            self._bar = Progress(
                TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True), transient=True
            )
            self._bar.start()
        if step not in self._tasks:
            self._tasks[step] = self._bar.add_task(step, total=of)
        if done % 50 == 0 or done == of:
            self._bar.update(self._tasks[step], completed=done)
