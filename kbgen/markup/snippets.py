"""`{{ snippet NAME }}`, alone on a line -> the snippet's Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kbgen.markup.source import Origin
from kbgen.model import Problem

_DEEPEST = 3
_LONGEST = 1 << 20  # characters that snippets may add to an article; as many as an article may have bytes
_CALL = re.compile(r"^([ >]*)\{\{[ \t]*snippet[ \t]+([\w./-]+)[ \t]*\}\}[ \t]*$", re.MULTILINE)


def expanded(origin: Origin, snippets: Mapping[str, str], first: int) -> tuple[Origin, list[Problem]]:
    """
    Put snippets in.

    Args:
        origin: The article's own text.
        snippets: Markdown by name.
        first: Line of the file where the text starts.

    Returns: The text with snippets, every line of one counted as the article's line that asked for it; and problems.
    """
    calls = {match.start(): match for match in _CALL.finditer(origin.masked)}
    if not calls:
        return origin, []
    lines: list[str] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    offset = added_up = 0
    for row, line in enumerate(origin.text.split("\n")):
        call = calls.get(offset)
        if call is None:
            lines.append(line)
            numbers.append(first + row)
        else:
            text, message = _text(call[2], snippets, ())
            added_up += len(text or "")
            if added_up > _LONGEST and text:
                text, message = None, f"with snippet {call[2]} this text has more than 1 MiB"
            if message:
                remedy = f"Write the name of a file in content/_snippets{_near(call[2], snippets)}"
                if "1 MiB" in message:
                    remedy = "Use fewer snippets, or shorter ones"
                problems.append(origin.problem(call.start(2), "KB307", message, remedy, width=len(call[2])))
            added = [call[1] + one if one or ">" in call[1] else one for one in (line.strip() if text is None else text).split("\n")]
            lines += added
            numbers += [first + row] * len(added)
        offset += len(line) + 1
    return Origin("\n".join(lines), origin.path, numbers), problems


def _text(name: str, snippets: Mapping[str, str], above: tuple[str, ...]) -> tuple[str | None, str]:
    """Return a snippet's text with the snippets in it, or None; and what is wrong, if anything."""
    if name in above:
        return None, f"snippet {name} uses itself: {' > '.join((*above, name))}"
    if name not in snippets:
        return None, f"there is no snippet {name}"
    if len(above) == _DEEPEST:
        return None, f"snippet {name} is nested deeper than {_DEEPEST}: {' > '.join((*above, name))}"
    wrong, size = "", 0
    lines: list[str] = []
    for line in snippets[name].replace("\r\n", "\n").strip("\n").split("\n"):
        call = _CALL.match(line)
        if call is None:
            lines.append(line)
            continue
        text, message = _text(call[2], snippets, (*above, name))
        wrong = wrong or message
        size += len(text or "")
        if size > _LONGEST:
            return None, f"snippet {name} has more than 1 MiB with the snippets in it"
        lines += [call[1] + one if one else one for one in (line.strip() if text is None else text).split("\n")]
    return "\n".join(lines), wrong


def _near(name: str, names: Mapping[str, str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]}?" if close else ""
