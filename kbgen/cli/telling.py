"""What a person sees of a build: its problems, a sentence, and a bar while it takes long."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TextIO

import click

if TYPE_CHECKING:
    from kbgen.model import Report

LONG = 200  # pieces of work; less is over before a bar can be read


def tell(report: Report, form: str, *, quiet: bool) -> None:
    """
    Print what a build did: problems beside its work, the sentence on standard output.

    Args:
        form: "text" or "json".
        quiet: Problems only.
    """
    from kbgen.report import as_json, problem_text, summary

    if form == "json":
        click.echo(as_json(report))
        return
    paint = paint_of(sys.stderr)
    for problem in report.problems:
        click.echo(problem_text(problem, paint), err=True)
    for notice in report.notices:
        click.echo(notice, err=True)
    if not quiet:
        click.echo(summary(report, report.problems))


def paint_of(stream: TextIO) -> Callable[[str, str], str]:
    """Return what paints a text in a colour if a stream shows colours and its reader wants them."""
    return _paint if _colours(stream) else lambda text, _colour: text


def _colours(stream: TextIO) -> bool:
    """Say whether a stream shows colours and its reader wants them; NO_COLOR counts when it is not empty."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def _paint(text: str, colour: str) -> str:
    return click.style(text, bold=True) if colour == "bold" else click.style(text, fg=colour)


class Progress:
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
        if not self._show or of < LONG:
            return
        if self._bar is None:
            from rich.console import Console  # 80 ms that short work never pays
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
            from rich.progress import Progress as Bars

            columns = (TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn())
            self._bar = Bars(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
        if step not in self._tasks:
            self._tasks[step] = self._bar.add_task(step, total=of)
        if done % 50 == 0 or done == of:
            self._bar.update(self._tasks[step], completed=done)
