"""
How long a sign-in lasts: 30 minutes without a request, 12 hours in all, and not beyond a change of password, roles or second factor.

The cookie's value is new at each sign-in, after the second factor and after a change of password; the old one is dead at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from feedback_service.accounts.nouns import Agent, Credentials, Session, Stage
from feedback_service.accounts.tokens import key_of, secret_of

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
STEP = timedelta(minutes=5)  # so long a second factor may take after the password
SEEN_EVERY = timedelta(minutes=1)  # `seen_at` is written at most so often: a request that reads should write nothing
COOKIE = "__Host-kb-desk"

SessionState = Literal["good", "idle", "old", "revoked"]


def open_session(chance: bytes, agent: Agent, stage: Stage, now: datetime) -> tuple[str, Session]:
    """Make a session: the value of its cookie, and the row to keep."""
    secret = secret_of(chance)
    return secret, Session(key_of(secret), agent.id, agent.epoch, stage, now, now)


def first_stage(agent: Agent, credentials: Credentials) -> Stage:
    """
    Tell what a right password opens: the second factor if there is one; admins without one may only set one up.

    An agent without one is in.
    """
    if credentials.totp:
        return "second_factor"
    return "enrol" if "admin" in agent.roles else "full"


def state_of(session: Session, agent: Agent | None, now: datetime) -> SessionState:
    """
    Judge a session at a request.  Only a "good" one opens anything; a clock that was set back lengthens nothing beyond its span.

    Args:
        agent: The agent as they are now: a role or team that was taken away is gone at the next request.
    """
    if agent is None or agent.id != session.agent or agent.disabled or agent.epoch != session.epoch:
        return "revoked"
    if abs(now - session.created_at) >= (STEP if session.stage == "second_factor" else LONGEST):
        return "old"
    return "good" if now - session.seen_at < IDLE else "idle"


def seen(session: Session, now: datetime) -> Session | None:
    """Note a request; None: the note that is there will do."""
    return replace(session, seen_at=now) if now - session.seen_at >= SEEN_EVERY else None
