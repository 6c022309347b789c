"""
build(job) -> Report: the table of contents of the house.

    Job -read-> Source -parse-> Article -assemble-> Site -plan-> Page -render-> Output -publish-> the output folder
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from kbgen import publish, state
from kbgen.lock import holding
from kbgen.model import Job, Report, report_of
from kbgen.review.trusted import settled
from kbgen.state import Memory
from kbgen.workers import twice

if TYPE_CHECKING:
    from kbgen.cache import Shelf

Progress = Callable[[str, int, int], None]  # step, done, of


def build(job: Job, progress: Progress = lambda *_: None, memory: Memory | None = None, *, write: bool = True) -> Report:
    """
    Build the portal.

    Args:
        job: The wish.
        progress: Told about long work.
        memory: Kept by callers that build repeatedly.
        write: False to check only: nothing outside .kbgen/ is touched.

    Returns: What was done, and every problem of every file.  With errors (with `strict`, warnings too) the output stays as it was.
    Raises: publish.OutputError: The output folder cannot be used. lock.BusyError: Another build does not end. TrustError.
    """
    job, notices = settled(job)
    return replace(_begin(job, progress, memory, write=write), notices=notices)


def _begin(job: Job, progress: Progress, memory: Memory | None, *, write: bool) -> Report:
    publish.refuse_foreign(job.output, job.root)
    last = state.State() if job.clean else state.load(job)
    inputs = state.inputs_of(job, last.watched) if write and last.watched else ""
    answer = state.unchanged(job, last, inputs)
    if answer is not None:
        return answer
    with holding(job.root):
        from kbgen import cache  # noqa: PLC0415 - all that is heavy is loaded behind this line

        shelf = cache.Shelf(job.root / ".kbgen" / "cache.sqlite", empty=job.clean)
        try:
            return twice(lambda: _build(job, shelf, last, inputs, progress, memory or Memory(), write=write))
        finally:
            shelf.close()


def _build(job: Job, shelf: Shelf, last: state.State, inputs: str, progress: Progress, memory: Memory, *, write: bool) -> Report:  # noqa: PLR0913
    from kbgen import plan, why  # noqa: PLC0415
    from kbgen.steps import again, articles, index, language, outputs, owed, whole, world  # noqa: PLC0415
    from kbgen.steps.around import look_around  # noqa: PLC0415

    # read, parse
    seen, problems = look_around(job, shelf, last, inputs, memory, write=write)
    if seen is None:
        return report_of(problems)
    parsed, found, facts = articles.read_articles(job, seen, shelf, last.facts, memory.articles, progress)

    # assemble, check, index
    kept = memory.kept if memory.kept and memory.kept.mark == last.mark == publish.generation(job.output) else None
    texts = again.rewritten(kept, job, seen, parsed, shelf)
    ground, troubles = (texts.ground, texts.problems) if texts else whole.site(job, seen, parsed, shelf, last.facts, facts)
    searched, missed = index.index_files(job, ground.site, seen.config.search, shelf)
    problems += [*found, *troubles, *missed, *language.problems(job, ground.site, seen.reading, shelf)]
    facts = {**last.facts, **facts} if texts else facts
    if not write or any(problem.severity == "error" or job.strict for problem in problems):
        report = report_of(problems, articles=len(parsed))
        if write:
            state.save(job, last, report, facts, seen.watched, seen.inputs)
        return report

    # plan
    pages = texts.outputs(seen, shelf) if texts else whole.pages(job, seen, ground, shelf)
    rest = texts.rest - pages.keys() if texts else frozenset()
    wanted = {**{one.path: one for one in searched}, **pages}
    shelf.save()

    # render, publish
    memory.kept = None
    left, slips, made, removed = outputs.write_outputs(job, (wanted, rest), last, progress, trusted=kept is not None)
    written = not slips
    if written:
        memory.kept = again.Kept(job, seen, parsed, ground, troubles, rest | pages.keys(), left.mark)
        slips += outputs.over_budget(job.output, left.files, seen.look, seen.config.budgets)
    if written and job.audience == "public" and not job.drafts and job.base_url != "":  # a live portal has no address to tell
        outputs.hand_over(job, plan.manifest_of(ground))
    why.record(job.root, job.output, [one for one in wanted.values() if left.files.get(one.path) is not last.files.get(one.path)])
    report = report_of([*problems, *slips], len(parsed), len(wanted) + len(rest), made, removed, written=written)
    left.until = world.next_change(parsed, job, ground.until)
    if written and job.owed:
        owed.leave(job, ground, wanted.keys() | rest, left.until)
    state.save(job, left, report, facts, seen.watched, seen.inputs)
    shelf.prune()
    return report
