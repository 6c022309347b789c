"""Verdicts as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from kbgen.review.verdicts import Verdict


def as_json(verdicts: Iterable[Verdict]) -> str:
    """Return a list of {id, path, blob, approved, needed, given, why}, in the order of the paths."""
    return json.dumps([_plain(one) for one in _ordered(verdicts)], ensure_ascii=False, indent=2)


def as_text(verdicts: Sequence[Verdict], notes: Iterable[str] = ()) -> str:
    """Return a line for each article, what is missing below it, and what was not believed at the end."""
    lines = [line for one in _ordered(verdicts) for line in _lines(one)]
    lines += [f"not believed: {note}" for note in notes]
    open_ = sum(not one.approved for one in verdicts)
    lines.append(
        f"{len(verdicts)} changed, {len(verdicts) - open_} approved, {open_} to be approved" if verdicts else "No article is changed."
    )
    return "\n".join(lines)


def _lines(one: Verdict) -> Iterable[str]:
    people = ", ".join(sorted({given.person for asked in one.asked for given in asked.given}))
    said = f"approved by {people}" if people else "no rule asks about it" if not one.asked else ""
    yield f"{'ok     ' if one.approved else 'missing'}  {one.change.id}  {one.change.path}  {said}".rstrip()
    yield from (f"         {reason}" for reason in one.why)


def _ordered(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda one: (one.change.path, one.change.id))


def _plain(one: Verdict) -> dict[str, object]:
    given = {(each.person, each.trust, each.source): None for asked in one.asked for each in asked.given}
    return {
        "id": one.change.id,
        "path": one.change.path,
        "blob": one.change.blob,
        "approved": one.approved,
        "needed": [{"rule": asked.rule.text(), "group": asked.rule.of, "need": asked.rule.need, "met": asked.met} for asked in one.asked],
        "given": [{"person": person, "trust": trust, "source": source} for person, trust, source in given],
        "why": list(one.why),
    }
