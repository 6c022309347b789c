"""
Who may post, and what is looked at by a person first.  Nothing is thrown away by a rule: what looks wrong is quarantined.

A form carries a token that says when it was opened and for what (the time trap), and a field that people do not see (the honeypot).
Secrets, the time and random numbers are handed in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from feedback_service.addresses import key_of
from feedback_service.domain.nouns import Act
from feedback_service.domain.refused import RefusedError

TrapState = Literal["good", "missing", "too_fast", "expired", "forged"]
BanKind = Literal["network", "address", "domain", "voter"]
HeldState = Literal["waiting", "released", "discarded"]

FASTEST = timedelta(seconds=2)
LONGEST = timedelta(hours=24)
KEPT = timedelta(days=30)  # so long the quarantine keeps what nobody looked at
WORK = 16  # zero bits that a proof of work begins with: 65,000 digests on the average, about a second in a browser
_MOST_TOKEN = 300  # characters


@dataclass(frozen=True, slots=True)
class Ban:
    """
    Somebody whose posts are looked at first.

    Kinds: a network as `limits.prefixes` writes it ("192.0.2.0/24"), an e-mail address or a domain as `parse_address` does, a voter.
    """

    kind: BanKind
    value: str
    until: datetime | None = None  # None: for good

    def holds(self, now: datetime) -> bool:
        """Tell whether it is in force."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of who posts: networks (limits.prefixes) and what the form says."""

    networks: tuple[str, ...] = ()
    email: str = ""
    voter: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """What the rules look at in one post."""

    sender: Sender
    honeypot: str = ""
    trap: TrapState = "missing"  # what check_token said
    replayed: bool = False  # the store has seen this token
    flooded: bool = False  # the service as a whole gets more than it should
    idle: bool = False  # so many came from there that a proof of work was due, and none came along


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What becomes of a post.

    "accept": as it is.  "quarantine": answered as if accepted, then a person decides; `reasons` says why.
    "again": the form is too old; give it back with a new token and the text in it.
    """

    fate: Literal["accept", "quarantine", "again"]
    reasons: tuple[str, ...] = ()


def issue_token(secret: bytes, purpose: str, now: datetime, nonce: str) -> str:
    """
    Make the token of a form that is opened now.

    Args:
        purpose: What the form is for, "case" or "rating:<article>"; a token is good for nothing else.
        nonce: 16 or more random letters or digits; lets the store know a token that was used.
    """
    body = f"{int(now.timestamp() * 1000)}.{nonce}"
    return f"{body}.{_sign(secret, purpose, body)}"


def check_token(secrets: Sequence[bytes], purpose: str, token: str, now: datetime) -> TrapState:
    """
    Judge a token.  All signatures are compared in constant time.

    Args:
        secrets: The secret of today and those that it replaced in the last 24 hours.
    """
    if not token:
        return "missing"
    opened, _, rest = token[: _MOST_TOKEN + 1].partition(".")
    nonce, _, signature = rest.rpartition(".")
    signed = signature.encode("utf-8", "replace")
    known = [hmac.compare_digest(_sign(secret, purpose, f"{opened}.{nonce}").encode(), signed) for secret in secrets]
    if len(token) > _MOST_TOKEN or not any(known):
        return "forged"
    age = now.timestamp() - int(opened) / 1000
    if age < FASTEST.total_seconds():  # one from the future, after the clock was set back, too
        return "too_fast"
    return "good" if age <= LONGEST.total_seconds() else "expired"


def judge(post: Post, bans: Iterable[Ban], now: datetime, *, token_needed: bool = True) -> Verdict:
    """
    Decide on a post that is well-formed and within its own limits.

    Args:
        token_needed: Without a token, a post is quarantined; False for forms that work without script and are confirmed otherwise.
    """
    if post.trap == "expired" and not post.honeypot:
        return Verdict("again", ("expired",))
    reasons = []
    if post.honeypot:
        reasons.append("honeypot")
    if post.trap in {"too_fast", "forged", "expired"} or (post.trap == "missing" and token_needed):
        reasons.append("no_token" if post.trap == "missing" else post.trap)
    if post.replayed:
        reasons.append("replayed")
    if post.idle and "no_token" not in reasons:  # without script there is neither
        reasons.append("no_work")
    if is_banned(post.sender, bans, now):
        reasons.append("banned")
    if post.flooded:
        reasons.append("flood")
    return Verdict("quarantine", tuple(reasons)) if reasons else Verdict("accept")


def is_banned(sender: Sender, bans: Iterable[Ban], now: datetime) -> bool:
    """Tell whether a ban in force fits the sender."""
    address = key_of(sender.email) if sender.email else ""
    domain = address.rpartition("@")[2]
    return any(ban.holds(now) and _fits(ban, sender, address, domain) for ban in bans)


def work_done(token: str, answer: str, bits: int = WORK) -> bool:
    """Check a proof of work: SHA-256 of a form's token and the answer begins with so many zero bits."""
    digest = hashlib.sha256(f"{token}:{answer[:100]}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


@dataclass(frozen=True, slots=True)
class Held:
    """One thing in quarantine, or one public text before approval.  The thing itself lies in the store."""

    id: str
    kind: str  # "case", "rating", "question", "mail"
    reasons: tuple[str, ...]
    at: datetime
    digest: str  # of the text: what is released is what was read
    state: HeldState = "waiting"
    by: str = ""


def digest_of(text: str) -> str:
    """Fingerprint a text, so that a decision is about exactly these words."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def release(held: Held, act: Act, digest: str) -> Held:
    """Let a thing out, as it was read.  Raises: RefusedError: If it was decided, or changed since it was read."""
    if held.digest != digest:
        raise RefusedError("changed", f"{held.id} was changed after it was read: read it again.")
    return _decide(held, act, "released")


def discard(held: Held, act: Act) -> Held:
    """Decide that a thing is rubbish.  It stays until it is forgotten, and may still be released."""
    return _decide(held, act, "discarded")


def rewritten(held: Held, text: str) -> Held:
    """Follow an edit: other words are another thing to look at, even if they were released before."""
    digest = digest_of(text)
    return held if digest == held.digest else replace(held, digest=digest, state="waiting", by="")


def is_forgotten(held: Held, now: datetime) -> bool:
    """Tell whether its time in the store is over.  What was released lives on as a case, a rating or a question."""
    return held.state != "released" and now - held.at > KEPT


def _decide(held: Held, act: Act, state: HeldState) -> Held:
    if act.actor.kind != "agent":
        raise RefusedError("agents_only", "Only a moderator decides.", answer="forbidden", allowed=("agent",))
    if held.state in _final(state):
        raise RefusedError("decided", f"{held.id} is {held.state} already.")
    return replace(held, state=state, by=act.actor.id)


def _final(state: HeldState) -> Collection[HeldState]:
    return {"released"} if state == "released" else {"released", "discarded"}


def _fits(ban: Ban, sender: Sender, address: str, domain: str) -> bool:
    match ban.kind:
        case "network":
            return ban.value in sender.networks
        case "address":
            return bool(address) and key_of(ban.value) == address
        case "domain":
            return bool(domain) and (domain == ban.value.casefold() or domain.endswith("." + ban.value.casefold()))
        case "voter":
            return bool(sender.voter) and ban.value == sender.voter


def _sign(secret: bytes, purpose: str, body: str) -> str:
    digest = hmac.digest(secret, f"{purpose}\0{body}".encode("utf-8", "replace"), "sha256")
    return base64.urlsafe_b64encode(digest[:18]).decode()
