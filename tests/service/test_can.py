"""Who may do what: the whole matrix, written out, so that a grant that slips in or out is seen."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service.made import Story

from feedback_service.accounts import ROLES, Agent
from feedback_service.can import GRANTS, KINDS, NOTHING, VERBS, answer_to, answer_to_all, can, sight, visible_to

OURS, THEIRS, NOBODYS, MINE = (
    replace(Story().case, team=team, assignee=assignee)
    for team, assignee in (("billing", None), ("delivery", "jordi"), (None, None), ("delivery", "maria"))
)
ALL_SETS = [frozenset(each) for each in chain.from_iterable(combinations(ROLES, size) for size in range(len(ROLES) + 1))]

# role: what it may do to its own case, to a foreign one, and to kinds of things.
MATRIX = {
    "agent": (
        "create merge read spam work",
        "",
        "agent:read case:create case:merge case:read case:spam case:work feedback:read report:read settings:read",
    ),
    "lead": (
        "create merge read redact spam work",
        "",
        "agent:read case:create case:merge case:read case:redact case:spam case:work export:read feedback:read feedback:triage held:decide held:read report:read settings:read",
    ),
    "moderator": ("", "", "agent:read ban:change ban:read feedback:read feedback:triage held:decide held:read settings:read"),
    "admin": (
        "create erase merge read redact spam work",
        "create erase merge read redact spam work",
        "agent:change agent:read audit:read ban:change ban:read case:create case:erase case:merge case:read case:redact case:spam case:work export:read feedback:read feedback:triage held:decide held:read person:erase person:read report:read settings:read",
    ),
    "auditor": (
        "read",
        "read",
        "agent:read audit:read ban:read case:read export:read feedback:read held:read report:read settings:read",
    ),
}


def agent(*roles: str, **more) -> Agent:
    """Make Maria of billing with these roles."""
    return Agent("maria", "Maria", frozenset(roles), **{"teams": frozenset({"billing"}), **more})


@pytest.mark.parametrize("role", ROLES)
def test_the_matrix(role):
    """Each role may do what is written here, and nothing else."""
    ours, theirs, kinds = MATRIX[role]

    assert [verb for verb in sorted(VERBS) if can(agent(role), verb, OURS)] == ours.split()
    assert [verb for verb in sorted(VERBS) if can(agent(role), verb, THEIRS)] == theirs.split()
    assert [f"{kind}:{verb}" for kind in sorted(KINDS) for verb in sorted(VERBS) if can(agent(role), verb, kind)] == kinds.split()


def test_the_matrix_is_whole():
    """A new role needs its row here and its grants there."""
    assert set(MATRIX) == set(ROLES) == set(GRANTS)


@pytest.mark.parametrize("nobody", [None, agent(), agent(*ROLES, disabled=True), agent("root")])
def test_nobody_may_anything(nobody):
    """No sign-in, no role, an unknown role, or an agent who left: deny."""
    assert not any(can(nobody, verb, thing) for verb in VERBS for thing in (*KINDS, OURS, NOBODYS, MINE))
    assert visible_to(nobody) == NOTHING


def test_which_cases_an_agent_sees():
    """Those of the own teams, those of no team yet, and what is assigned to oneself."""
    assert [can(agent("agent"), "work", case) for case in (OURS, NOBODYS, MINE, THEIRS)] == [True, True, True, False]


def test_an_agent_without_a_team_sees_what_has_none():
    """A new colleague starts with the common heap."""
    newcomer = agent("agent", teams=frozenset())

    assert [can(newcomer, "read", case) for case in (OURS, NOBODYS, MINE, THEIRS)] == [False, True, True, False]


def test_s37_what_cannot_be_read_is_not_there():
    """404 for foreign cases, 403 for what one sees and may not change."""
    assert answer_to(agent("agent"), "work", THEIRS) == "missing"
    assert answer_to(agent("agent"), "redact", OURS) == "forbidden"
    assert answer_to(agent("auditor"), "work", THEIRS) == "forbidden"
    assert answer_to(agent("agent"), "read", "audit") == "missing"
    assert answer_to(agent("agent"), "work", OURS) == ""


def test_s37_one_foreign_case_stops_a_bulk_action():
    """All or nothing; a case that is not there is as foreign as another team's."""
    assert answer_to_all(agent("agent"), "work", [OURS, NOBODYS]) == ""
    assert answer_to_all(agent("agent"), "work", [OURS, THEIRS]) == "missing"
    assert answer_to_all(agent("agent"), "work", [OURS, None]) == "missing"
    assert answer_to_all(agent("auditor"), "work", [OURS, THEIRS]) == "forbidden"


def test_roles_add_up_each_with_its_own_sight():
    """An auditor who also answers cases reads all, and works on those of the team."""
    both = agent("agent", "auditor")

    assert can(both, "read", THEIRS)
    assert answer_to(both, "work", THEIRS) == "forbidden"
    assert can(both, "work", OURS)


def test_a_token_that_reads_only_reads():
    """Whatever the agent may, a token for reports changes nothing."""
    reader = agent(*ROLES, reads_only=True)

    assert can(reader, "read", THEIRS)
    assert not any(can(reader, verb, thing) for verb in VERBS if verb != "read" for thing in (*KINDS, OURS, THEIRS))


@given(st.sampled_from(ALL_SETS), st.sampled_from(ALL_SETS), st.sampled_from(VERBS), st.sampled_from((OURS, THEIRS, NOBODYS, MINE, *KINDS)))
def test_a_further_role_never_takes_away(some, more, verb, thing):
    """What one may, one may with another role too; and a list holds exactly what may be read."""
    assert can(agent(*some), verb, thing) <= can(agent(*some | more), verb, thing)
    if not isinstance(thing, str):
        assert sight(agent(*some), verb).holds(thing) == can(agent(*some), verb, thing)
        assert visible_to(agent(*some)).holds(thing) == can(agent(*some), "read", thing)
