"""The group of all commands: what stands before a command, and how errors become sentences."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kbgen import __version__

if TYPE_CHECKING:
    from kbgen.steps.owed import Approval

BUILT, PROBLEMS, USAGE, UNKNOWN = 0, 1, 2, 3


class Mended(click.Group):
    """A group whose unexpected errors are one line; `--traceback` shows the rest."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command; turn the library's errors into sentences."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is heard: a second one would only litter the end
            raise
        except Exception as error:
            if ctx.params.get("traceback"):
                raise
            raise Failure(_sentence(error)) from error


class Failure(click.ClickException):
    """A build that could not be done for a reason outside the articles."""

    exit_code = PROBLEMS


def _sentence(error: Exception) -> str:
    """Say in words what went wrong; a mistake of ours is called one."""
    from kbgen.hooks import HookError
    from kbgen.lock import BusyError
    from kbgen.publish import OutputError
    from kbgen.review.trusted import TrustError
    from kbgen.workers import ChangedError, ChildDiedError

    if isinstance(error, HookError | BusyError | OutputError | TrustError | ChangedError | ChildDiedError):
        return str(error)
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    name = type(error).__name__
    text = " ".join(str(error).split())
    return f"{text or name}\nThis is a mistake in kbgen ({name}). Run it again with  kbgen --traceback …  and report what it shows."


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


def root_folder() -> Path:
    """Find the knowledge base: the folder given, or the nearest one upwards."""
    given = click.get_current_context().find_root().params.get("root")
    if given:
        return Path(given).absolute()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "kbgen.toml").is_file() or (folder / "content").is_dir():
            return folder
    raise click.UsageError(
        f"There is no kbgen.toml and no content/ in {here} or above it. Run  kbgen init  to start a knowledge base here."
    )


def configured_output(root: Path, trusted: str = "") -> Path:
    """Read [build] output, of a trusted folder if there is one, without loading anything heavy."""
    import tomllib

    try:
        file = root / trusted / "kbgen.toml"
        build = tomllib.loads(file.read_text(encoding="utf-8-sig") if file.is_file() else "").get("build", {})
        return root / str(build.get("output") or "dist")
    except (OSError, ValueError, AttributeError, RecursionError):
        return root / "dist"


def configured_locale(root: Path) -> str:
    """Read [site] default_locale, without loading anything heavy."""
    import tomllib

    try:
        site = tomllib.loads((root / "kbgen.toml").read_text(encoding="utf-8-sig")).get("site", {})
        return str(site.get("default_locale") or "en")
    except (OSError, ValueError, AttributeError):
        return "en"


def configured_approval(root: Path, trusted: str = "") -> Approval:
    """Read [review] approval, of a trusted folder if there is one, without loading anything heavy; what is none is told by the build."""
    import tomllib

    try:
        file = root / trusted / "kbgen.toml"
        review = tomllib.loads(file.read_text(encoding="utf-8-sig") if file.is_file() else "").get("review", {})
        return "enforce" if review.get("approval") == "enforce" else "warn" if review.get("approval") == "warn" else "off"
    except (OSError, ValueError, AttributeError, RecursionError):
        return "off"


def configured_export(root: Path) -> Path | None:
    """Read [feedback] export, without loading anything heavy; None when it names no file."""
    import tomllib

    try:
        table = tomllib.loads((root / "kbgen.toml").read_text(encoding="utf-8-sig")).get("feedback", {})
        return root / str(table["export"]) if table.get("export") else None
    except (OSError, ValueError, AttributeError):
        return None


def end_on_sigterm() -> None:
    """
    Let a polite kill unwind as ctrl-C does, so that worker processes, locks and ports go with this one.

    Processes forked later inherit the handler; in them the signal does what it always did.
    """
    own = os.getpid()

    def stop(number: int, _frame: object) -> None:
        if os.getpid() == own:
            sys.exit(128 + number)
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    try:
        signal.signal(signal.SIGTERM, stop)
    except ValueError:
        return  # not in the main thread: whoever runs the command there minds its signals
