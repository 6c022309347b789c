"""Commands on agents: who may sign in at the desk, with what, and tokens for programs.  Whoever runs them owns the machine."""

from __future__ import annotations

import secrets
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn, cast

import click

from feedback_service.accounts.nouns import LOGIN, ROLES, Agent, Role
from feedback_service.cli.options import OPTIONS, PATIENCE, ServiceError, options, told
from feedback_service.mail.settings import LOCALES
from feedback_service.settings import Settings

BY = "command"  # what the trail calls somebody at the machine
_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input; do not ask.")


@click.group()
def agent() -> None:
    """Agents: who may sign in at the desk, and tokens for programs."""


@agent.command()
@click.argument("login")
@click.option("--name", required=True, help="How colleagues and customers see them.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), default=("agent",), show_default=True, help="May be given again.")
@click.option("--team", "teams", multiple=True, help="Whose cases they see; may be given again.")
@click.option("--email", default="", help="Where notices go.")
@click.option("--locale", type=click.Choice(LOCALES), default="en", show_default=True, help="The language of their desk.")
@_STDIN
@options(OPTIONS)
def add(login: str, password_stdin: bool, **given: Any) -> None:  # noqa: FBT001 - click hands flags over so
    """
    Enter an agent and set their password.

    A login is never given to another person: the history of cases names people by it.  Admins set up a second factor when they sign in
    for the first time.

    \b
    Examples:
      feedback-service agent add maria --name "Maria Puig" --team billing --data data
      feedback-service agent add root --name "Administrator" --role admin --data data
    """
    new = Agent(login, **{name: given.pop(name) for name in ("name", "email", "locale")}, roles=_roles(given), teams=_teams(given))
    if not LOGIN.fullmatch(login):
        raise ServiceError(f"{login!a} is no login. Take small letters, digits, dots and hyphens, such as maria.puig")
    encoded = _hashed(new, _asked(password_stdin=password_stdin))

    def entered(tx: Any, now: datetime) -> None:
        from feedback_service.store import agents as people
        from feedback_service.store import audit

        try:
            people.add_agent(tx, new, now)
        except ValueError as error:
            _refuse(str(error))
        people.set_password(tx, login, encoded)
        audit.note(tx, BY, "agent.added", login, " ".join(sorted(new.roles)), now)

    _write(entered, given)
    click.echo(f"{login} can sign in.")


@agent.command(name="list")
@options(OPTIONS)
def list_(**given: Any) -> None:
    """
    List the agents, those who left too.  Works while the service runs.

    \b
    Example:
      feedback-service agent list --data data
    """

    def show(settings: Settings) -> None:
        from feedback_service.store import agents as people
        from feedback_service.store.door import reading

        with reading(settings.data, settings.database_url) as store:
            for each in store.read(people.all_agents):
                marks = [*sorted(each.roles), *(["second factor"] if each.has_totp else []), *(["disabled"] if each.disabled else [])]
                click.echo(f"{each.id}\t{each.name}\t{', '.join(marks)}\t{', '.join(sorted(each.teams)) or '-'}")

    told(show, given)


@agent.command()
@click.argument("login")
@click.option("--undo", is_flag=True, help="Let them in again.")
@options(OPTIONS)
def disable(login: str, undo: bool, **given: Any) -> None:  # noqa: FBT001 - click hands flags over so
    """
    Keep an agent out: sessions and tokens end at their next request.  What they did stays.

    \b
    Example:
      feedback-service agent disable maria --data data
    """

    def disabled(tx: Any, now: datetime) -> None:
        from feedback_service import staff

        staff.change(tx, replace(_known(tx, login), disabled=not undo), BY, now)

    _write(disabled, given)
    click.echo(f"{login} {'can sign in again' if undo else 'is kept out'}.")


@agent.command()
@click.argument("login")
@_STDIN
@options(OPTIONS)
def password(login: str, password_stdin: bool, **given: Any) -> None:  # noqa: FBT001 - click hands flags over so
    """
    Set another password; every session of the agent ends.

    \b
    Example:
      feedback-service agent password maria --data data
    """
    chosen = _asked(password_stdin=password_stdin)

    def changed(tx: Any, now: datetime) -> None:
        from feedback_service.store import agents as people
        from feedback_service.store import audit

        people.set_password(tx, login, _hashed(_known(tx, login), chosen))
        audit.note(tx, BY, "password.set", login, "", now)

    _write(changed, given)
    click.echo(f"{login} has another password.")


@agent.command()
@click.argument("login")
@click.option("--off", is_flag=True, required=True, help="Take it away, for a telephone that was lost.")
@options(OPTIONS)
def totp(login: str, off: bool, **given: Any) -> None:  # noqa: ARG001, FBT001 - there is nothing else to do yet, and it should be said
    """
    Take an agent's second factor away; every session of theirs ends.  They set up another one at the desk; admins have to.

    \b
    Example:
      feedback-service agent totp maria --off --data data
    """

    def taken(tx: Any, now: datetime) -> None:
        from feedback_service import staff

        staff.drop_second_factor(tx, _known(tx, login).id, BY, now)

    _write(taken, given)
    click.echo(f"{login} has no second factor any more.")


@agent.command()
@click.argument("login")
@click.option("--label", default="", help="What it is for, such as CRM.")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long it is good.")
@click.option("--reads-only", is_flag=True, help="A token that changes nothing.")
@click.option("--revoke", default="", help="End the token with this id instead.")
@options(OPTIONS)
def token(login: str, **given: Any) -> None:
    """
    Make an API token that stands for an agent, or end one.  The token is shown once.

    \b
    Examples:
      feedback-service agent token crm --label CRM --days 365 --data data
      feedback-service agent token crm --revoke 3f9a0c1d2e4b5a69 --data data
    """
    facts = {name: given.pop(name) for name in ("label", "days", "reads_only", "revoke")}
    shown: list[str] = []

    def made(tx: Any, now: datetime) -> None:
        from feedback_service.accounts import tokens
        from feedback_service.store import agents as people
        from feedback_service.store import audit

        owner = _known(tx, login)
        if facts["revoke"]:
            found = [each for each in people.tokens_of(tx, login) if each.key.startswith(facts["revoke"])]
            if len(facts["revoke"]) < 8 or len(found) != 1:
                _refuse(f"{login} has no such token: {', '.join(each.key[:16] for each in people.tokens_of(tx, login)) or 'none at all'}.")
            people.revoke_token(tx, found[0].key, now)
            audit.note(tx, BY, "token.revoked", found[0].key[:16], found[0].label, now)
            shown.append("The token is no good any more.")
            return
        lasts = timedelta(days=facts["days"])
        secret, kept = tokens.api_token(
            secrets.token_bytes(32), owner, now, label=facts["label"] or "command", lasts=lasts, reads_only=facts["reads_only"]
        )
        people.put_token(tx, kept, now)
        audit.note(tx, BY, "token.made", kept.key[:16], kept.label, now)
        shown.append(secret)

    _write(made, given)
    click.echo(shown[0])


def _write(work: Any, given: dict[str, Any]) -> None:
    """Do something to the store, in one transaction."""

    def run(settings: Settings) -> None:
        from feedback_service.main import open_service_store
        from feedback_service.signin import utc_now

        store = open_service_store(settings, PATIENCE)
        try:
            store.write(work, utc_now())
        finally:
            store.close()

    told(run, given)


def _known(tx: Any, login: str) -> Agent:
    from feedback_service.store import agents as people

    return people.agent_of(tx, login) or _refuse(f"There is no agent {login!a}: see feedback-service agent list")


def _refuse(said: str) -> NoReturn:
    raise ServiceError(said)


def _roles(given: dict[str, Any]) -> frozenset[Role]:
    return frozenset(cast("tuple[Role, ...]", given.pop("roles")))


def _teams(given: dict[str, Any]) -> frozenset[str]:
    teams = frozenset(given.pop("teams"))
    if wrong := sorted(team for team in teams if not LOGIN.fullmatch(team)):
        _refuse(f"{wrong[0]!a} is no team. Take small letters, digits, dots and hyphens, as the portal's queues are called.")
    return teams


def _asked(*, password_stdin: bool) -> str:
    """Read a password from standard input, or ask for it twice."""
    if not password_stdin:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _hashed(owner: Agent, chosen: str) -> str:
    """Hash a password.  Raises: ServiceError: If it is a bad one."""
    from feedback_service.accounts import passwords

    if weak := passwords.weakness(chosen, owner.id, owner.name, owner.email):
        _refuse(_WEAK[weak])
    return passwords.hash_password(chosen, secrets.token_bytes(passwords.SALT_BYTES))


_WEAK = {
    "too_short": "Take a password of at least 12 characters; a few words that nobody would guess are best.",
    "too_long": "Take a password of at most 1,024 bytes.",
    "control_characters": "A password has no control characters.",
    "too_simple": "That is among the first that somebody would try. Take a few words that nobody would guess.",
    "names_you": "That is mostly the agent's own name. Take a few words that nobody would guess.",
}
