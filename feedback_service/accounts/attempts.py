"""
How often somebody may guess a password: five in five minutes from one address, ten in a quarter of an hour for one account.

Who guesses too often waits, and no account is ever locked: a lock would let anybody keep an agent out.  A right password costs nothing.
For the same reason an account has guesses of their own at each address from which they came in before: strangers elsewhere, who wait for
each of the others to come back, use up none of these.
"""

from __future__ import annotations

from collections.abc import Mapping

from feedback_service import limits as rates
from feedback_service.limits import Bucket, Limit, prefixes, take

PER_ADDRESS = Limit(burst=5, refill=5, seconds=300)
PER_ACCOUNT = Limit(burst=10, refill=10, seconds=900)
MOST_AT_ONCE = 4  # hashes; more sign-ins at the same moment are asked to come again


def keys_of(address: str, login: str, *, is_home: bool = False) -> dict[str, Limit]:
    """
    Name the buckets of one attempt.

    Args:
        is_home: The account came in from there before.
    Raises: ValueError: If the address is none.
    """
    account = f"sign-in:account:{home_of(address, login) if is_home else login}"
    return {f"sign-in:{prefixes(address)[0]}": PER_ADDRESS, account: PER_ACCOUNT}


def home_of(address: str, login: str) -> str:
    """Name an account at an address."""
    return f"{login} {prefixes(address)[0]}"


def try_once(kept: Mapping[str, Bucket], limits: Mapping[str, Limit], now: float) -> tuple[dict[str, Bucket], float]:
    """
    Take one attempt out of all its buckets, or out of none.

    Args:
        kept: What is left in those buckets; a missing one is full.
        now: Seconds of the clock that the buckets go by.
    Returns: The buckets to keep, and the seconds to wait: 0 means go on.
    """
    taken = {key: take(kept.get(key), limit, now) for key, limit in limits.items()}
    wait = max(seconds for _, seconds in taken.values())
    return ({key: bucket for key, (bucket, _) in taken.items()} if wait == 0 else dict(kept)), wait


def give_back(kept: Mapping[str, Bucket], limits: Mapping[str, Limit]) -> dict[str, Bucket]:
    """Put the attempt back that was right."""
    return {key: rates.give_back(bucket, limits[key]) for key, bucket in kept.items() if key in limits}
