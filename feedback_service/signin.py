"""
Signing in at the desk [I/O]: the one place where passwords, codes, cookies and tokens meet the store, the clock and chance.

An unknown login, a wrong password and a disabled agent get the same answer after the same time.  At most four passwords are hashed at
once; whoever comes while four are is asked to wait, so that guessing never takes the service's processors.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

import structlog

from feedback_service.accounts import Agent, Session, Token, attempts, passwords, sessions, tokens, totp
from feedback_service.accounts.nouns import LOGIN, Stage
from feedback_service.limits import Bucket, Limit
from feedback_service.store import agents as people
from feedback_service.store import audit
from feedback_service.store.door import Store
from feedback_service.store.tx import Tx

_log = structlog.get_logger("signin")
P = ParamSpec("P")
T = TypeVar("T")

MOST_BUCKETS = 20_000  # of guesses that are remembered, and of addresses; the oldest go first
HASH_WAIT = 1.0  # seconds to wait where four passwords are being hashed


class SignInError(Exception):
    """
    A sign-in, or a change of what signs in, that is refused.

    Attributes:
        reason: "wrong" (401), "wait" (429, after `wait` seconds), "ended" (401: sign in again) or a `passwords.Weakness` (422).
        wait: Whole seconds, for Retry-After; 0 where waiting does not help.
    """

    def __init__(self, reason: str, wait: float = 0) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, int(-(-wait // 1))


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened: the value for the cookie `sessions.COOKIE`, and who has it at which stage."""

    cookie: str
    agent: Agent
    stage: Stage


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class Doorkeeper:
    """
    Lets agents in.  Nothing of it holds a password longer than a call.

    Args:
        store: Where agents are.
        house: The name of the portal, as authenticator apps show it.
        clock, seconds: The time of day, and seconds that never go back.
    """

    def __init__(
        self, store: Store, house: str = "kbgen", *, clock: Callable[[], datetime] = utc_now, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._house, self._clock, self._seconds = store, house, clock, seconds
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._homes: OrderedDict[str, None] = OrderedDict()  # accounts at addresses from which they came in, since the start
        self._slots = threading.BoundedSemaphore(attempts.MOST_AT_ONCE)

    async def sign_in(self, login: str, password: str, address: str, old_cookie: str = "") -> Opened:
        """
        Open a session with a password.

        Args:
            address: Of the client, as `limits.client_of` finds it.
            old_cookie: What the browser sent: that session ends, so that no cookie that was there before means anything afterwards.
        Raises: SignInError: "wrong" or "wait".
        """
        name = login.strip().casefold() if len(login) <= 100 else ""
        name = name if LOGIN.fullmatch(name) else ""
        limits = self._guess(address, name)
        known = await self._store.read_soon(people.credentials_of, name)
        right = await self._compare(known.password, password, limits)
        agent = await self._store.read_soon(people.agent_of, name)
        if not right or agent is None or agent.disabled:
            # Who is named only where there is such an account: what else stands in that field may be a password, typed a line too early.
            _log.warning("sign_in_refused", agent=agent.id if agent else None, reason="disabled" if right else "wrong")
            raise SignInError("wrong")
        self._buckets |= attempts.give_back(self._buckets, limits)
        _remember(self._homes, attempts.home_of(address, name), None)
        if passwords.is_outdated(known.password):
            encoded = await self._hash(passwords.hash_password, password, secrets.token_bytes(passwords.SALT_BYTES))
            await self._store.write_soon(people.rehash_password, name, known.password, encoded)
        return await self._open(agent, sessions.first_stage(agent, known), old_cookie)

    async def second_factor(self, cookie: str, code: str, address: str) -> Opened:
        """Take the code of the app after a right password.  Raises: SignInError: "wrong", "wait" or "ended"."""
        found = await self.session(cookie)
        if found is None or found[0].stage != "second_factor":
            raise SignInError("ended")
        agent = found[1]
        limits = self._guess(address, f"{agent.id}:code")
        known = await self._store.read_soon(people.credentials_of, agent.id)
        step = totp.check_code(known.totp, code, self._clock(), known.totp_step)
        if step is None or not await self._store.write_soon(people.spend_code, agent.id, step):
            _log.warning("sign_in_refused", agent=agent.id, reason="wrong_code")
            raise SignInError("wrong")
        self._buckets |= attempts.give_back(self._buckets, limits)
        return await self._open(agent, "full", cookie)

    async def session(self, cookie: str) -> tuple[Session, Agent] | None:
        """Find the session of a request, at whatever stage, and the agent as they are now; None: there is none, or it has ended."""
        key, now = tokens.key_of(cookie), self._clock()
        found = await self._store.read_soon(people.session_of, key) if key else None
        if found is None or sessions.state_of(*found, now) != "good":
            return None
        if later := sessions.seen(found[0], now):
            await self._store.write_soon(people.touch_session, later)
        return found

    async def who(self, cookie: str) -> Agent | None:
        """Tell who is signed in, second factor and all: the actor for `can`."""
        found = await self.session(cookie)
        return found[1] if found is not None and found[0].stage == "full" else None

    async def bearer(self, header: str) -> Agent | None:
        """Tell whom the token of an `Authorization: Bearer` header stands for."""
        scheme, _, secret = header.partition(" ")
        key = tokens.key_of(secret.strip()) if scheme.casefold() == "bearer" else ""
        found = await self._store.read_soon(people.token_of, key) if key else None
        return None if found is None else tokens.bearer(*found, "api", self._clock())

    async def sign_out(self, cookie: str) -> None:
        """End the session of this browser."""
        await self._store.write_soon(people.drop_session, tokens.key_of(cookie))

    async def change_password(self, cookie: str, old: str, new: str, address: str) -> Opened:
        """Set another password, which ends every session; this browser gets a new one.  Raises: SignInError: Also with a weakness."""
        agent = await self._full(cookie)
        limits = self._guess(address, agent.id)
        known = await self._store.read_soon(people.credentials_of, agent.id)
        if not await self._compare(known.password, old, limits):
            raise SignInError("wrong")
        self._buckets |= attempts.give_back(self._buckets, limits)
        await self._set_password(agent, new)
        return await self._open_again(agent.id, "full")

    async def set_password_by(self, secret: str, new: str, address: str) -> Agent:
        """Set a password with a token that is good once; then sign in with it.  Raises: SignInError: "ended", "wait" or a weakness."""
        limits = self._guess(address, f"invitation:{address}")  # of one client: a secret of 256 bits needs no other limit
        found = await self._store.read_soon(people.token_of, tokens.key_of(secret))
        agent = None if found is None else tokens.bearer(*found, "password", self._clock())
        if agent is None:
            raise SignInError("ended")
        self._buckets |= attempts.give_back(self._buckets, limits)
        await self._set_password(agent, new, tokens.key_of(secret))
        return agent

    async def new_totp(self, cookie: str) -> tuple[str, str]:
        """Propose a second factor: its secret, and the address that apps read.  Nothing is kept before `take_totp`."""
        agent = await self._full(cookie, or_enrol=True)
        secret = totp.new_secret(secrets.token_bytes(totp.SECRET_BYTES))
        return secret, totp.key_uri(secret, agent.id, self._house)

    async def take_totp(self, cookie: str, secret: str, code: str) -> Opened:
        """
        Keep a second factor that the agent's app has shown to work.  Ends every session; this browser gets a new one.

        One that is there already is not replaced: a session that somebody took would bring in a factor of theirs.
        """
        agent = await self._full(cookie, or_enrol=True)
        if agent.has_totp:
            raise SignInError("wrong")
        try:
            step = totp.check_code(secret, code, self._clock(), 0)
        except ValueError:
            step = None
        if step is None or len(secret) != totp.SECRET_BYTES * 8 // 5:
            raise SignInError("wrong")

        def both(tx: Tx) -> None:
            people.set_totp(tx, agent.id, secret, step)
            audit.note(tx, agent.id, "second_factor.set", agent.id, "", self._clock())

        await self._store.write_soon(both)
        return await self._open_again(agent.id, "full")

    async def new_token(self, agent: Agent, label: str, *, reads_only: bool) -> tuple[str, Token]:
        """Make an API token of an agent; its secret is shown once and kept nowhere."""
        now = self._clock()
        secret, token = tokens.api_token(secrets.token_bytes(32), agent, now, label=label, reads_only=reads_only)

        def both(tx: Tx) -> None:
            people.put_token(tx, token, now)
            audit.note(tx, agent.id, "token.made", token.key[:16], label, now)

        await self._store.write_soon(both)
        return secret, token

    async def _full(self, cookie: str, *, or_enrol: bool = False) -> Agent:
        found = await self.session(cookie)
        if found is None or found[0].stage not in ({"full", "enrol"} if or_enrol else {"full"}):
            raise SignInError("ended")
        return found[1]

    async def _set_password(self, agent: Agent, new: str, used: str = "") -> None:
        if weak := passwords.weakness(new, agent.id, agent.name, agent.email, self._house):
            raise SignInError(weak)
        encoded = await self._hash(passwords.hash_password, new, secrets.token_bytes(passwords.SALT_BYTES))

        def both(tx: Tx) -> None:
            if used and not people.use_token(tx, used, self._clock()):
                raise SignInError("ended")
            people.set_password(tx, agent.id, encoded)
            audit.note(tx, agent.id, "password.set", agent.id, "", self._clock())

        await self._store.write_soon(both)

    async def _open_again(self, login: str, stage: Stage) -> Opened:
        agent = await self._store.read_soon(people.agent_of, login)
        if agent is None or agent.disabled:
            raise SignInError("ended")
        return await self._open(agent, stage)

    async def _open(self, agent: Agent, stage: Stage, old_cookie: str = "") -> Opened:
        cookie, session = sessions.open_session(secrets.token_bytes(32), agent, stage, self._clock())

        def both(tx: Tx) -> None:
            people.drop_session(tx, tokens.key_of(old_cookie))
            people.put_session(tx, session)

        await self._store.write_soon(both)
        _log.info("signed_in", agent=agent.id, kind=stage)
        return Opened(cookie, agent, stage)

    def _guess(self, address: str, login: str) -> dict[str, Limit]:
        """Take one guess out of its buckets.  Raises: SignInError: "wait"."""
        limits = attempts.keys_of(address, login, is_home=attempts.home_of(address, login) in self._homes)
        kept = {key: self._buckets[key] for key in limits if key in self._buckets}
        left, wait = attempts.try_once(kept, limits, self._seconds())
        if wait:
            raise SignInError("wait", wait)
        for key, bucket in left.items():
            _remember(self._buckets, key, bucket)
        return limits

    async def _compare(self, encoded: str, password: str, limits: dict[str, Limit]) -> bool:
        """Compare a password.  Raises: SignInError: "wait"; it was not looked at, and is no guess."""
        try:
            return await self._hash(passwords.verify, encoded, password)
        except SignInError:
            self._buckets |= attempts.give_back(self._buckets, limits)
            raise

    async def _hash(self, work: Callable[P, T], *values: P.args, **more: P.kwargs) -> T:
        """Hash in a thread, unless four are at it.  Raises: SignInError: "wait"."""
        if not self._slots.acquire(blocking=False):
            raise SignInError("wait", HASH_WAIT)

        def held() -> T:
            try:
                return work(*values, **more)
            finally:
                self._slots.release()  # by the thread: a request that was given up still hashes

        return await asyncio.to_thread(held)


def _remember(kept: OrderedDict[str, T], key: str, value: T) -> None:
    """Keep a value as the newest; of too many the oldest goes."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST_BUCKETS:
        kept.popitem(last=False)
