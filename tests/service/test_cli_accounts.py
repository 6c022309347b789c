"""The commands `agent` and `rules`, run as an operator runs them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from service.made import JOAN, MONDAY, run_apart

from feedback_service.accounts import Agent
from feedback_service.cli import main
from feedback_service.domain import Act, Message, Particulars
from feedback_service.domain.messages import receive
from feedback_service.domain.tick import Life
from feedback_service.signin import Doorkeeper, SignInError
from feedback_service.store import agents as people
from feedback_service.store import audit, cases, open_store

PASSWORD = "correct horse battery"
RULES = """\
[[rules]]
name = "refunds"
on = ["created", "message_in"]
if = {words = ["refund"]}
then = {team = "billing", priority = "high"}

[[rules]]
name = "never"
on = ["created"]
if = {channel = ["api"]}
then = {tell = ["leads"]}
"""


@pytest.fixture
def run(tmp_path):
    """Run a command on the folder of this test; returns its output, or what went wrong."""
    folder = tmp_path / "data"
    folder.mkdir()

    def command(*words, typed=PASSWORD, code=0):
        answer = CliRunner().invoke(main, [*words, "--data", str(folder)], input=f"{typed}\n", catch_exceptions=False)

        assert answer.exit_code == code, answer.output

        return answer.output

    command.folder = folder
    return command


def in_store(run, work):
    """Do something with the store between two commands."""
    store = open_store(run.folder)
    try:
        return work(store)
    finally:
        store.close()


def sign_in(run, password=PASSWORD):
    """Sign Maria in; returns the stage, or why not."""

    def tried(store):
        try:
            return run_apart(Doorkeeper(store).sign_in("maria", password, "192.0.2.1")).stage
        except SignInError as error:
            return error.reason

    return in_store(run, tried)


def add(run, *more, **how):
    """Enter Maria."""
    return run("agent", "add", "maria", "--name", "Maria Puig", "--password-stdin", *more, **how)


def test_an_agent_is_entered_and_signs_in(run):
    """The password comes on standard input, and is not shown."""
    said = add(run, "--team", "billing", "--role", "agent", "--role", "lead")

    assert PASSWORD not in said
    assert sign_in(run) == "full"
    assert "maria\tMaria Puig\tagent, lead\tbilling" in run("agent", "list")


def test_a_password_is_asked_for_twice(run):
    """Where nothing is piped in, the command asks, and asks again."""
    run("agent", "add", "maria", "--name", "Maria", typed=f"{PASSWORD}\n{PASSWORD}")

    assert sign_in(run) == "full"


@pytest.mark.parametrize(
    ("login", "more", "typed", "why"),
    [
        ("Maria", (), PASSWORD, "is no login"),
        ("../x", (), PASSWORD, "is no login"),
        ("maria", (), "short", "at least 12"),
        ("maria", (), "password12345", "first that somebody would try"),
        ("maria", (), "maria puig 12", "agent's own name"),
        ("maria", ("--team", "Big Team"), PASSWORD, "is no team"),
    ],
)
def test_bad_accounts(run, login, more, typed, why):
    """One line that says what to type instead; nobody is entered."""
    said = run("agent", "add", login, "--name", "Maria Puig", "--password-stdin", *more, typed=typed, code=1)

    assert why in said
    assert in_store(run, lambda store: store.read(people.all_agents)) == ()


def test_unknown_roles_are_wrong_usage(run):
    """There are five."""
    assert "auditor" in run("agent", "add", "maria", "--name", "M", "--role", "root", code=2)


def test_a_login_is_given_once(run):
    """A second agent of the same login is refused, and the first one's password stays."""
    add(run)

    assert "already" in add(run, typed="another good one", code=1)
    assert sign_in(run) == "full"


def test_who_is_disabled_is_kept_out(run):
    """Until it is undone; who is not there cannot be."""
    add(run)
    run("agent", "disable", "maria")

    assert sign_in(run) == "wrong"
    assert "disabled" in run("agent", "list")

    run("agent", "disable", "maria", "--undo")

    assert sign_in(run) == "full"
    assert "no agent 'jordi'" in run("agent", "disable", "jordi", code=1)


def test_another_password(run):
    """The old one opens nothing any more."""
    add(run)
    run("agent", "password", "maria", "--password-stdin", typed="another good one")

    assert (sign_in(run), sign_in(run, "another good one")) == ("wrong", "full")
    assert "at least 12" in run("agent", "password", "maria", "--password-stdin", typed="short", code=1)


def test_a_second_factor_is_taken_away(run):
    """For a telephone that was lost."""
    add(run)
    in_store(run, lambda store: store.write(people.set_totp, "maria", "A" * 32))

    assert sign_in(run) == "second_factor"
    assert "second factor" in run("agent", "list")

    run("agent", "totp", "maria", "--off")

    assert sign_in(run) == "full"


def test_a_token_is_made_and_ended(run):
    """Shown once; ended by its id."""
    add(run)
    secret = run("agent", "token", "maria", "--label", "CRM", "--reads-only").strip()
    whom = lambda: in_store(run, lambda store: run_apart(Doorkeeper(store).bearer(f"Bearer {secret}")))  # noqa: E731 - read twice below

    assert whom().reads_only

    (token,) = in_store(run, lambda store: store.read(people.tokens_of, "maria"))

    assert token.key[:16] in run("agent", "token", "maria", "--revoke", "0" * 16, code=1)

    run("agent", "token", "maria", "--revoke", token.key[:16])

    assert whom() is None


def test_what_was_done_is_in_the_trail(run):
    """Every command leaves a row, and no secret."""
    add(run)
    run("agent", "disable", "maria")
    run("agent", "password", "maria", "--password-stdin", typed="another good one")
    rows = in_store(run, lambda store: store.read(audit.entries))

    assert [(row.actor, row.act, row.object) for row in rows] == [
        ("command", "password.set", "maria"),
        ("command", "agent.changed", "maria"),
        ("command", "agent.added", "maria"),
    ]
    assert in_store(run, lambda store: store.read(audit.verify)).broken is None


def test_agents_are_kept_out_while_the_service_runs(run):
    """Looking takes no lock; for a change the service stands aside for a moment, and then knows of it."""
    add(run)
    store = open_store(run.folder)
    try:
        assert "maria" in run("agent", "list")
        run("agent", "disable", "maria")
        assert store.read(people.agent_of, "maria").disabled
    finally:
        store.close()


@pytest.fixture
def rules(tmp_path):
    """A file of rules."""
    file = tmp_path / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    return file


def test_rules_are_checked_without_a_store(rules):
    """In a pull request there is none."""
    good = CliRunner().invoke(main, ["rules", "check", str(rules)])
    rules.write_text(RULES.replace("high", "asap").replace('["api"]', '["fax"]'), encoding="utf-8")
    bad = CliRunner().invoke(main, ["rules", "check", str(rules)])

    assert (good.exit_code, good.output) == (0, f"{rules}: 2 rules, 0 webhooks, no mistake.\n")
    assert bad.exit_code == 1
    assert f"{rules}:5:39: error: rules.0.then.priority: asap is not known" in bad.output
    assert f"{rules}:10:19: error: rules.1.if.channel: fax is not known" in bad.output


def test_teams_are_checked_with_a_store(run, rules):
    """A team that nobody is in is a mistake there."""
    add(run, "--team", "delivery")

    assert "there is no team billing" in run("rules", "check", str(rules), code=1)

    in_store(run, lambda store: store.write(people.add_agent, Agent("nuria", "N", frozenset({"agent"}), frozenset({"billing"})), MONDAY))

    assert "no mistake" in run("rules", "check", str(rules))


def test_a_dry_run_lists_and_changes_nothing(run, rules):
    """Words of the form and of later messages count; what happened before the day that is asked for is left out."""
    add(run, "--team", "billing")

    def past(store):
        for subject in ("A refund", "Hello", "Nothing"):
            new = cases.NewCase(Particulars(subject, "please", requester_email="joan@example.org"), "ca", "web")
            case = store.write(cases.open_case, new, Act(JOAN, MONDAY)).case
            if subject == "Hello":
                how = Act(JOAN, MONDAY.replace(day=5))
                message = Message("m1", case.id, "public", "requester", "r1", "Where is my REFUND?", how.at)
                do = lambda now: receive(now, how, "m1", reopen_within=Life().close_resolved_after).events  # noqa: B023, E731 - called before how changes
                store.write(cases.act, case.id, how, do, wrote=[message])
        return store.read(lambda tx: [cases.case_by_number(tx, number) for number in (1001, 1002, 1003)])

    before = in_store(run, past)
    said = run("rules", "try", str(rules))

    assert said.splitlines() == [
        "2026-03-02 09:00  #1001  refunds  on created: team: - -> billing; priority: normal -> high",
        "2026-03-05 09:00  #1002  refunds  on message_in: team: - -> billing; priority: normal -> high",
        "2 times. Nothing was changed.",
    ]
    assert run("rules", "try", str(rules), "--since", "2026-03-03").count("#") == 1
    assert run("rules", "try", str(rules), "--rule", "never").splitlines() == ["0 times. Nothing was changed."]
    assert "no rule x" in run("rules", "try", str(rules), "--rule", "x", code=1)
    assert in_store(run, lambda store: store.read(lambda tx: [cases.case_by_number(tx, number) for number in (1001, 1002, 1003)])) == before


def test_settings_stand_in_the_environment_too(run):
    """KB_DATA is the folder of every command; what is typed counts more."""
    add(run)

    def listed(*words, data):
        return CliRunner().invoke(main, ["agent", "list", *words], env={"KB_DATA": str(data)})

    assert "maria" in listed(data=run.folder).output
    assert "maria" in listed("--data", str(run.folder), data="nowhere").output
    assert listed(data="nowhere").exit_code == 1
