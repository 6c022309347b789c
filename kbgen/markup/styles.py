"""Colours of highlighted code: which of Pygments' classes shows which of a few meanings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_MEANINGS = {
    "comment": "c ch cm c1 cs cpf",
    "keyword": "k kc kd kn kr kt ow",
    "preprocessor": "cp",
    "string": "s sa sb sc dl sd s2 se sh si sx sr s1 ss",
    "number": "m mb mf mh mi mo il l ld",
    "function": "nf fm",
    "class": "nc nn ne",
    "tag": "nt",
    "attribute": "na",
    "variable": "nv vc vg vi vm",
    "constant": "no nb bp nd ni",
    "operator": "o p",
    "heading": "gh gu",
    "inserted": "gi",
    "deleted": "gd gr",
    "prompt": "gp",
    "output": "go gt",
    "error": "err",
}
MEANINGS = tuple(_MEANINGS)
CLASSES = frozenset(name for names in _MEANINGS.values() for name in names.split())


def css() -> str:
    """Return the rules; a theme sets the properties --kb-code-<meaning>, once for light and once for dark."""
    rules = [
        f"{','.join(f'.highlight .{name}' for name in names.split())}{{color:var(--kb-code-{meaning},inherit)}}"
        for meaning, names in _MEANINGS.items()
    ]
    more = (".highlight .ge{font-style:italic}", ".highlight .gs{font-weight:bold}", ".highlight .hll{background:var(--kb-code-line)}", "")
    return "\n".join([*rules, *more])


@lru_cache(maxsize=1)
def no_style() -> Any:  # noqa: ANN401 - Pygments takes a class here
    """
    Return a style of Pygments without any rule.

    Only classes are written, yet Pygments works out a whole style sheet for every block of code; this one is empty.
    """
    from pygments.style import Style, StyleMeta

    class Nothing(StyleMeta):
        def __iter__(cls) -> Iterator[Any]:  # noqa: N805 - a metaclass
            return iter(())

    class NoStyle(Style, metaclass=Nothing):
        name = "none"

    return NoStyle
