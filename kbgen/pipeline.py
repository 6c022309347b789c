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
    from kbgen import plan, theme, why  # noqa: PLC0415
    from kbgen.assemble import assemble  # noqa: PLC0415
    from kbgen.check import check  # noqa: PLC0415
    from kbgen.hooks import hooks_of  # noqa: PLC0415
    from kbgen.read import scan  # noqa: PLC0415
    from kbgen.steps import articles, files, index, outputs, world  # noqa: PLC0415

    # read
    config, problems = world.config_of(job, shelf)
    if config is None:
        return report_of(problems)
    named = (config.site.logo, config.feedback.export, *config.hooks.files)
    watched = [*map(str, world.theme_folders(job.root / job.trusted, config)), *(str(job.root / one) for one in named if one)]
    if watched != last.watched:  # the facts are taken before the files are read, so that a save in between is not lost
        inputs = state.inputs_of(job, watched) if write and world.config_of(job, shelf)[0] == config else ""
    reading = scan(job.root)
    around, found = world.read_world(job, config, reading, shelf)
    fresh, mistakes = theme.load(around.themes, list(config.locales), config.theme.colours)
    look = memory.theme = memory.theme if memory.theme and memory.theme.digest == fresh.digest else fresh  # compiled templates stay
    hooks, broken = hooks_of(job.root / job.trusted, config.hooks.files)
    problems += [*reading.problems, *found, *mistakes, *broken]

    # parse, assemble, index, check
    parsed, found, facts = articles.read_articles(job, reading, around, shelf, last.facts, memory.articles, progress)
    site = hooks.site(
        assemble([hooks.article(one) for one in parsed], around.categories, config, job, world.for_site(around, reading, shelf))
    )
    shown, troubles = files.read_files(job, site, around.around, last.facts, facts, shelf)
    config, badge, unread = files.logo_of(job, config, shelf)
    searched, missed = index.index_files(job, site, config.search, shelf)
    problems += [*found, *troubles, *unread, *missed, *check(site, config, reading)]
    if not write or any(problem.severity == "error" or job.strict for problem in problems):
        report = report_of(problems, articles=len(parsed))
        if write:
            state.save(job, last, report, facts, watched, inputs)
        return report

    # plan, render, publish
    ground = replace(world.ground_of(job, site, config, around, shown, shelf), hooked=bool(hooks.doors))
    pages = hooks.pages(list(plan.pages(ground)))
    wanted = outputs.outputs_of(pages, look, shelf.code + hooks.digest)
    apart = outputs.theme_files(look, config.feedback.url, config.markdown.allowed_hosts, config.suggest.origins if ground.offering else ())
    own = [*badge, *files.copies(job, site, shown, shelf), *apart]
    for one in (*plan.files(ground), *own, *searched):
        wanted.setdefault(one.path, one)
    shelf.save()
    left, troubles, made, removed = outputs.write_outputs(job.output, wanted, last, job.jobs, progress, trusted=memory.trusted)
    memory.trusted = written = not troubles
    if written and job.audience == "public" and not job.drafts and job.base_url != "":  # a live portal hands nothing over
        outputs.hand_over(job.root, plan.manifest_of(ground))
    why.record(job.root, job.output, [one for one in wanted.values() if left.files.get(one.path) is not last.files.get(one.path)])
    troubles += outputs.over_budget(job.output, left.files, look, config.budgets) if written else ()
    report = report_of([*problems, *troubles], articles=len(parsed), outputs=len(wanted), made=made, removed=removed, written=written)
    left.until = world.next_change(parsed, job)
    state.save(job, left, report, facts, watched, inputs)
    shelf.prune()
    return report
