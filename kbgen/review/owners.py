"""
CODEOWNERS for each forge, written from reviewers.toml, so that the forge asks the right people; and what is unhealthy about the rules.

The dialects: GitHub and GitLab take globs with ** and logins with @; GitLab asks for a number of approvals with a section, ^[Name][2];
Forgejo takes regular expressions.  Of GitHub's and Forgejo's lines the last one that matches counts, so a rule that speaks of few
files stands behind one that speaks of many, and repeats its owners.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from kbgen.review import git
from kbgen.review.reviewers import Facts, Forge, Reviewers, Rule

PLACES: Mapping[Forge, str] = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS", "forgejo": ".forgejo/CODEOWNERS"}
_HEAD = (
    "# Made by  kbgen owners --for {forge}  from reviewers.toml.\n"
    "# Tags are no paths: a rule by tag stands with the articles that had the tag then."
)


def codeowners(reviewers: Reviewers, forge: Forge, articles: Iterable[Facts], prefix: str = "") -> str:
    """
    Write the file.

    Args:
        articles: Every article: rules by tag become their paths.
        prefix: Of the knowledge base in the repository, "" or "help/".
    """
    known = sorted(articles, key=lambda one: one.path)
    lines = [_HEAD.format(forge=forge), ""]
    write: Callable[[str], str] = _regex if forge == "forgejo" else _glob
    if forge == "gitlab":
        for rule in reviewers.rules:
            lines += [
                f"[{rule.text()}][{rule.need}]",
                *(f"{write(prefix + one)} {_logins(reviewers, [rule], forge)}" for one in patterns(rule, known)),
                "",
            ]
        return "\n".join(lines)
    ordered = sorted({one for rule in reviewers.rules for one in patterns(rule, known)}, key=lambda one: (_width(one), one))
    for one in ordered:
        rules = [rule for rule in reviewers.rules if any(_covers(wide, one) for wide in patterns(rule, known))]
        lines.append(f"{write(prefix + one)} {_logins(reviewers, rules, forge)}".rstrip())
    return "\n".join([*lines, ""])


def patterns(rule: Rule, articles: Iterable[Facts]) -> list[str]:
    """Return the globs, from the top of the knowledge base, that a rule speaks of."""
    if rule.tag:
        return [one.path for one in articles if rule.matches(one)]
    if rule.path:
        return [_whole(rule.path)]
    category = _whole(rule.category) if rule.category else "**"
    return [f"content/{rule.locale or '*'}/{category}"]


def health(reviewers: Reviewers, articles: Sequence[Facts]) -> tuple[str, ...]:
    """List what will hurt some day: groups of one, people who left or are in no group, articles that no rule asks about."""
    said = []
    for group in reviewers.groups:
        members = set(reviewers.members(group))
        if len(members) == 1 and any(rule.of == group for rule in reviewers.rules):
            said.append(f"group {group} is {reviewers.people[next(iter(members))].name} alone: on holiday nothing is approved")
        said += [
            f"{reviewers.people[one].name} is in group {group} and no longer active"
            for one in reviewers.groups[group]
            if not reviewers.people[one].active
        ]
        if not any(rule.of == group for rule in reviewers.rules):
            said.append(f"group {group} is asked by no rule")
    grouped = {one for names in reviewers.groups.values() for one in names}
    said += [f"{person.name} is in no group" for key, person in reviewers.people.items() if person.active and key not in grouped]
    orphans = sorted({f"{one.locale}/{one.category}" for one in articles if not reviewers.asked([one])})
    said += [f"no rule asks about articles in content/{one}" for one in orphans]
    said += [f"the rule {rule.text()} matches no article" for rule in reviewers.rules if not any(rule.matches(one) for one in articles)]
    return tuple(said)


def top_of(root: Path) -> Path:
    """Return the top folder of the repository; outside git, the knowledge base itself."""
    try:
        return Path(git.run(root, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").rstrip("\n"))
    except git.GitError:
        return root


def prefix_of(root: Path) -> str:
    """Return the knowledge base's folder in the repository, "" or "help/"."""
    top = top_of(root).resolve()
    inside = root.resolve().relative_to(top).as_posix()
    return "" if inside == "." else f"{inside}/"


def _logins(reviewers: Reviewers, rules: Iterable[Rule], forge: Forge) -> str:
    people = dict.fromkeys(one for rule in rules for one in reviewers.members(rule.of))
    return " ".join(
        f"@{login}" if (login := getattr(reviewers.people[one], forge)) else next(iter(reviewers.people[one].emails), "") for one in people
    )


def _whole(glob: str) -> str:
    """Write a folder's name as all that is below it."""
    glob = glob.strip("/")
    return glob if any(sign in glob for sign in "*?") or glob.endswith(".md") else f"{glob}/**"


def _width(glob: str) -> tuple[int, int]:
    """Order patterns from those that speak of many files to those that speak of few."""
    return (sum(1 for part in glob.split("/") if "*" not in part), -glob.count("*"))


def _covers(wide: str, narrow: str) -> bool:
    """Tell whether every path of one pattern is of another too, as far as that shows in the patterns."""
    return re.fullmatch(_regex(wide), narrow.replace("**", "x/x").replace("*", "x")) is not None


def _glob(path: str) -> str:
    return "/" + path.replace(" ", "\\ ")


def _regex(path: str) -> str:
    parts = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.sub(r"\*\*|\*|\?|[^*?]+", lambda found: parts.get(found[0], re.escape(found[0]).replace("\\ ", "\\s")), path)
