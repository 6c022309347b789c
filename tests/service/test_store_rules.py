"""Rules and webhooks where cases are kept: what follows an act stands in the same transaction."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from service.made import HOUR, MARIA, MONDAY, sla

from feedback_service.accounts import Agent, sessions, tokens
from feedback_service.domain import Act, Actor, Message, Particulars
from feedback_service.domain.acts import assign
from feedback_service.domain.messages import receive
from feedback_service.rules import Rules
from feedback_service.rules.file import load_rules
from feedback_service.store import agents as people
from feedback_service.store import cases, open_store
from feedback_service.store import deliveries as kept
from feedback_service.store.tables import deliveries, outbox
from feedback_service.store.trials import trials

RULES = """\
[[rules]]
name = "refunds"
on = ["created", "message_in"]
if = {words = ["refund"]}
then = {team = "billing", assignee = "maria", priority = "high"}

[[rules]]
name = "late"
on = ["sla_breached"]
then = {tell = ["leads"]}

[[webhooks]]
name = "crm"
url = "https://crm.example.org/hooks"
on = ["created", "priority", "sla_breached"]
"""
STAFF = (
    Agent("maria", "Maria", frozenset({"agent"}), frozenset({"billing"})),
    Agent("nuria", "Núria", frozenset({"lead"}), frozenset({"billing"})),
    Agent("pau", "Pau", frozenset({"lead"}), frozenset({"billing"}), disabled=True),
    Agent("rosa", "Rosa", frozenset({"auditor"}), frozenset({"billing"})),
)


@pytest.fixture
def store(open_again):
    """A store with agents, promises, rules and a webhook, on each kind of database."""
    opened = open_again()
    opened.promises, opened.rules = sla(), load_rules(RULES)
    for agent in STAFF:
        opened.write(people.add_agent, agent, MONDAY)
    return opened


def new_case(subject: str = "Hello", body: str = "A question", email: str = "joan@example.org") -> cases.NewCase:
    """Describe a case as the form brings it."""
    return cases.NewCase(Particulars(subject, body, requester_email=email), "ca", "web")


def by(kind: str, name: str, hours: float = 0) -> Act:
    """Act so many hours after Monday nine."""
    return Act(Actor(kind, name), MONDAY + timedelta(hours=hours))


def rows(store, table) -> list[dict]:
    """Read a table."""
    return store.read(lambda tx: tx.all(table.select().order_by(table.c.id)))


def test_a_case_is_ruled_when_it_comes_in(store):
    """Words of the subject count too; the agent is told; the row says what the events say."""
    acted = store.write(cases.open_case, new_case("REFUND please"), by("requester", "r"))
    case = store.read(cases.case, acted.case.id)

    assert (case.team, case.assignee, case.priority, case.status) == ("billing", "maria", "high", "open")
    assert case == acted.case
    assert [(row["kind"], row["to"]) for row in rows(store, outbox)] == [
        ("acknowledgement", "requester"),
        ("transferred", "team:billing"),
        ("assigned", "agent:maria"),
    ]


def test_a_message_is_read_by_rules(store):
    """What a rule looks for may come later."""
    case = store.write(cases.open_case, new_case(), by("requester", "r")).case
    message = Message("m1", case.id, "public", "requester", "r", "I want a refund", MONDAY + HOUR)
    how = by("requester", "r", 1)
    acted = store.write(
        cases.act, case.id, how, lambda now: receive(now, how, "m1", reopen_within=timedelta(days=14)).events, wrote=[message]
    )

    assert (case.team, acted.case.team) == (None, "billing")


def test_a_breach_calls_those_who_lead(store):
    """Only who leads that team, and is still there; once, however often the worker looks."""
    case = store.write(cases.open_case, new_case("refund"), by("requester", "r")).case
    for hours in (2, 2, 3):
        store.write(cases.look, case.id, MONDAY + hours * HOUR)

    assert [row["to"] for row in rows(store, outbox) if row["kind"] == "attention"] == ["agent:nuria"]


def test_webhooks_are_told_with_the_act(store):
    """One message for each event that they asked for, naming nobody, each with an id of its own."""
    store.write(cases.open_case, new_case("refund"), by("requester", "r"))
    told = [(row["webhook"], json.loads(row["body"])) for row in rows(store, deliveries)]

    assert [body["type"] for _, body in told] == ["case.created", "case.priority"]
    assert told[0][1]["data"]["case"]["priority"] == "normal"
    assert told[1][1]["data"]["case"]["priority"] == "high"
    assert "joan" not in json.dumps(told)
    assert len({row["message"] for row in rows(store, deliveries)}) == 2


def test_what_is_undone_tells_nobody(store):
    """An act that fails after all leaves no event, no mail and no message behind."""

    def half(tx):
        cases.open_case(tx, new_case("refund"), by("requester", "r"))
        raise KeyError

    with pytest.raises(KeyError):
        store.write(half)

    assert rows(store, outbox) == rows(store, deliveries) == []


def test_a_message_is_claimed_once(store):
    """Two workers share the work; what one claimed comes back after two minutes if it never settles it."""
    store.write(cases.open_case, new_case("refund"), by("requester", "r"))
    first = store.write(kept.claim_deliveries, MONDAY, 1)
    second = store.write(kept.claim_deliveries, MONDAY)

    assert (len(first), len(second)) == (1, 1)
    assert store.write(kept.claim_deliveries, MONDAY) == ()

    store.write(kept.settle_delivery, first[0], error="", again=None)
    later = MONDAY + kept.LEASE

    assert store.write(kept.claim_deliveries, later) == second
    assert store.write(kept.prune_deliveries, MONDAY + timedelta(days=1)) == 1


def test_accounts_are_the_same_on_both(store):
    """What is written of agents, sessions and tokens is read back; a code, a link and a token are used up once."""
    maria = store.read(people.agent_of, "maria")
    _, session = sessions.open_session(bytes(32), maria, "full", MONDAY)
    _, token = tokens.password_token(bytes(range(32)), maria, MONDAY)
    store.write(people.put_session, session)
    store.write(people.put_token, token, MONDAY)

    assert maria == STAFF[0]
    assert store.read(people.session_of, session.key) == (session, maria)
    assert store.read(people.token_of, token.key) == (token, maria)
    assert [store.write(people.use_token, token.key, MONDAY) for _ in range(2)] == [True, False]
    assert [store.write(people.spend_code, "maria", step) for step in (7, 7, 6, 8)] == [True, False, False, True]

    store.write(people.change_agent, replace(maria, roles=frozenset({"lead"})))

    assert store.read(people.session_of, session.key) is None
    assert store.read(people.agent_of, "maria").epoch == 2
    assert store.write(people.prune_sessions, MONDAY + timedelta(days=2)) == 1


def test_a_dry_run_is_the_same_on_both(store):
    """Past cases are read with what was written to them."""
    store.rules = Rules()
    number = store.write(cases.open_case, new_case("refund"), by("requester", "r")).case.number
    (trial,) = store.read(trials, load_rules(RULES), None)

    assert (trial.rule, trial.number, trial.sets[0]) == ("refunds", number, ("team", None, "billing"))


def test_two_workers_take_different_messages(replicas):
    """On PostgreSQL several workers share the work, and none waits for another."""
    one, other = replicas
    one.rules = load_rules(RULES)
    for _ in range(10):
        one.write(cases.open_case, new_case(), by("requester", "r"))
    with ThreadPoolExecutor(2) as pool:
        taken = [each.id for found in pool.map(lambda store: store.write(kept.claim_deliveries, MONDAY, 5), (one, other)) for each in found]

    assert len(taken) == len(set(taken)) == 10


def test_without_rules_nothing_follows(tmp_path):
    """Promises alone: the clocks speak as before."""
    opened = open_store(tmp_path, promises=sla(), rules=Rules())
    case = opened.write(cases.open_case, new_case("refund"), by("requester", "r")).case
    how = Act(MARIA, MONDAY)
    acted = opened.write(cases.act, case.id, how, lambda now: assign(now, how, "maria", ["maria"]))
    opened.close()

    assert [event.type for event in acted.events] == ["assigned", "status"]
