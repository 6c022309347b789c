"""
Is a change approved?  Pure: what was changed, what is asked for, who said what about which text -> a verdict with its reasons.

An approval is bound to an article and to git's name for its very text, so it survives merge, squash and rebase, and lapses for the
article that was edited and for no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kbgen.review.changes import Change
from kbgen.review.reviewers import TRUST, Reviewers, Rule, Trust


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody said yes to a text."""

    person: str  # key of reviewers.toml
    article: str  # id
    blob: str
    trust: Trust
    source: str  # "github", "git" …
    commit: str = ""  # that the person looked at; "" where it is not told
    spent: bool = False  # it was for an earlier deletion, and the text came back since


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule, and who has met it."""

    rule: Rule
    given: tuple[Approval, ...]

    @property
    def met(self) -> bool:
        """Whether enough people have."""
        return len({one.person for one in self.given}) >= self.rule.need


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one change."""

    change: Change
    asked: tuple[Asked, ...]
    why: tuple[str, ...]  # sentences: what is missing, and why what was given does not count

    @property
    def approved(self) -> bool:
        """Whether every rule is met.  A change that no rule asks about is free."""
        return all(one.met for one in self.asked)


def judge(changes: Iterable[Change], approvals: Sequence[Approval], reviewers: Reviewers) -> tuple[Verdict, ...]:
    """
    Judge every change.

    Args:
        approvals: All that are known, those of other texts too: they explain what lapsed.
        reviewers: As the branch has them that the proposal wants to change.
    """
    return tuple(_judged(change, approvals, reviewers) for change in changes)


def _judged(change: Change, approvals: Sequence[Approval], reviewers: Reviewers) -> Verdict:
    about = [one for one in approvals if one.article == change.id]
    barred = {one: fault for one in about if (fault := _fault(one, change, reviewers))}
    counted = [one for one in about if one not in barred]
    asked, why = [], []
    for rule in reviewers.asked(change.facts):
        members = reviewers.members(rule.of)
        given = {one.person: one for one in counted if one.person in members}
        asked.append(Asked(rule, tuple(given.values())))
        if len(given) < rule.need:
            why.append(f"needs {rule.text()}; {_listed(given) or 'nobody'} approved it")
            why += [fault for one, fault in barred.items() if one.person in members]
    return Verdict(change, tuple(asked), tuple(dict.fromkeys(why)))


def _fault(one: Approval, change: Change, reviewers: Reviewers) -> str:
    """Say why an approval does not count, "" if it does."""
    name = reviewers.people[one.person].name if one.person in reviewers.people else one.person
    if one.blob != change.blob:
        return f"{name} approved another text ({one.blob[:10]}, now {change.blob[:10]})"
    if one.spent:
        return f"{name} approved an earlier deletion, and the text came back since"
    policy = reviewers.policy
    if TRUST.index(one.trust) < TRUST.index(policy.min_trust):
        return f"the approval of {name} is {one.trust}, and the policy asks for {policy.min_trust}"
    if not policy.author_may_approve and any(reviewers.by_email(mail) == one.person for mail in change.authors):
        return f"{name} wrote a part of it, and authors may not approve"
    return ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
