"""read: all that a build takes in besides articles, in one value that two builds can be compared by."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kbgen import state, theme
from kbgen.cache import Shelf
from kbgen.config import Config
from kbgen.hooks import Hooks, hooks_of
from kbgen.model import Job, Output, Problem, Reading
from kbgen.read import scan
from kbgen.steps import files, world
from kbgen.theme import Theme


@dataclass(frozen=True, slots=True)
class Seen:
    """What a build read, the contents of articles apart."""

    config: Config  # with the logo's URL in place of its path
    reading: Reading
    world: world.World
    look: Theme
    hooks: Hooks
    badge: list[Output] = field(compare=False)  # the logo's file
    watched: list[str] = field(compare=False)  # see state.State
    inputs: str = field(compare=False)  # see state.State; "" when it is not known

    def like(self, other: Seen) -> bool:
        """Say whether two builds differ in nothing but what their articles say."""
        return self.look is other.look and replace(self, reading=replace(self.reading, articles=())) == replace(
            other, reading=replace(other.reading, articles=())
        )


def look_around(
    job: Job, shelf: Shelf, last: state.State, inputs: str, memory: state.Memory, *, write: bool
) -> tuple[Seen | None, list[Problem]]:
    """
    Read everything but articles.

    Args:
        last: What the last build left.
        inputs: What `state.inputs_of` said of the files that the last build watched.
        memory: Lends its theme with the compiled templates, if it is still the same; gets the new one.
        write: False when nobody will ask for `inputs`.

    Returns: None when kbgen.toml cannot be used; and the problems so far.
    """
    config, problems = world.config_of(job, shelf)
    if config is None:
        return None, problems
    named = (config.site.logo, config.feedback.export, *config.hooks.files)
    watched = [*map(str, world.theme_folders(job.root / job.trusted, config)), *(str(job.root / one) for one in named if one)]
    if watched != last.watched:  # the facts are taken before the files are read, so that a save in between is not lost
        inputs = state.inputs_of(job, watched) if write and world.config_of(job, shelf)[0] == config else ""
    reading = scan(job.root, job.owed)
    around, found = world.read_world(job, config, reading, shelf)
    if job.owed and job.owed.instead:  # when the text that stands in was written is not known here
        around = replace(around, updated={path: when for path, when in around.updated.items() if path not in job.owed.instead})
    fresh, mistakes = theme.load(around.themes, list(config.locales), config.theme.colours)
    look = memory.theme = memory.theme if memory.theme and memory.theme.digest == fresh.digest else fresh
    hooks, broken = hooks_of(job.root / job.trusted, config.hooks.files)
    config, badge, unread = files.logo_of(job, config, shelf)
    problems += [*reading.problems, *found, *mistakes, *broken, *unread, *(job.owed.problems if job.owed else ())]
    return Seen(config, reading, around, look, hooks, badge, watched, inputs), problems
