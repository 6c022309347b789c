"""
Rates: how much is too much, as arithmetic.  Whoever keeps the buckets hands them in and puts back what comes out.

Times are seconds of one clock.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and so many more in each span of seconds."""

    burst: int
    refill: int
    seconds: float

    def __post_init__(self) -> None:
        if self.burst < 1 or self.refill < 1 or not self.seconds > 0:
            raise ValueError("A limit lets through at least one, and refills by at least one in a span that is some time.")


Bucket = float  # what is left for one key, told as the second at which all of it is there again: one number is all that is kept
_BIT = 1e-6  # seconds by which numbers of this size may be wrong


def take(bucket: Bucket | None, limit: Limit, now: float, cost: float = 1) -> tuple[Bucket, float]:
    """
    Take from a bucket.

    Args:
        bucket: What was kept for this key; None: it is full.
        now: Seconds of a clock that never runs backwards.
        cost: How much is taken; at most the burst, or it would never be there.
    Returns: The bucket to keep, and the seconds to wait: 0 means taken, otherwise nothing was taken.
    """
    each = limit.seconds / limit.refill
    full = now if bucket is None else max(now, bucket)
    wait = full + min(cost, limit.burst) * each - now - limit.burst * each
    if wait <= _BIT and cost <= limit.burst:
        return full + cost * each, 0.0
    return full, max(wait, _BIT)


def give_back(bucket: Bucket, limit: Limit) -> Bucket:
    """Put one back.  More than all that it holds a bucket never has: it is full from some moment of the past on."""
    return bucket - limit.seconds / limit.refill


def is_full(bucket: Bucket, now: float) -> bool:
    """Tell whether a bucket may be forgotten: a new one would be the same."""
    return bucket <= now


def admit(times: Sequence[float], most: int, seconds: float, now: float) -> tuple[tuple[float, ...], float]:
    """
    Let at most *most* through in any span of *seconds*, exactly: for mails to one address, where a burst at an hour's turn is one too many.

    Returns: The times to keep, and the seconds to wait: 0 means admitted and noted.
    """
    recent = tuple(time for time in times if time > now - seconds)
    if len(recent) < most:
        return (*recent, now), 0.0
    return recent, sorted(recent)[len(recent) - most] + seconds - now


@lru_cache(maxsize=4_096)
def prefixes(address: str) -> tuple[str, ...]:
    """
    Name what a client's address counts for, from narrow to wide: IPv4 /32 and /24, IPv6 /64 and /48.

    An IPv4 address that is written as IPv6 counts as itself.  Raises: ValueError: If it is no address.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"{parsed}/32", f"{str(parsed).rpartition('.')[0]}.0/24"
    rests = (parsed.max_prefixlen - length for length in (64, 48))
    return tuple(f"{ipaddress.IPv6Address(int(parsed) >> rest << rest)}/{parsed.max_prefixlen - rest}" for rest in rests)


def client_of(peer: str, forwarded: Iterable[str], trusted: Sequence[str]) -> str:
    """
    Find the client behind proxies of ours: the right-most hop that is none of them.

    Args:
        peer: The address that really connected.
        forwarded: The hops of X-Forwarded-For, left to right.  They count only if the peer is trusted; what is no address ends the walk.
        trusted: Networks of our proxies, "10.0.0.0/8".
    """
    networks = _networks(tuple(trusted))
    client = peer
    for hop in reversed([*forwarded]):
        if not _within(client, networks):
            break
        try:
            client = str(ipaddress.ip_address(hop.strip()))
        except ValueError:
            break
    return client


@lru_cache(maxsize=8)
def _networks(trusted: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(network) for network in trusted)


@lru_cache(maxsize=4_096)
def _within(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
