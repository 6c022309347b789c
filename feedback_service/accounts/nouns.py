"""The nouns of accounts.  What is secret is kept as a hash; `Agent` holds nothing secret and may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Role = Literal["agent", "lead", "moderator", "admin", "auditor"]
Stage = Literal["second_factor", "enrol", "full"]
Purpose = Literal["password", "api"]

ROLES: tuple[Role, ...] = get_args(Role)
LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")  # ASCII, so that no login looks like another


@dataclass(frozen=True, slots=True)
class Agent:
    """
    Somebody who works at the desk.  `id` is also the login, and what events call them: it is never given to another person.

    An agent who left is disabled, never deleted: the history names them.
    """

    id: str
    name: str
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()
    locale: str = "en"
    email: str = ""  # where notices go; "" means none are sent
    disabled: bool = False
    has_totp: bool = False
    epoch: int = 1  # raised when password, roles or second factor change: sessions of an older one are dead
    reads_only: bool = False  # came by a token that only reads; never stored


@dataclass(frozen=True, slots=True)
class Credentials:
    """What proves that somebody is an agent.  Leaves the store for a sign-in only."""

    password: str  # as argon2 writes it; "" never matches
    totp: str = ""  # base32; "" means none
    totp_step: int = 0  # the last step of time whose code was used: no code counts twice


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in in one browser.  `key` is the SHA-256 of the cookie's value, so that a copy of the store opens nothing."""

    key: str
    agent: str
    epoch: int
    stage: Stage
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that stands for an agent, for one purpose; `key` is its SHA-256."""

    key: str
    purpose: Purpose
    agent: str
    epoch: int
    expires_at: datetime
    label: str = ""  # what an API token is for, as its owner named it
    reads_only: bool = False
    used_at: datetime | None = None  # a token to set a password is good once
    revoked_at: datetime | None = None
