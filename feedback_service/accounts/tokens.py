"""
Secrets that travel: cookies, links to set a password, API tokens.  128 bits or more of chance, kept as SHA-256 only.

An empty secret matches nothing, and a token is good for the purpose and the agent that it was made for.  An API token lives on when the
agent's password changes (what it may do is what the agent may do at that moment); a token to set a password does not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import replace
from datetime import datetime, timedelta

from feedback_service.accounts.nouns import Agent, Purpose, Token

FEWEST_BYTES = 16
PASSWORD_LASTS = timedelta(hours=24)
API_LASTS = timedelta(days=90)
LONGEST_API = timedelta(days=366)
MOST = 200  # characters of a secret that anybody looks at

_SECRET = re.compile(r"[A-Za-z0-9_-]{22,200}")


def secret_of(chance: bytes, prefix: str = "") -> str:
    """
    Write random bytes as a secret.

    Args:
        prefix: Such as "kb_", by which scanners of leaked secrets find it.
    Raises: ValueError: Below 16 bytes.
    """
    if len(chance) < FEWEST_BYTES:
        raise ValueError(f"A secret needs at least {FEWEST_BYTES} random bytes.")
    return prefix + base64.urlsafe_b64encode(chance).decode("ascii").rstrip("=")


def key_of(secret: str) -> str:
    """Write the key under which a secret is stored: its SHA-256 in hex; "" for what can be no secret, and no row has that key."""
    return hashlib.sha256(secret.encode("ascii")).hexdigest() if _SECRET.fullmatch(secret[: MOST + 1]) else ""


def same(left: str, right: str) -> bool:
    """Compare two keys in constant time; empty ones never match."""
    return bool(left) and bool(right) and hmac.compare_digest(left.encode("utf-8", "replace"), right.encode("utf-8", "replace"))


def password_token(chance: bytes, agent: Agent, now: datetime) -> tuple[str, Token]:
    """Make the secret of a link by which an agent sets a password, good once and for 24 hours, and the row to keep."""
    secret = secret_of(chance)
    return secret, Token(key_of(secret), "password", agent.id, agent.epoch, now + PASSWORD_LASTS)


def api_token(
    chance: bytes, agent: Agent, now: datetime, *, label: str, lasts: timedelta = API_LASTS, reads_only: bool = False
) -> tuple[str, Token]:
    """
    Make an API token and the row to keep.

    Raises: ValueError: If it should last longer than a year, or no time at all.
    """
    if not timedelta() < lasts <= LONGEST_API:
        raise ValueError(f"A token lasts from a moment up to {LONGEST_API.days} days.")
    secret = secret_of(chance, "kb_")
    return secret, Token(key_of(secret), "api", agent.id, agent.epoch, now + lasts, label, reads_only)


def bearer(token: Token | None, agent: Agent | None, purpose: Purpose, now: datetime) -> Agent | None:
    """
    Tell whom a token stands for now: None if it is unknown, of another purpose, used, revoked or too old, or its agent has left.

    Returns: The agent; if the token only reads, so does the agent.
    """
    if token is None or agent is None or token.purpose != purpose or token.agent != agent.id:
        return None
    spent = token.revoked_at is not None or (purpose == "password" and token.used_at is not None)
    outdated = purpose == "password" and token.epoch != agent.epoch
    if spent or outdated or now >= token.expires_at or agent.disabled:
        return None
    return replace(agent, reads_only=token.reads_only)
