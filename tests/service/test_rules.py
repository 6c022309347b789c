"""Rules of events: what they set, in which order, that they end, and what a dry run tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service.made import HOUR, JOAN, MARIA, MONDAY, RULE, Story, at, priorities, sla

from feedback_service.domain import fold
from feedback_service.domain.acts import assign, rate, set_priority, set_tags
from feedback_service.domain.moves import resolve
from feedback_service.domain.notices import Notice, notices
from feedback_service.domain.nouns import PRIORITIES
from feedback_service.rules import Directory, Rules
from feedback_service.rules.follow import House, follow
from feedback_service.rules.nouns import TRIGGERS, Rule, Then
from feedback_service.rules.trial import try_on
from feedback_service.rules.words import folded, holds

WHO = Directory(
    {"billing": frozenset({"maria", "nuria"}), "delivery": frozenset({"jordi"})},
    frozenset({"maria", "nuria", "jordi"}),
    {"billing": frozenset({"nuria"})},
)
CREATED = frozenset({"created"})


def rule(name: str = "a", on=("created",), **more) -> Rule:
    """Make a rule: conditions as words, the rest is what it sets."""
    when = {key[3:]: frozenset(more.pop(key).split()) for key in list(more) if key.startswith("if_")}
    unless = {key[3:]: frozenset(more.pop(key).split()) for key in list(more) if key.startswith("un_")}
    stop = more.pop("stop", False)
    return Rule(name, frozenset(on), Then(**more), when, unless, stop=stop)


def house(*rules: Rule, book=None) -> House:
    """Make a house with these rules."""
    return House(book or sla(), Rules(rules), lambda: WHO)


def begun(*rules: Rule, text: str = "", book=None, **more):
    """Open a case, let follow what follows; returns the case and the whole history."""
    story = Story(**more)
    followed = follow((), story.events, house(*rules, book=book), MONDAY, lambda _event: text)
    story.events += followed.events
    return story.case, story.events, followed.fired


def test_what_a_rule_sets():
    """Team, agent, priority and tags, by the acts of the domain, as a robot that has the rule's name."""
    case, events, _ = begun(rule(team="billing", assignee="maria", priority="high", add_tags=("refund",)))

    assert (case.team, case.assignee, case.priority, case.tags, case.status) == ("billing", "maria", "high", ("refund",), "open")
    assert {event.actor.id for event in events if event.type in {"transferred", "assigned", "priority", "tag"}} == {"rule:a"}


def test_the_clocks_follow_the_rules():
    """A case that a rule makes urgent has the urgent promise, and history says both."""
    _, events, _ = begun(rule(priority="urgent"), book=priorities())

    assert [event.after["target"] for event in events if event.type == "sla_started"] == [4 * 3600, 3600]


def test_rules_below_see_what_rules_above_have_set():
    """The file is read from top to bottom."""
    case, _, _ = begun(
        rule("a", priority="high"), rule("b", if_priority="high", add_tags=("seen",)), rule("c", if_priority="normal", team="billing")
    )

    assert (case.tags, case.team) == (("seen",), None)


def test_stop_ends_the_list():
    """Below a rule that stops, no rule looks at that event; a rule that does not fit stops nothing."""
    case, _, fired = begun(
        rule("a", if_channel="email", stop=True, priority="low"), rule("b", priority="high", stop=True), rule("c", priority="urgent")
    )

    assert case.priority == "high"
    assert [each.rule for each in fired] == ["b"]


def test_what_a_rule_does_triggers_no_rule():
    """Two rules that set the opposite of each other do not run round and round."""
    up, down = (
        rule("up", ["priority"], if_priority="low", priority="urgent"),
        rule("down", ["priority"], if_priority="urgent", priority="low"),
    )
    story = Story()
    new = set_priority(story.case, at(1), "low")
    followed = follow(story.events, new, house(down, up), MONDAY + HOUR)

    assert [each.rule for each in followed.fired] == ["up"]
    assert fold((*story.events, *new, *followed.events)).priority == "urgent"


def test_a_rule_fires_once_for_an_act():
    """An act of several events is one reason."""
    story = Story()
    new = assign(story.case, at(1), "maria", WHO.agents)
    followed = follow(story.events, new, house(rule("a", ["assigned", "status"], tell=("agent:jordi",))), MONDAY + HOUR)

    assert [event.type for event in new] == ["assigned", "status"]
    assert len([event for event in followed.events if event.type == "notified"]) == 1


def test_what_other_robots_do_does_trigger():
    """The clocks speak, and a rule calls the lead: once, at the breach, even if the worker woke late and looks twice."""
    story, calls = (
        Story(team="billing"),
        house(rule("late", ["sla_breached"], if_clock="first_response", tell=("leads",), add_tags=("late",))),
    )
    story.events += follow((), story.events, calls, MONDAY).events
    for hours in (3, 3, 4):
        story.events += follow(story.events, (), calls, MONDAY + hours * HOUR).events
    told = [event for event in story.events if event.type == "notified"]

    assert [event.after for event in told] == [{"notice": "attention", "to": "agent:nuria"}]
    assert notices(story.case, told) == (Notice("attention", "agent:nuria", "c1"),)
    assert story.case.tags == ("late",)


def test_a_breach_that_a_rule_brings_about_is_seen():
    """A rule makes an old case urgent, which makes it late: the rule for late cases fires in the same act."""
    late = rule("late", ["sla_breached"], add_tags=("late",))
    urgent = rule("urgent", ["message_in"], priority="urgent")
    story = Story()
    story.events += follow((), story.events, house(book=priorities()), MONDAY).events
    before = story.events
    story.write(2)
    followed = follow(before, story.events[len(before) :], house(late, urgent, book=priorities()), MONDAY + 2 * HOUR)

    assert [each.rule for each in followed.fired] == ["urgent", "late"]
    assert fold((*story.events, *followed.events)).tags == ("late",)


def test_what_the_domain_refuses_is_left_out():
    """A team or agent that is gone, a closed case: the rest is done, nothing breaks, and it is told why."""
    case, _, fired = begun(rule(team="gone", assignee="nobody", priority="high"))

    assert (case.team, case.assignee, case.priority) == (None, None, "high")
    assert [len(each.refused) for each in fired] == [2]
    assert "gone" in fired[0].refused[0]


def test_rules_touch_no_closed_case():
    """A verdict on a closed case finds the rules willing and the case final."""
    story = Story().reply(1).do(resolve, at(2))
    new = rate(story.case, at(3, by=JOAN), "bad")
    followed = follow(
        story.events,
        new,
        house(rule(on=["rated"], if_satisfaction="bad", tell=("team", "leads"), add_tags=("unhappy",))),
        MONDAY + 3 * HOUR,
    )

    assert fold((*story.events, *new, *followed.events)).tags == ("unhappy",)


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({"if_channel": "web email"}, True),
        ({"if_channel": "email"}, False),
        ({"if_channel": "web", "if_type": "complaint"}, False),
        ({"if_team": "nobody"}, True),
        ({"if_team": "billing"}, False),
        ({"if_assignee": "nobody", "if_locale": "ca"}, True),
        ({"if_tags": "nobody"}, True),
        ({"if_article": "kb-1"}, False),
        ({"un_channel": "web"}, False),
        ({"un_channel": "email"}, True),
        ({"un_channel": "email", "un_team": "nobody"}, False),
        ({"if_status": "new"}, True),
        ({"if_satisfaction": "nobody"}, True),
    ],
)
def test_conditions(more, fits):
    """Every condition of `if` must hold by one of its values, and none of `unless`; "nobody" is a fact that is not there."""
    case, _, _ = begun(rule(priority="high", **more))

    assert (case.priority == "high") == fits


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("I want a REFUND, now", ["refund"], True),
        ("refunds are slow", ["refund"], False),
        ("mòdul de\nDEVOLUCIÓ", ["devolució"], True),
        ("please give my  money\tback", ["money back"], True),
        ("我要退款", ["退款"], True),
        ("بازپرداخت كتاب", ["کتاب"], True),
        ("ﬁnance", ["finance"], True),
        ("a+b (c)", ["a+b", "c)"], True),
        ("", ["x"], False),
        ("x" * 30_000 + " late", ["late"], False),
    ],
)
def test_words(text, words, found):
    """Whole words of any script, either case; Chinese ones anywhere; signs are signs, not patterns."""
    assert holds(folded(text), words) == found


def test_words_of_the_message_that_came():
    """A rule reads what was written with the event; texts are not asked for where no rule wants words."""
    case, _, _ = begun(rule(if_words="refund", priority="high"), text="A refund, please")

    assert case.priority == "high"

    def nobody_asks(event):
        raise AssertionError(event)

    assert follow((), Story().events, house(rule(priority="high")), MONDAY, nobody_asks).fired


def test_whom_a_rule_tells():
    """The agent who has the case, else the team; leads of the team, else all leads; each once, and nobody who is gone."""

    def told(*whom, **more):
        story = Story(**more.pop("story", {}))
        new = story.events
        events = follow((), new, house(rule(tell=whom, **more)), MONDAY).events
        return [event.after["to"] for event in events if event.type == "notified"]

    assert told("assignee", team="billing") == ["team:billing"]
    assert told("assignee", assignee="jordi") == ["agent:jordi"]
    assert told("assignee", "leads", "agent:nuria", team="billing", assignee="nuria") == ["agent:nuria"]
    assert told("leads", team="delivery") == ["agent:nuria"]
    assert told("assignee", "team", "agent:gone") == []


@given(
    st.lists(
        st.builds(
            lambda number, on, when, then: rule(
                f"r{number}", on, if_priority=when, priority=then[0], add_tags=then[1], remove_tags=then[2], tell=("leads",)
            ),
            st.integers(0, 5),
            st.sets(st.sampled_from(TRIGGERS), min_size=1),
            st.sampled_from(PRIORITIES),
            st.tuples(st.sampled_from((None, *PRIORITIES)), *[st.lists(st.sampled_from("xyz"), max_size=2).map(tuple)] * 2),
        ),
        max_size=6,
        unique_by=lambda each: each.name,
    ),
    st.lists(st.sampled_from(PRIORITIES), min_size=1, max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_any_rules_end(rules, wishes):
    """Whatever rules there are, an act is followed by at most one firing of each, and histories fold."""
    story, calls = Story(), house(*rules, book=priorities())
    story.events += follow((), story.events, calls, MONDAY).events
    for hours, wish in enumerate(wishes, 1):
        new = set_priority(story.case, at(hours), wish)
        followed = follow(story.events, new, calls, MONDAY + hours * HOUR)
        names = [each.rule for each in followed.fired]

        assert len(names) == len(set(names))

        story.events += (*new, *followed.events)

    assert fold(story.events).version == len(story.events)
    assert follow(story.events, (), calls, MONDAY + len(wishes) * HOUR).events == ()


def test_a_dry_run_tells_what_rules_would_have_done():
    """First time, before and after; nothing that would have changed nothing, and nothing of rules that did stand."""
    story = Story().write(1).write(2).do(set_tags, at(3, by=RULE), ["auto"]).do(set_priority, at(4, by=MARIA), "high")
    rules = Rules(
        (
            rule("first", ["message_in"], if_words="refund", priority="urgent", tell=("leads",)),
            rule("same", ["priority"], if_priority="high", priority="high"),
            rule("gone", ["created"], team="nowhere"),
            rule("tags", ["tag"], priority="low"),
        )
    )
    texts = {2: "hello", 3: "a refund"}
    found = {each.rule: each for each in try_on(story.events, rules, WHO, lambda event: texts.get(event.seq, ""))}

    assert set(found) == {"first", "gone"}
    assert found["first"].sets == (("priority", "normal", "urgent"), ("tell", None, "agent:nuria"))
    assert found["first"].at == MONDAY + timedelta(hours=2)
    assert found["gone"].sets == ()
    assert "nowhere" in found["gone"].refused[0]
