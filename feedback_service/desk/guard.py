"""What is held back, and who is banned: decided on as it was read, and the decisions of the last days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, cast

from feedback_service.addresses import AddressError, key_of, parse_address
from feedback_service.can import can
from feedback_service.desk.boards import Bans, HeldPage, HeldThing
from feedback_service.desk.request import DeskError, Visit, fields_of, go, house_of, one_each
from feedback_service.desk.views import Choice
from feedback_service.mail.read import read_mail
from feedback_service.mail.take import admit
from feedback_service.moderation import KEPT, Ban, BanKind, HeldState
from feedback_service.store import NotThereError, Tx, held, mailbox
from feedback_service.texts import TextError, clean_text

if TYPE_CHECKING:
    from starlette.responses import Response

MOST_MAILS, MOST_SHOWN = 30, 4_000  # suspended mails of a page; characters of each
LONGEST_ANSWER = 4_000  # characters of the answer to a public question
KINDS = ("all", "case", "rating", "question", "mail")
HELD_STATES: tuple[HeldState, ...] = ("waiting", "discarded", "released")
BAN_KINDS: tuple[BanKind, ...] = ("address", "domain", "network")
BAN_DAYS = ("7", "30", "365", "")  # "": for good
_NETWORKS = {4: (32, 24), 6: (64, 48)}  # lengths of networks by which senders are known


async def held_back(visit: Visit) -> Response:
    """Show quarantine and suspended mail: what waits, or what was decided."""
    query = visit.request.query_params
    kind = wished if (wished := query.get("kind", "all")) in KINDS else "all"
    state: HeldState = wished if (wished := query.get("state", "waiting")) in HELD_STATES else "waiting"
    things = await visit.service.store.read_soon(_held, state)
    counts = {name: sum(name in {"all", each.kind} for each in things) for name in KINDS}
    may = {verb for verb in ("decide",) if can(visit.agent, "decide", "held")} | ({"ban"} if can(visit.agent, "change", "ban") else set())
    view = HeldPage(
        tuple(each for each in things if kind in {"all", each.kind}),
        kind,
        tuple(Choice(name, count=counts[name]) for name in KINDS),
        KEPT.days,
        state,
        tuple(map(Choice, HELD_STATES)),
        frozenset(may),
    )
    return await visit.page("held", view, "held")


async def decide(visit: Visit) -> Response:
    """Let one thing through, or throw it away, as it was read; with "ban" its sender is looked at first from now on."""
    fields, name = one_each(await fields_of(visit.request)), str(visit.request.path_params["id"])
    act = fields.get("act", "")
    if act not in {"release", "discard", "ban"}:
        raise DeskError(422, "unknown_value")
    if act == "ban":
        visit.need("change", "ban")

    def write(tx: Tx) -> None:
        if act == "ban":
            held.ban(tx, Ban("address", key_of(_sender(tx, name))), visit.act)
        if name.startswith("mail-"):
            _decide_mail(tx, visit, name.removeprefix("mail-"), act)
        elif act == "release":
            held.release_held(tx, name, fields.get("digest", ""), visit.act, _answer(fields))
        else:
            held.discard_held(tx, name, visit.act)

    try:
        await visit.service.store.write_soon(write)
    except NotThereError:
        raise DeskError(404, "not_found") from None
    return go("/desk/held", {"release": "released", "discard": "discarded", "ban": "banned"}[act])


async def bans(visit: Visit, values: dict[str, str] | None = None, wrong: dict[str, str] | None = None) -> Response:
    """Show whose posts are looked at first."""
    found = await visit.service.store.read_soon(held.bans_of, visit.now)
    typed = {"kind": "address", "value": "", "days": "30", **(values or {})}
    rows = tuple((one.kind, one.value, one.until) for one in found)
    view = Bans(rows, can(visit.agent, "change", "ban"), typed, wrong or {})
    return await visit.page("bans", view, "bans", status=422 if wrong else 200)


async def add_ban(visit: Visit) -> Response:
    """Look at what somebody posts first, from now on."""
    fields = one_each(await fields_of(visit.request))
    if fields.get("kind") not in BAN_KINDS or fields.get("days") not in BAN_DAYS:
        raise DeskError(422, "unknown_value")
    try:
        one = _ban(fields["kind"], fields.get("value", "").strip())
    except ValueError as error:
        return await bans(visit, fields, {"value": error.reason if isinstance(error, AddressError) else "bad_network"})
    until = visit.now + timedelta(days=int(fields["days"])) if fields["days"] else None
    await visit.service.store.write_soon(held.ban, replace(one, until=until), visit.act)
    return go("/desk/bans", "banned")


async def end_ban(visit: Visit) -> Response:
    """End a ban."""
    fields = one_each(await fields_of(visit.request))
    kind = fields.get("kind", "")
    await visit.service.store.write_soon(held.unban, Ban(cast("BanKind", kind), fields.get("value", "")), visit.act)
    return go("/desk/bans", "unbanned")


def _ban(kind: str, value: str) -> Ban:
    """Write a ban as senders are known by it.  Raises: ValueError, AddressError among them."""
    if kind == "address":
        return Ban("address", key_of(parse_address(value)))
    if kind == "domain":
        return Ban("domain", parse_address(f"x@{value.removeprefix('@')}").rpartition("@")[2])
    network = ip_network(value, strict=False)
    lengths = [length for length in _NETWORKS[network.version] if length <= network.prefixlen]
    if not lengths:
        raise ValueError(value)
    return Ban("network", str(network.supernet(new_prefix=lengths[0])))


def _sender(tx: Tx, name: str) -> str:
    """Find who sent a thing.  Raises: DeskError: If it does not say."""
    if name.startswith("mail-"):
        sender = mailbox.suspended_mail(tx, name.removeprefix("mail-")).sender
    else:
        sender = _address_of(held.held_of(tx, name)[1])
    if "@" not in sender:
        raise DeskError(422, "no_sender")
    return sender


def _decide_mail(tx: Tx, visit: Visit, name: str, act: str) -> None:
    if act == "release":
        admit(tx, name, visit.act, visit.service.settings.locale)
    elif not mailbox.decide_suspended(tx, name, "discarded"):
        raise DeskError(409, "decided")


def _answer(fields: dict[str, str]) -> str:
    """Read the answer that goes out with a public question; other things have none."""
    if "answer" not in fields:
        return ""
    try:
        return clean_text(fields["answer"], LONGEST_ANSWER)
    except TextError as error:
        raise DeskError(422, error.reason) from None


def _held(tx: Tx, state: HeldState) -> tuple[HeldThing, ...]:
    house = house_of(tx)
    posts = [replace(_held_thing(one, thing), by=house.name(one.by)) for one, thing in held.held_list(tx, state)]
    mails = [_held_mail(mailbox.suspended_mail(tx, each.id)) for each in mailbox.suspended_mails(tx, state, most=MOST_MAILS)]
    return tuple(sorted((*posts, *mails), key=lambda each: (each.at, each.id), reverse=state != "waiting"))


def _held_mail(mail: mailbox.Suspended) -> HeldThing:
    text = read_mail(mail.raw).text[:MOST_SHOWN]
    return HeldThing(f"mail-{mail.id}", "mail", mail.at, (mail.cause,), mail.sender, mail.subject, text, "")


def _held_thing(one: Any, thing: dict[str, Any]) -> HeldThing:
    told = thing.get("told", thing)
    title = told.get("subject") or told.get("article") or ""
    text = told.get("body") or told.get("text") or told.get("comment") or ""
    sender = _address_of(thing) or told.get("name") or ""
    reasons = one.reasons or ("approval",)
    return HeldThing(one.id, one.kind, one.at, reasons, sender, title, text, one.digest, thing.get("locale") or "")


def _address_of(thing: dict[str, Any]) -> str:
    told = thing.get("told", thing)
    return str(told.get("requester_email") or told.get("email") or "")
