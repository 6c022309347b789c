"""The agents' API on accounts: who one is, colleagues, tokens, and the trail of what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.responses import JSONResponse, Response

from feedback_service import staff
from feedback_service.accounts import ROLES, Agent
from feedback_service.accounts.nouns import LOGIN
from feedback_service.addresses import AddressError, parse_address
from feedback_service.domain import RefusedError
from feedback_service.http.agents_api import Call, Entry
from feedback_service.http.agents_json import agent_json, plain, token_json
from feedback_service.http.pages import LOCALES
from feedback_service.intake import NAME, Complaint, FormError
from feedback_service.signin import Doorkeeper
from feedback_service.store import NotThereError, Tx, audit
from feedback_service.store import agents as people
from feedback_service.texts import TextError, clean_line

MOST_TEAMS = 50


async def who_am_i(call: Call) -> Response:
    """Tell whose token this is, and what it may do."""
    return JSONResponse(agent_json(call.actor) | {"reads_only": call.actor.reads_only})


async def list_agents(call: Call) -> Response:
    """Give everybody who works here, and who did."""
    found = await call.service.store.read_soon(people.all_agents)
    return JSONResponse({"agents": [agent_json(agent) for agent in found]})


async def new_agent(call: Call) -> Response:
    """Enter an agent.  The answer holds a secret, shown once, by which they set their password within 24 hours."""
    agent = _agent(call.fields, Agent("", "", frozenset()))
    login = call.fields.get("id")
    if not isinstance(login, str) or not LOGIN.fullmatch(login):
        raise FormError({"id": Complaint("bad_value")})
    try:
        made = await call.service.store.write_soon(staff.enter, replace(agent, id=login), call.actor.id, call.service.now())
    except RefusedError as error:
        raise FormError({error.field: Complaint(error.reason)}) from None
    shown = {"password_secret": made.secret, "expires_at": plain(made.token.expires_at)}
    return JSONResponse(agent_json(made.agent) | shown, 201)


async def change_agent(call: Call) -> Response:
    """Change an account; other roles, or leaving, end its sessions.  Nobody takes admin from themselves, so that one is always left."""
    login = call.request.path_params["login"]
    if "id" in call.fields:
        raise FormError({"id": Complaint("unknown_field")})

    def changed(tx: Tx) -> Agent:
        before = people.agent_of(tx, login)
        if before is None:
            raise NotThereError
        after = _agent(call.fields, before)
        try:
            staff.change(tx, after, call.actor.id, call.service.now())
        except RefusedError as error:
            raise FormError({error.field: Complaint(error.reason)}) from None
        return after

    return JSONResponse(agent_json(await call.service.store.write_soon(changed)))


async def list_audit(call: Call) -> Response:
    """Give what was done besides cases, the newest first, 100 at a time; `before` takes a `seq`."""
    before = call.request.query_params.get("before", "")
    if before and not (before.isascii() and before.isdecimal() and len(before) < 16):
        raise FormError({"before": Complaint("not_a_number")})
    found = await call.service.store.read_soon(audit.entries, before=int(before) if before else None)
    rows = [{"seq": e.seq, "at": plain(e.at), "actor": e.actor, "act": e.act, "object": e.object, "detail": e.detail} for e in found]
    return JSONResponse({"entries": rows})


async def list_tokens(call: Call) -> Response:
    """Give the API tokens of this agent."""
    found = await call.service.store.read_soon(people.tokens_of, call.actor.id)
    return JSONResponse({"tokens": [token_json(token) for token in found]})


async def new_token(call: Call) -> Response:
    """Make another token for the same agent; its secret is in the answer and nowhere else.  One that only reads makes none."""
    if call.actor.reads_only:
        raise NotThereError
    label, reads_only = _line(call.fields, "label", 100), call.fields.get("reads_only", False)
    if not isinstance(reads_only, bool):
        raise FormError({"reads_only": Complaint("not_true_or_false")})
    secret, token = await Doorkeeper(call.service.store, clock=call.service.now).new_token(call.actor, label, reads_only=reads_only)
    return JSONResponse(token_json(token) | {"secret": secret}, 201)


async def revoke_token(call: Call) -> Response:
    """End a token of this agent, by its id."""
    wanted = call.request.path_params["id"]
    if call.actor.reads_only:
        raise NotThereError

    def revoked(tx: Tx) -> None:
        found = [token for token in people.tokens_of(tx, call.actor.id) if token.key[:16] == wanted]
        if not found or not people.revoke_token(tx, found[0].key, call.service.now()):
            raise NotThereError
        audit.note(tx, call.actor.id, "token.revoked", wanted, found[0].label, call.service.now())

    await call.service.store.write_soon(revoked)
    return Response(status_code=204)


def _agent(fields: dict[str, Any], before: Agent) -> Agent:
    """Read the fields of an account; what is missing stays.  Raises: FormError: With the first field that is wrong."""
    names = ("id", "name", "roles", "teams", "locale", "email", "disabled")
    if unknown := {
        name[:50].encode("utf-8", "replace").decode(): Complaint("unknown_field", allowed=names) for name in fields if name not in names
    }:
        raise FormError(unknown)
    readers: dict[str, Callable[[], Any]] = {
        "name": lambda: _line(fields, "name", NAME),
        "roles": lambda: _words(fields, "roles", ROLES),
        "teams": lambda: _words(fields, "teams", None),
        "locale": lambda: _locale(fields),
        "email": lambda: _address(fields),
        "disabled": lambda: _flag(fields, "disabled"),
    }
    after = replace(before, **{name: read() for name, read in readers.items() if name in fields})
    for name in ("name", "roles"):
        if not getattr(after, name):
            raise FormError({name: Complaint("required")})
    return after


def _locale(fields: dict[str, Any]) -> str:
    if fields["locale"] not in LOCALES:
        raise FormError({"locale": Complaint("unknown_value", allowed=LOCALES)})
    return str(fields["locale"])


def _line(fields: dict[str, Any], name: str, limit: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise FormError({name: Complaint("required" if value is None else "not_text")})
    try:
        return clean_line(value, limit)
    except TextError as error:
        raise FormError({name: Complaint(error.reason, error.limit)}) from None


def _words(fields: dict[str, Any], name: str, known: tuple[str, ...] | None) -> frozenset[str]:
    value = fields[name]
    if not isinstance(value, list) or len(value) > MOST_TEAMS or not all(isinstance(each, str) for each in value):
        raise FormError({name: Complaint("not_a_list_of_texts", MOST_TEAMS)})
    if any(each not in known if known else not LOGIN.fullmatch(each) for each in value):
        raise FormError({name: Complaint("unknown_value" if known else "bad_value", allowed=known or ())})
    return frozenset(value)


def _address(fields: dict[str, Any]) -> str:
    value = fields["email"]
    if not isinstance(value, str):
        raise FormError({"email": Complaint("not_text")})
    try:
        return parse_address(value) if value else ""
    except AddressError as error:
        raise FormError({"email": Complaint(error.reason)}) from None


def _flag(fields: dict[str, Any], name: str) -> bool:
    if not isinstance(fields[name], bool):
        raise FormError({name: Complaint("not_true_or_false")})
    return bool(fields[name])


ENTRIES = (
    Entry("GET", "/api/v1/me", "read", "agent", who_am_i),
    Entry("GET", "/api/v1/me/tokens", "read", "agent", list_tokens),
    Entry("POST", "/api/v1/me/tokens", "read", "agent", new_token),
    Entry("DELETE", "/api/v1/me/tokens/{id}", "read", "agent", revoke_token),
    Entry("GET", "/api/v1/audit", "read", "audit", list_audit),
    Entry("GET", "/api/v1/agents", "read", "agent", list_agents),
    Entry("POST", "/api/v1/agents", "change", "agent", new_agent),
    Entry("PATCH", "/api/v1/agents/{login}", "change", "agent", change_agent),
)
