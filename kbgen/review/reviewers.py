"""
reviewers.toml: who people are, which groups they form, what has to be approved by whom.

    [people.bob]
    name = "Bob B"
    emails = ["bob@example.org"]
    github = "bobb"
    [groups]
    billing = ["bob", "cat"]
    [[rules]]                  # category, tag, locale or path; every rule that matches must be met
    category = "billing/**"
    need = 1
    of = "billing"
    [policy]
    min_trust = "recorded"

Approvals read it from the branch that a proposal wants to change, as that is now: a proposal cannot appoint its own judge, not even by
beginning from an old commit that had other rules or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

from kbgen.marked import Findings, Marked
from kbgen.marked.toml import read_toml
from kbgen.marked.typed import Wording, check, near
from kbgen.model import Problem

FILE = "reviewers.toml"
ANYBODY = "anybody of reviewers.toml"  # who may approve a change of the file itself, unless a rule says more
Forge = Literal["github", "gitlab", "forgejo"]
MOST_STARS = 4  # in one pattern: each may be tried at every place
_HIDDEN = re.compile(r"(?:\d+\+)?([a-z0-9-]+)@users\.noreply\.github\.com")
FORGES: tuple[Forge, ...] = ("github", "gitlab", "forgejo")
Trust = Literal["claimed", "recorded", "signed"]
TRUST: tuple[Trust, ...] = ("claimed", "recorded", "signed")  # from the least to the most

RULES = {
    "KB701": "A key of reviewers.toml that does not exist. What it should do would silently not happen.",
    "KB702": "A value of reviewers.toml that is not of the right form.",
    "KB703": "Something that reviewers.toml cannot do without is missing.",
    "KB704": "A rule or a group of reviewers.toml names somebody, or some group, that the file does not hold.",
    "KB705": "A rule of reviewers.toml that can never be met: the group has fewer people than it needs, or the rule matches nothing. "
    "Nothing that it matches could ever be published.",
    "KB706": "Two people of reviewers.toml with the same e-mail address, login or key: one of them would approve for both.",
}

Name = Annotated[str, MinLen(1), MaxLen(80)]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes or reviews, and how they are known elsewhere."""

    name: Name
    emails: Annotated[tuple[Name, ...], MaxLen(20)] = ()
    github: Annotated[str, MaxLen(80)] = ""
    gitlab: Annotated[str, MaxLen(80)] = ""
    forgejo: Annotated[str, MaxLen(80)] = ""
    ssh: Annotated[tuple[Annotated[str, MinLen(20), MaxLen(2000)], ...], MaxLen(20)] = ()  # public keys, as in authorized_keys
    active: bool = True  # who has left keeps an entry, so that old approvals have a name, and approves no more


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked for the articles that it matches; a part that is empty matches all."""

    of: Name  # a group
    need: Annotated[int, Ge(1), Le(20)] = 1
    category: Annotated[str, MaxLen(300)] = ""  # "billing/**": below content/<locale>/
    tag: Annotated[str, MaxLen(80)] = ""
    locale: Annotated[str, MaxLen(35)] = ""
    path: Annotated[str, MaxLen(300)] = ""  # "content/en/legal/**": from the top of the knowledge base

    def matches(self, article: Facts) -> bool:
        """Tell whether this rule speaks of an article."""
        return (
            (not self.category or like(self.category, article.category))
            and (not self.tag or self.tag in article.tags)
            and (not self.locale or self.locale == article.locale)
            and (not self.path or like(self.path, article.path))
        )

    def text(self) -> str:
        """Say what it matches, as in the file."""
        said = [f"{name} {value}" for name in ("category", "tag", "locale", "path") if (value := getattr(self, name))]
        return f"{self.need} of {self.of} for {', '.join(said) or 'every article'}"


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts as an approval."""

    author_may_approve: bool = False
    min_trust: Trust = "claimed"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule can ask of an article."""

    path: str  # from the top of the knowledge base
    locale: str
    category: str  # "billing/refunds/": below the locale; "" at its top
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Reviewers:
    """The whole file.  An empty one asks for nothing: every article is approved."""

    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, tuple[Name, ...]] = field(default_factory=dict)
    rules: Annotated[tuple[Rule, ...], MaxLen(500)] = ()
    policy: Policy = Policy()

    def asked(self, articles: Iterable[Facts]) -> tuple[Rule, ...]:
        """Return the rules for a change: those for the article as it was and as it is, so that no edit takes it out of a rule."""
        seen = tuple(articles)
        found = tuple(rule for rule in self.rules if any(rule.matches(one) for one in seen))
        if not found and self.people and any(one.path == FILE for one in seen):
            return (Rule(ANYBODY, path=FILE),)
        return found

    def members(self, group: str) -> tuple[str, ...]:
        """List the active people of a group."""
        if group == ANYBODY:
            return tuple(one for one, person in self.people.items() if person.active)
        return tuple(one for one in self.groups.get(group, ()) if self.people[one].active)

    def by_email(self, email: str) -> str:
        """Name the person with an address, "" if nobody has it."""
        plain = email.strip().lower()
        hidden = _HIDDEN.fullmatch(plain)  # GitHub writes it for who keeps an address private
        return self._emails.get(plain, "") or (self.by_login("github", hidden[1]) if hidden else "")

    def by_login(self, forge: Forge, login: str) -> str:
        """Name the person with a login on a forge, "" if nobody has it."""
        return self._logins.get((forge, login.lower()), "")

    @cached_property
    def _emails(self) -> Mapping[str, str]:
        return {email.lower(): key for key, person in self.people.items() for email in person.emails}

    @cached_property
    def _logins(self) -> Mapping[tuple[Forge, str], str]:
        return {(forge, login.lower()): key for key, person in self.people.items() for forge in FORGES if (login := getattr(person, forge))}


def read(text: str, path: str = FILE) -> tuple[Reviewers | None, tuple[Problem, ...]]:
    """
    Check the file.

    Args:
        text: The whole of it; "" is a valid one.
        path: For problems.

    Returns: The reviewers; None when there is an error.  Every problem is there, with line and column.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    findings = Findings(path, text)
    marked = read_toml(text, findings, "KB702")
    found = check(Reviewers, marked, findings, WORDING) if marked is not None else None
    if found is not None and marked is not None:
        _check_names(found, marked, findings)
        _check_stars(found, marked, findings)
        _check_twins(found, marked, findings)
    return None if findings.failed else found, findings.sorted()


@lru_cache(maxsize=1000)
def _pattern(glob: str) -> re.Pattern[str]:
    """
    Compile a pattern: ** is any folders, * any part of one name, ? one sign; a plain name is a folder and all below it.

    MOST_STARS bounds how long a match can take.
    """
    glob = glob.strip("/")
    if not any(sign in glob for sign in "*?"):
        glob += "/**"
    parts = {"**/": "(?:[^/]+/)*", "/**": "(?:/.*)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    made = re.sub(r"\*\*/|/\*\*|\*\*|\*|\?|[^*?/]+|/", lambda found: parts.get(found[0], re.escape(found[0])), glob)
    return re.compile(made + "/?")


def like(glob: str, path: str) -> bool:
    """Tell whether a path, such as "billing/refunds/", fits a pattern, such as "billing/**"."""
    return _pattern(glob).fullmatch(path) is not None


def _check_names(found: Reviewers, marked: Marked, findings: Findings) -> None:
    """Names lead somewhere, and rules can be met."""
    for group, names in found.groups.items():
        for at, name in enumerate(names):
            if name not in found.people:
                _unknown(name, found.people, ("groups", group, at), marked, findings)
    for at, rule in enumerate(found.rules):
        if rule.of not in found.groups:
            _unknown(rule.of, found.groups, ("rules", at, "of"), marked, findings)
        elif not findings.failed and len(set(found.members(rule.of))) < rule.need:
            members = len(set(found.members(rule.of)))
            message = f"{rule.need} of {rule.of} are needed, and it has {members} active {'person' if members == 1 else 'people'}"
            findings.add(marked.at(("rules", at, "need")), "KB705", message, "Add people to the group, or ask for fewer")


def _unknown(name: str, known: Mapping[str, object], loc: tuple[str | int, ...], marked: Marked, findings: Findings) -> None:
    guess = near(name, known)
    what = "group" if loc[0] == "rules" else "person"
    remedy = f"Did you mean {guess}?" if guess else f"Add  [people.{name}]" if what == "person" else f'Add  {name} = ["…"]  below [groups]'
    findings.add(marked.at(loc), "KB704", f"there is no {what} {name}", remedy)


def _check_stars(found: Reviewers, marked: Marked, findings: Findings) -> None:
    for at, rule in enumerate(found.rules):
        for name in ("category", "path"):
            if len(re.findall(r"\*+", getattr(rule, name))) > MOST_STARS:
                findings.add(marked.at(("rules", at, name)), "KB702", f"more than {MOST_STARS} stars in a pattern", "Write several rules")


def _check_twins(found: Reviewers, marked: Marked, findings: Findings) -> None:
    """Nobody answers for two."""
    taken: dict[tuple[str, str], str] = {}
    for key, person in found.people.items():
        marks: Sequence[tuple[str, str]] = [
            *(("emails", email.lower()) for email in person.emails),
            *((forge, getattr(person, forge).lower()) for forge in FORGES if getattr(person, forge)),
            *(("ssh", " ".join(line.split()[:2])) for line in person.ssh),
        ]
        for mark in dict.fromkeys(marks):
            if (other := taken.setdefault(mark, key)) != key:
                findings.add(
                    marked.at(("people", key, mark[0])), "KB706", f"{other} has {mark[1][:60]} as well", "Keep it where it belongs"
                )


HELP: dict[str, tuple[str, str]] = {
    "people": ("Who writes and reviews, one table each.", '[people.bob]  with  name = "Bob B"'),
    "people.*": ("A person; the key is used in groups.", '[people.bob]  with  name = "Bob B"'),
    "people.*.name": ("As people call them.", 'name = "Bob B"'),
    "people.*.emails": ("The addresses in their commits.", 'emails = ["bob@example.org"]'),
    "people.*.emails.*": ("An address.", 'emails = ["bob@example.org"]'),
    "people.*.github": ("Their login on GitHub.", 'github = "bobb"'),
    "people.*.gitlab": ("Their login on GitLab.", 'gitlab = "bobb"'),
    "people.*.forgejo": ("Their login on Forgejo or Gitea.", 'forgejo = "bobb"'),
    "people.*.ssh": ("The public keys that sign their approvals.", 'ssh = ["ssh-ed25519 AAAA…"]'),
    "people.*.ssh.*": ("A public key.", 'ssh = ["ssh-ed25519 AAAA…"]'),
    "people.*.active": ("false for who has left.", "active = false"),
    "groups": ("Groups of people, by their keys.", 'billing = ["bob", "cat"]'),
    "groups.*": ("The people of a group.", 'billing = ["bob", "cat"]'),
    "rules": (
        "What has to be approved by whom; every rule that matches must be met.",
        '[[rules]]  with  category = "billing/**"  and  of = "billing"',
    ),
    "rules.*": ("A rule.", '[[rules]]  with  category = "billing/**"  and  of = "billing"'),
    "rules.*.of": ("The group that approves.", 'of = "billing"'),
    "rules.*.need": ("How many of the group.", "need = 1"),
    "rules.*.category": ("Folders below content/<locale>/.", 'category = "billing/**"'),
    "rules.*.tag": ("Articles with this tag.", 'tag = "legal"'),
    "rules.*.locale": ("Articles in this language.", 'locale = "ca"'),
    "rules.*.path": ("Files, from the top of the knowledge base.", 'path = "content/en/legal/**"'),
    "policy": ("What counts as an approval.", "[policy]  with  author_may_approve = false"),
    "policy.author_may_approve": ("Whether who wrote the change may approve it.", "author_may_approve = false"),
    "policy.min_trust": ("How well an approval has to be proven: claimed, recorded by the forge, or signed.", 'min_trust = "recorded"'),
}
WORDING = Wording("KB701", "KB702", "KB703", HELP)
