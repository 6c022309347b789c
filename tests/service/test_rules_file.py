"""The reviewed file of rules: what it may say, and how every mistake is told with its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.rules.file import RulesFileError, load_rules
from feedback_service.rules.nouns import Then

GOOD = """\
[[rules]]
name = "refunds"
on = ["created", "message_in"]
if = {channel = ["web"], words = ["refund", "money back"]}
unless = {tags = ["VIP"]}
then = {team = "billing", priority = "high", add_tags = ["Refund"], tell = ["leads", "agent:maria"]}
stop = true

[[rules]]
name = "late"
on = ["sla_breached"]
[rules.if]
clock = ["first_response"]
[rules.then]
tell = ["leads"]
"""
HEAD = '[[rules]]\nname = "a"\non = ["created"]\n'


def test_a_whole_file():
    """Rules in their order; tags are written the one way they are kept."""
    refunds, late = load_rules(GOOD, teams=["billing"]).rules

    assert refunds.on == {"created", "message_in"}
    assert refunds.when == {"channel": {"web"}, "words": {"refund", "money back"}}
    assert refunds.unless == {"tags": {"vip"}}
    assert refunds.then == Then("billing", "", "high", ("refund",), (), ("agent:maria", "leads"))
    assert (refunds.stop, late.stop) == (True, False)
    assert load_rules("").rules == ()


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("[[rules]]\n", (1, 1, "rules.0.name", "a rule has no name, or no plain one")),
        ('[[rules]]\nname = "Late Refunds"\n', (2, 9, "rules.0.name", "a rule has no name, or no plain one")),
        ('[[rules]]\nname = "a"\n', (1, 1, "rules.0.on", "a rule has no event")),
        ('[[rules]]\nname = "a"\non = ["create"]\n', (3, 8, "rules.0.on", "create is not known")),
        ('[[rules]]\nname = "a"\non = "created"\n', (3, 7, "rules.0.on", "is no list")),
        (HEAD, (1, 1, "rules.0.then", "the rule does nothing")),
        (HEAD + "then = {}\n", (4, 1, "rules.0.then", "the rule does nothing")),
        (HEAD + 'then = {piority = "high"}\n', (4, 9, "rules.0.then.piority", "there is no key piority")),
        (HEAD + 'then = {priority = "asap"}\n', (4, 21, "rules.0.then.priority", "asap is not known")),
        (HEAD + 'then = {team = "biling"}\n', (4, 17, "rules.0.then.team", "there is no team biling")),
        (HEAD + "then = {team = 3}\n", (4, 16, "rules.0.then.team", "is no text")),
        (HEAD + 'then = {tell = ["boss"]}\n', (4, 18, "rules.0.then.tell", "boss is nobody to tell")),
        (HEAD + 'then = {add_tags = "x"}\n', (4, 21, "rules.0.then.add_tags", "is no list of words")),
        (HEAD + f'then = {{add_tags = ["{"x" * 60}"]}}\n', (4, 9, "rules.0.then.add_tags", "are too many tags, or too long ones")),
        (HEAD + "if = {}\n", (4, 1, "rules.0.if", "says nothing")),
        (HEAD + 'if = {team = ["biling"]}\n', (4, 16, "rules.0.if.team", "there is no team biling")),
        (HEAD + 'if = {chanel = ["web"]}\n', (4, 7, "rules.0.if.chanel", "there is no key chanel")),
        (HEAD + 'if = {channel = ["fax"]}\n', (4, 19, "rules.0.if.channel", "fax is not known")),
        (HEAD + 'if = {clock = ["resolution"]}\n', (4, 7, "rules.0.if.clock", "none of the rule's events has clock")),
        (HEAD.replace("created", "rated") + 'if = {words = ["x"]}\n', (4, 7, "rules.0.if.words", "none of the rule's events has words")),
        (HEAD + f'if = {{words = ["{"x" * 101}"]}}\n', (4, 17, "rules.0.if.words", "a word is empty or too long")),
        (HEAD + "stop = 1\n", (4, 8, "rules.0.stop", "is neither true nor false")),
        (HEAD + HEAD, (5, 9, "rules.1.name", "a stands here twice")),
        ("rules = 1\n", (1, 1, "rules", "is no list of tables")),
        ("rules = [1]\n", (1, 1, "rules.0", "is no table")),
        ("[rule]\n", (1, 2, "rule", "there is no key rule")),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(text, flaw):
    """Line and column of the value, or of the key or table where there is none."""
    with pytest.raises(RulesFileError) as caught:
        load_rules(text, teams=["billing"])

    assert flaw in [(each.line, each.column, each.key, each.message) for each in caught.value.flaws]


def test_s44_all_mistakes_in_one_go():
    """One run tells everything, as compilers write it."""
    with pytest.raises(RulesFileError) as caught:
        load_rules(
            HEAD + 'then = {priority = "asap"}\n[[rules]]\nname = "b"\non = ["born"]\nthen = {team = "biling"}\n',
            "kb/rules.toml",
            teams=["billing"],
        )

    assert str(caught.value).splitlines()[:3] == [
        "kb/rules.toml:4:21: error: rules.0.then.priority: asap is not known",
        '    then = {priority = "asap"}',
        "  Choose among low, normal, high, urgent",
    ]
    assert [flaw.line for flaw in caught.value.flaws] == [4, 7, 8]


def test_teams_that_nobody_knows_yet():
    """Without a list of teams any name will do: the file is checked in a repository that has no store."""
    assert load_rules(HEAD + 'then = {team = "anything"}\n').rules[0].then.team == "anything"


def test_too_many_rules():
    """A file that nobody could review is refused."""
    text = "".join(f'[[rules]]\nname = "r{number}"\non = ["created"]\nthen.priority = "high"\n' for number in range(201))
    with pytest.raises(RulesFileError, match="more than 200"):
        load_rules(text)


@given(st.text(alphabet='[]{}"=.,-rulesonthcaif \n', max_size=120))
@settings(max_examples=60)
def test_any_text_is_read_or_refused(text):
    """Whatever a file holds, it is rules or a list of mistakes that lie inside the file."""
    try:
        load_rules(text)
    except RulesFileError as error:
        for flaw in error.flaws:
            assert 1 <= flaw.line <= text.count("\n") + 2
            assert flaw.column >= 1


def test_s44_half_a_file_is_no_file():
    """A file that was cut anywhere is refused, or is whole up to there: never a rule without its conditions."""
    whole = load_rules(GOOD).rules
    for end in range(len(GOOD)):
        try:
            rules = load_rules(GOOD[:end]).rules
        except RulesFileError:
            continue

        assert rules in [(), (replace(whole[0], stop=False),), whole[:1], whole]
