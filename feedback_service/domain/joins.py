"""
Cases that touch each other: merge and its undo, split, follow-up.

An act on two cases returns two rows of events; the store writes both in one transaction or none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from feedback_service.domain.acts import first_act
from feedback_service.domain.messages import Opening, create
from feedback_service.domain.moves import not_closed, only_agents
from feedback_service.domain.nouns import Act, Case, Event, Fact, Message
from feedback_service.domain.pen import Pen
from feedback_service.domain.refused import RefusedError, invalid


@dataclass(frozen=True, slots=True)
class Pair:
    """The events of an act on two cases: the one it was done to, and the other."""

    source: tuple[Event, ...]
    target: tuple[Event, ...]


def merge(source: Case, target: Case, act: Act, *, confirmed: bool = False) -> Pair:
    """
    Close *source* as a duplicate of *target*.  Its messages then show there, and later mail goes there.

    A longer circle cannot arise: each case on the way to another one is closed, and no closed case takes a merge.

    Args:
        confirmed: The agent has seen that two different people asked.
    """
    only_agents(act, "merge cases")
    not_closed(source, "merge it")
    if source.id in {target.id, target.merged_into}:
        raise RefusedError("merge_cycle", f"Case {source.number} cannot be merged into itself.")
    if target.status == "closed":
        raise RefusedError("target_closed", f"Case {target.number} is closed: merge into one that is not.")
    if source.requester != target.requester and not confirmed:
        message = f"Cases {source.number} and {target.number} have different requesters. Confirm that they may see each other's messages."
        raise RefusedError("confirm_requesters", message, allowed=("confirmed",))
    left, right = Pen(source, act), Pen(target, act)
    moment = max(act.at, source.updated_at)
    said: dict[str, Fact] = {"status": "closed", "close_reason": "duplicate", "merged_into": target.id, "closed_at": moment}
    left.write("merged", {**said, "status_before_merge": source.status, "reason_before_merge": source.close_reason})
    right.write("merged", {"absorbs": source.id})
    first_act(right)
    return Pair(left.events, right.events)


def unmerge(source: Case, target: Case, act: Act) -> Pair:
    """Undo a merge: the source stands where it stood.  The time in between counts on none of its clocks that pause."""
    only_agents(act, "undo a merge")
    if source.merged_into != target.id or source.status_before_merge is None or source.close_reason != "duplicate":
        raise RefusedError("not_merged", f"Case {source.number} is not merged into case {target.number}.")
    left, right = Pen(source, act), Pen(target, act)
    said: dict[str, Fact] = {"status": source.status_before_merge, "merged_into": None, "status_before_merge": None}
    left.write("unmerged", {**said, "closed_at": None, "close_reason": source.reason_before_merge, "reason_before_merge": None})
    right.write("unmerged", {"releases": source.id})
    return Pair(left.events, right.events)


def home_of(case: Case, find: Callable[[str], Case]) -> Case:
    """Follow merges to the case where messages belong now.  Raises: ValueError: If the merges run in a circle."""
    seen = {case.id}
    while case.merged_into is not None:
        if case.merged_into in seen:
            raise ValueError(f"The merges of case {case.id} run in a circle.")
        seen.add(case.merged_into)
        case = find(case.merged_into)
    return case


def split(case: Case, act: Act, messages: Sequence[Message], chosen: Collection[str], opening: Opening) -> Pair:
    """
    Take messages out of a case that holds two questions, and open another case with them.

    Args:
        messages: All messages of the case.
        chosen: Ids of those that go; at least one of the requester's must, for somebody must have asked.
        opening: The new case; it says `split_from`.
    """
    only_agents(act, "split a case")
    not_closed(case, "split it")
    known = {message.id: message for message in messages if message.case == case.id}
    if strangers := sorted(set(chosen) - set(known)):
        raise invalid("messages", "unknown_message", f"Case {case.number} has no such message: {', '.join(strangers)}.", tuple(known))
    if not any(known[each].sender == "requester" for each in chosen):
        raise invalid("messages", "nothing_asked", "Choose at least one message of the requester.")
    if opening.split_from != case.id or opening.requester != case.requester:
        raise ValueError("The opening of a split names the case it is split from, and its requester.")
    pen = Pen(case, act)
    pen.write("split", {"into": opening.id, "messages": tuple(sorted(chosen))})
    first_act(pen)
    return Pair(pen.events, create(opening, act))


def follow_up(case: Case, act: Act, opening: Opening) -> Pair:
    """Open the case that a message on a closed one (or on one answered long ago) starts."""
    if case.close_reason in {"spam", "erased"} or case.merged_into is not None:
        raise RefusedError("no_follow_up", f"Case {case.number} takes no follow-up.")
    if case.status not in {"closed", "resolved"}:
        raise RefusedError("still_open", f"Case {case.number} is {case.status}: a message joins it.")
    if opening.follow_up_of != case.id:
        raise ValueError("The opening of a follow-up names the case that it follows.")
    pen = Pen(case, act)
    pen.write("follow_up", {"followed_by": opening.id})
    return Pair(pen.events, create(opening, act))
