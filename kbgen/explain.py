"""What each rule means: `kbgen explain KB104`."""

from __future__ import annotations

from functools import cache


@cache
def rules() -> dict[str, str]:
    """Return rule -> paragraph for every rule that a problem can name."""
    from kbgen import assets, check, config, head, hooks, markup, parse, read, theme
    from kbgen.markup import privacy
    from kbgen.release import urls
    from kbgen.review import reviewers
    from kbgen.steps import export, index, language, outputs, owed, upkeep, world

    found: dict[str, str] = {}
    for room in (
        read,
        head,
        config,
        markup,
        privacy,
        parse,
        assets,
        check,
        theme,
        hooks,
        world,
        export,
        outputs,
        index,
        language,
        reviewers,
        owed,
        upkeep,
        urls,
    ):
        found |= room.RULES
    return dict(sorted(found.items()))
