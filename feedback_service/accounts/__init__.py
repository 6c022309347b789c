"""
Who works here: agents, their passwords and second factors, sessions, tokens.  Pure: the time and the random numbers are handed in.

`nouns` values · `passwords` what is a good one, and its hash · `totp` the second factor · `sessions` how long a sign-in lasts ·
`tokens` secrets that travel · `attempts` how often somebody may guess.
"""

from __future__ import annotations

from feedback_service.accounts.nouns import ROLES, Agent, Credentials, Role, Session, Token

__all__ = ["ROLES", "Agent", "Credentials", "Role", "Session", "Token"]
