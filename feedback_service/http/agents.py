"""The whole table of the agents' API, and its routes for the application."""

from __future__ import annotations

from feedback_service.http import agents_accounts, agents_cases, agents_rest
from feedback_service.http.agents_api import Entry, routes

ENTRIES: tuple[Entry, ...] = (*agents_cases.ENTRIES, *agents_rest.ENTRIES, *agents_accounts.ENTRIES)
ROUTES = routes(ENTRIES)
