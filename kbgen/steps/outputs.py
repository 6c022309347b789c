"""render and publish, for all pages: only what has another key than the file on disk is made, on all cores, into the spare tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from kbgen import publish
from kbgen.config import Budgets
from kbgen.digests import digest
from kbgen.model import Job, Output, Page, Problem
from kbgen.render import RenderError, render
from kbgen.state import State
from kbgen.theme import Theme
from kbgen.urls import path_of
from kbgen.workers import TooSlowError, cpu_limit, each

Files = dict[str, list[Any]]

CPU_SECONDS = 5.0  # for one page: a template that loops for ever is a Problem, not a hung build

RULES = {
    "KB910": "A template cannot be rendered: a syntax error, a name that the page does not have, or a word that the theme lacks. The "
    "place names the template.",
    "KB911": "A page takes more than five seconds of CPU time to render. A loop in a template does not end, or counts too far.",
    "KB920": "A page weighs more, compressed, than [budgets] allows, so it comes late on a slow phone. Split the article, or raise the "
    "budget.",
    "KB921": "The stylesheet, the script of every page, or both with an article's HTML weigh more, compressed, than [budgets] allows.",
    "KB406": "Two things want the same file of the portal. Give one of them another slug, or move it.",
}


def outputs_of(pages: Iterable[Page], theme: Theme, code: str) -> dict[str, Output]:
    """
    Turn pages into files to be.

    Args:
        code: Names our own code and that of hooks.

    Returns: path -> Output; the first of two pages with one URL stays, `check` tells of the second.
    """
    found: dict[str, Output] = {}
    starts: dict[tuple[str, ...], str] = {}
    for page in pages:
        group = (page.template, page.locale, *page.slices)
        start = starts.get(group)
        if start is None:
            start = starts[group] = digest(code, theme.closure(page.template), theme.words_digest(page.locale), *page.slices)
        key = digest(start, page.url, *[part.digest for part in page.slices.values()])
        path = path_of(page.url)
        found.setdefault(path, Output(path, key, partial(render, page, theme), partial(_parts, start, page)))
    return found


def _parts(start: str, page: Page) -> dict[str, str]:
    return {"theme": start, **{name: part.digest for name, part in page.slices.items()}}


def write_outputs(
    job: Job,
    portal: tuple[Mapping[str, Output], frozenset[str]],
    last: State,
    progress: Callable[[str, int, int], None],
    *,
    trusted: bool,
) -> tuple[State, list[Problem], int, int]:
    """
    Bring the output folder to what is wanted; when a page cannot be made, it stays as it was.

    Args:
        portal: What may have to be made, by path; and the files of the last build that stay as they are.
        last: What the last build left there.
        trusted: This process wrote the folder last, so its files need not be looked at.

    Returns: The new state, problems, how many files were made and how many removed.
    Raises: publish.OutputError: The disk is full or refuses.
    """
    output, (wanted, rest) = job.output, portal
    ours = bool(last.mark) and publish.generation(output) == last.mark
    was: Files = last.files if ours else {}
    kept = {
        path: row
        for path, row in was.items()
        if path in rest or (path in wanted and row[0] == wanted[path].key and (trusted or publish.untouched(output, path, row[1], row[2])))
    }
    todo = [one for path, one in wanted.items() if path not in kept]
    orphans = [path for path in was if path not in kept and path not in wanted]
    if not todo and not orphans and ours:
        return last, [], 0, 0
    spare = publish.prepare(output, kept, _lag(last, kept, was, ours=ours))
    publish.remove(spare, [*orphans, *(path for path in last.lag or () if path not in kept and path not in wanted)])
    files = dict(kept)
    problems: list[Problem] = []
    folders: set[str] = set()

    def make(one: Output) -> tuple[str, list[int], Problem | str | None]:
        try:
            with cpu_limit(CPU_SECONDS):
                data = one.make()
            return one.path, [*publish.write(spare, one.path, data, folders), 0], None
        except RenderError as error:
            return (
                one.path,
                [],
                Problem(error.template, error.line, 0, "KB910", error.message, "Mend the template; the last good portal stays"),
            )
        except TooSlowError:
            return (
                one.path,
                [],
                Problem(
                    one.path,
                    0,
                    0,
                    "KB911",
                    "this page takes more than 5 seconds to render",
                    "Look for a loop in its template that does not end",
                ),
            )
        except publish.OutputError as error:
            return one.path, [], str(error)

    for number, (path, facts, trouble) in enumerate(each(make, todo, job.jobs), 1):
        progress("pages", number, len(todo))
        if isinstance(trouble, str):
            raise publish.OutputError(trouble)
        if trouble is not None:
            problems.append(trouble)
        else:
            files[path] = [wanted[path].key, *facts]
    if problems:
        return State(mark=last.mark, files=last.files, lag=None), _first_of_each(problems), 0, 0
    mark = digest(last.mark, *sorted(orphans), *(f"{path}{files[path][0]}" for path in sorted(one.path for one in todo)))
    publish.exchange(output, mark)
    lag = sorted({*(one.path for one in todo), *orphans, *(path for path in was if path not in kept)})
    return State(mark=mark, files=files, lag=lag if ours else None), [], len(todo), len(orphans)


def over_budget(output: Path, files: Mapping[str, list[Any]], theme: Theme, budgets: Budgets) -> Iterator[Problem]:
    """
    Say what weighs more than a site allows.

    Args:
        output: The folder that was written.
        files: path -> key, size, mtime, compressed size; a size that is not known yet is 0, and is filled in for the pages that
            could be too heavy: HTML compresses to less than half.
    """
    from zlib import compress

    css, js = (len(compress(theme.assets[name].data, 6)) / 1000 for name in ("kb.css", "kb.mjs"))
    for name, weight, limit in (("kb.css", css, budgets.css_kb), ("kb.mjs", js, budgets.js_kb)):
        if limit and weight > limit:
            yield Problem(
                "kbgen.toml",
                0,
                0,
                "KB921",
                f"{name} weighs {weight:.1f} kB, the budget is {limit:g} kB",
                "Make the theme lighter, or raise the budget",
                "warning",
            )
    allowed = [limit for limit in (budgets.article_html_kb, budgets.total_kb - css - js if budgets.total_kb else 0) if limit]
    for path, row in files.items() if allowed else ():
        if row[1] < min(allowed) * 2000 or not path.endswith(".html"):
            continue
        row[3] = row[3] or len(compress((output / path).read_bytes(), 6))
        if row[3] > min(allowed) * 1000:
            yield Problem(
                path,
                0,
                0,
                "KB920",
                f"this page weighs {row[3] / 1000:.1f} kB, the budget is {min(allowed):.1f} kB",
                "Split the article, or raise the budget",
                "warning",
            )


def _lag(last: State, kept: Mapping[str, object], was: Mapping[str, object], *, ours: bool) -> list[str] | None:
    """The files in which the spare tree differs from what is kept; None when that is not known."""
    if not ours or last.lag is None:
        return None
    return sorted({*last.lag, *(path for path in was if path not in kept)})


def _first_of_each(problems: list[Problem]) -> list[Problem]:
    """A mistake in a template shows on every page: say it once."""
    seen: dict[Any, Problem] = {}
    for problem in problems:
        seen.setdefault((problem.path if problem.rule == "KB910" else "", problem.line, problem.message), problem)
    return list(seen.values())


def hand_over(job: Job, manifest: str) -> None:
    """Leave the manifest where the feedback service finds it; one that says the same stays untouched."""
    folder = Path(".kbgen") / "feedback" if job.service else Path("handoff")  # a service for trying things out has its own
    place = job.root / folder / "kb-manifest.json"
    data = manifest.encode()
    if place.is_file() and place.read_bytes() == data:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".new")
    draft.write_bytes(data)
    draft.replace(place)


def theme_files(theme: Theme, service: str, hosts: tuple[str, ...] = (), origins: tuple[str, ...] = ()) -> Iterator[Output]:
    """
    Plan what browsers load beside pages, and the headers for hosts that read them from a file.

    Args:
        origins: Other sites that may offer and show our articles; then everything may be read from anywhere, as it is public.
    """
    widget = theme.assets.get("suggest/suggest.mjs")
    if origins and widget:
        text = f'export * from "./{widget.url}";\n'  # a name that stays, for the pages of others
        yield Output("suggest.mjs", digest(text), text.encode)
    for asset in theme.assets.values():
        yield Output(asset.url, asset.url, partial(bytes, asset.data))
    ancestors = " ".join(("'self'", *origins))
    headers = "\n".join(
        [
            "/*",
            f"  Content-Security-Policy: {theme.csp(service, hosts)}; frame-ancestors {ancestors}",
            *(["  Access-Control-Allow-Origin: *"] if origins else []),
            "  X-Content-Type-Options: nosniff",
            "  Referrer-Policy: strict-origin-when-cross-origin",
            "/assets/*",
            "  Cache-Control: public, max-age=31536000, immutable",
            "",
        ]
    )
    yield Output("_headers", digest(headers), headers.encode)
