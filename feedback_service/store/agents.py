"""Verbs on agents, their sessions and tokens.  What changes how somebody signs in raises the epoch, and all their sessions are dead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import delete, select, update

from feedback_service.accounts.nouns import Agent, Credentials, Purpose, Role, Session, Stage, Token
from feedback_service.rules.nouns import Directory
from feedback_service.store.errors import NotThereError
from feedback_service.store.tables import agents, sessions, tokens
from feedback_service.store.tx import Tx, micros, micros_or_none, moment, moment_or_none

ANSWERING = frozenset({"agent", "lead", "admin"})  # roles that answer cases
_AT_WORK = select(agents.c.id, agents.c.roles, agents.c.teams).where(agents.c.disabled.is_(False)).order_by(agents.c.id)
_SHOWN = [column for column in agents.c if column.name not in {"password", "totp", "totp_step", "at"}]


def add_agent(tx: Tx, agent: Agent, at: datetime) -> None:
    """Enter an agent, who cannot sign in before a password is set.  Raises: ValueError: If the login was ever given to anybody."""
    if tx.is_there(agents, id=agent.id):
        raise ValueError(f"There is an agent {agent.id} already: a login is never given to another person.")
    secrets = {"password": "", "totp": "", "totp_step": 0}
    tx.put(agents, {**_row(agent), "id": agent.id, "epoch": agent.epoch, **secrets, "at": micros(at)})


def agent_of(tx: Tx, login: str) -> Agent | None:
    """Find an agent."""
    row = tx.one(select(*_SHOWN, agents.c.totp).where(agents.c.id == login))
    return None if row is None else _agent(row)


def all_agents(tx: Tx) -> tuple[Agent, ...]:
    """List everybody, those who left too, by login."""
    return tuple(map(_agent, tx.all(select(*_SHOWN, agents.c.totp).order_by(agents.c.id))))


def directory_of(tx: Tx) -> Directory:
    """List who is there for rules: those who answer cases, by team, and who leads."""
    rows = [(login, _words(roles), _words(teams)) for login, roles, teams in tx.conn.execute(_AT_WORK)]
    at_work = [row for row in rows if not row[1].isdisjoint(ANSWERING)]
    teams: dict[str, set[str]] = {}
    leads: dict[str, set[str]] = {}
    for login, roles, its in at_work:
        for team in its:
            teams.setdefault(team, set()).add(login)
            if "lead" in roles:
                leads.setdefault(team, set()).add(login)
    grouped = ({team: frozenset(logins) for team, logins in found.items()} for found in (teams, leads))
    return Directory(next(grouped), frozenset(login for login, _, _ in at_work), next(grouped))


@lru_cache(maxsize=500)
def _words(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


def credentials_of(tx: Tx, login: str) -> Credentials:
    """Give what a sign-in is compared with; for an unknown login something that nothing matches."""
    row = tx.one(select(agents.c.password, agents.c.totp, agents.c.totp_step).where(agents.c.id == login))
    return Credentials("") if row is None else Credentials(row["password"], row["totp"], row["totp_step"])


def change_agent(tx: Tx, agent: Agent) -> None:
    """
    Write an agent as they are to be.  Other roles, or leaving, end their sessions; teams, name and language do not.

    Raises: NotThereError: If there is none.
    """
    before = agent_of(tx, agent.id)
    if before is None:
        raise NotThereError(f"There is no agent {agent.id}.")
    if (before.roles, before.disabled) != (agent.roles, agent.disabled):
        end_sessions(tx, agent.id)
    tx.run(update(agents).where(agents.c.id == agent.id).values(**_row(agent)))


def set_locale(tx: Tx, login: str, locale: str) -> None:
    """Keep an agent's language, and leave all else as it is by now: an agent may do so who is being kept out at this moment."""
    tx.run(update(agents).where(agents.c.id == login).values(locale=locale))


def set_password(tx: Tx, login: str, encoded: str) -> None:
    """Keep another hash, and end all sessions."""
    tx.run(update(agents).where(agents.c.id == login).values(password=encoded))
    end_sessions(tx, login)


def rehash_password(tx: Tx, login: str, old: str, encoded: str) -> None:
    """Keep the same password under another hash, if it is still the same: no session ends."""
    tx.run(update(agents).where(agents.c.id == login, agents.c.password == old).values(password=encoded))


def set_totp(tx: Tx, login: str, secret: str, step: int = 0) -> None:
    """Keep another second factor (base32; "" for none), and end all sessions.  *step* is that of the code that proved it."""
    tx.run(update(agents).where(agents.c.id == login).values(totp=secret, totp_step=step))
    end_sessions(tx, login)


def spend_code(tx: Tx, login: str, step: int) -> bool:
    """Use up the code of a step.  Returns: False if it, or a later one, was used in the meantime."""
    return tx.run(update(agents).where(agents.c.id == login, agents.c.totp_step < step).values(totp_step=step)) == 1


def end_sessions(tx: Tx, login: str) -> None:
    """Sign an agent out everywhere."""
    tx.run(update(agents).where(agents.c.id == login).values(epoch=agents.c.epoch + 1))
    tx.run(delete(sessions).where(sessions.c.agent == login))


def put_session(tx: Tx, session: Session) -> None:
    """Keep a new session."""
    times = {"at": micros(session.created_at), "seen_at": micros(session.seen_at)}
    tx.put(sessions, {"digest": session.key, "agent": session.agent, "epoch": session.epoch, "stage": session.stage, **times})


def session_of(tx: Tx, key: str) -> tuple[Session, Agent] | None:
    """Find a session and its agent as they are now; an empty key finds nothing."""
    row = tx.one(select(sessions).where(sessions.c.digest == key)) if key else None
    agent = None if row is None else agent_of(tx, row["agent"])
    if row is None or agent is None:
        return None
    stage = cast("Stage", row["stage"])
    return Session(row["digest"], row["agent"], row["epoch"], stage, moment(row["at"]), moment(row["seen_at"])), agent


def touch_session(tx: Tx, session: Session) -> None:
    """Note when a session was last seen; one that has ended stays ended."""
    tx.run(update(sessions).where(sessions.c.digest == session.key).values(seen_at=micros(session.seen_at)))


def drop_session(tx: Tx, key: str) -> None:
    """End one session."""
    tx.run(delete(sessions).where(sessions.c.digest == key))


def prune_sessions(tx: Tx, before: datetime) -> int:
    """Forget sessions that began before a moment, and tokens that ended before it; returns how many."""
    gone = tx.run(delete(sessions).where(sessions.c.at < micros(before)))
    return gone + tx.run(delete(tokens).where(tokens.c.until < micros(before)))


def put_token(tx: Tx, token: Token, at: datetime) -> None:
    """Keep a new token."""
    facts = {"purpose": token.purpose, "agent": token.agent, "epoch": token.epoch, "label": token.label, "reads_only": token.reads_only}
    times = {"at": micros(at), "until": micros(token.expires_at)}
    ends = {"used_at": micros_or_none(token.used_at), "revoked_at": micros_or_none(token.revoked_at)}
    tx.put(tokens, {"digest": token.key, **facts, **times, **ends})


def token_of(tx: Tx, key: str) -> tuple[Token, Agent] | None:
    """Find a token and its agent as they are now; an empty key finds nothing."""
    row = tx.one(select(tokens).where(tokens.c.digest == key)) if key else None
    agent = None if row is None else agent_of(tx, row["agent"])
    return None if row is None or agent is None else (_token(row), agent)


def tokens_of(tx: Tx, login: str) -> tuple[Token, ...]:
    """List the API tokens of an agent, the newest first, without those that were revoked."""
    wanted = select(tokens).where(tokens.c.agent == login, tokens.c.purpose == "api", tokens.c.revoked_at.is_(None))
    return tuple(map(_token, tx.all(wanted.order_by(tokens.c.at.desc(), tokens.c.digest))))


def use_token(tx: Tx, key: str, at: datetime) -> bool:
    """Use up a token that is good once.  Returns: False if it was used in the meantime."""
    return tx.run(update(tokens).where(tokens.c.digest == key, tokens.c.used_at.is_(None)).values(used_at=micros(at))) == 1


def revoke_token(tx: Tx, key: str, at: datetime) -> bool:
    """End a token.  Returns: False if there is none, or it has ended."""
    return tx.run(update(tokens).where(tokens.c.digest == key, tokens.c.revoked_at.is_(None)).values(revoked_at=micros(at))) == 1


def _row(agent: Agent) -> dict[str, Any]:
    facts = {"name": agent.name, "email": agent.email, "locale": agent.locale, "disabled": agent.disabled}
    return {**facts, "roles": json.dumps(sorted(agent.roles)), "teams": json.dumps(sorted(agent.teams))}


def _agent(row: Mapping[str, Any]) -> Agent:
    return Agent(
        id=row["id"],
        name=row["name"],
        roles=frozenset(cast("list[Role]", json.loads(row["roles"]))),
        teams=frozenset(json.loads(row["teams"])),
        locale=row["locale"],
        email=row["email"],
        disabled=row["disabled"],
        has_totp=bool(row["totp"]),
        epoch=row["epoch"],
    )


def _token(row: Mapping[str, Any]) -> Token:
    return Token(
        key=row["digest"],
        purpose=cast("Purpose", row["purpose"]),
        agent=row["agent"],
        epoch=row["epoch"],
        expires_at=moment(row["until"]),
        label=row["label"],
        reads_only=row["reads_only"],
        used_at=moment_or_none(row["used_at"]),
        revoked_at=moment_or_none(row["revoked_at"]),
    )
