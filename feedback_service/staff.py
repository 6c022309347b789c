"""
Accounts of agents [I/O]: entered, changed, invited, without a second factor.  Desk, API and commands do it here, with a line in the trail.

What a verb makes that is secret is returned, shown once, and kept nowhere.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from feedback_service.accounts import Agent, Token, tokens
from feedback_service.domain.refused import RefusedError
from feedback_service.store import NotThereError, Tx, audit
from feedback_service.store import agents as people


@dataclass(frozen=True, slots=True)
class Invited:
    """An agent with the secret by which they set their password, good once."""

    agent: Agent
    secret: str
    token: Token


def enter(tx: Tx, agent: Agent, by: str, now: datetime) -> Invited:
    """Enter an agent, who sets their own password.  Raises: RefusedError: "taken", if the login was ever given to anybody."""
    try:
        people.add_agent(tx, agent, now)
    except ValueError as error:
        raise RefusedError("taken", str(error), answer="invalid", field="id") from None
    audit.note(tx, by, "agent.added", agent.id, " ".join(sorted(agent.roles)), now)
    return _invited(tx, agent, now)


def change(tx: Tx, after: Agent, by: str, now: datetime) -> None:
    """
    Write an agent as they are to be; other roles, or leaving, end their sessions.

    Raises: NotThereError; RefusedError: "not_yourself", with the field, where somebody would take admin or the desk from themselves, so
        that one admin is always left.
    """
    before = _known(tx, after.id)
    if after.id == by and (after.disabled or "admin" not in after.roles):
        field = "disabled" if after.disabled else "roles"
        raise RefusedError("not_yourself", "Another admin has to do this.", answer="invalid", field=field)
    if after != before:
        people.change_agent(tx, after)
        audit.note(tx, by, "agent.changed", after.id, _differences(before, after), now)


def invite(tx: Tx, login: str, by: str, now: datetime) -> Invited:
    """Let an agent set another password; that of today stays good until they do.  Raises: NotThereError."""
    agent = _known(tx, login)
    audit.note(tx, by, "agent.invited", login, "", now)
    return _invited(tx, agent, now)


def drop_second_factor(tx: Tx, login: str, by: str, now: datetime) -> None:
    """Take away a second factor, for a telephone that was lost; every session of the agent ends.  Raises: NotThereError."""
    people.set_totp(tx, _known(tx, login).id, "")
    audit.note(tx, by, "second_factor.removed", login, "", now)


def _known(tx: Tx, login: str) -> Agent:
    agent = people.agent_of(tx, login)
    if agent is None:
        raise NotThereError(f"There is no agent {login}.")
    return agent


def _invited(tx: Tx, agent: Agent, now: datetime) -> Invited:
    secret, token = tokens.password_token(secrets.token_bytes(32), agent, now)
    people.put_token(tx, token, now)
    return Invited(agent, secret, token)


def _differences(before: Agent, after: Agent) -> str:
    """Say which rights changed, for the trail; of names and addresses only that they did."""
    said = [
        f"{name}={' '.join(sorted(getattr(after, name)))}" for name in ("roles", "teams") if getattr(before, name) != getattr(after, name)
    ]
    said += [name for name in ("name", "email", "locale") if getattr(before, name) != getattr(after, name)]
    return "; ".join([*said, *([f"disabled={after.disabled}"] if before.disabled != after.disabled else [])])
