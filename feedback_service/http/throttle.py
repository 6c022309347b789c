"""
How often somebody may post: buckets for the networks of a client and one for all, in memory.

One process keeps them alone.  Of several replicas each lets through its own share, so behind a balancer the limits are multiplied by
their number; they keep floods out, and nothing depends on their exactness.  A count that all share would be one row that every post of a
network waits for until the one before it is committed, and would lead a flood to the database that it is to be kept from.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from feedback_service.limits import Bucket, Limit, is_full, prefixes, take

MOST_BUCKETS = 50_000  # beyond them the fullest are forgotten
FEW_BUCKETS = 1_000  # are not worth looking through

HOUR, MINUTE = 3600.0, 60.0
# For a network as narrow as one client (IPv4 /32, IPv6 /64) and for the one around it.  An office behind one address shares the first.
LIMITS: dict[str, tuple[Limit, Limit]] = {
    "case": (Limit(10, 20, HOUR), Limit(60, 120, HOUR)),
    "rating": (Limit(60, 120, HOUR), Limit(600, 1_200, HOUR)),
    "question": (Limit(5, 10, HOUR), Limit(30, 60, HOUR)),
    "event": (Limit(120, 600, HOUR), Limit(1_200, 6_000, HOUR)),
    "token": (Limit(120, 600, HOUR), Limit(1_200, 6_000, HOUR)),
    "secret": (Limit(10, 10, MINUTE), Limit(30, 30, MINUTE)),
    "reply": (Limit(20, 60, HOUR), Limit(200, 600, HOUR)),
}
FLOOD_SHARES = {"case": 1.0, "rating": 10.0, "question": 0.1}  # of what the operator allows a minute
UNWORKED = Limit(2, 2, HOUR)  # cases of one client that come without a proof of work
STRICTER = 4.0  # what a post costs that does not say which page it comes from


class Throttle:
    """Counts posts.  *clock* gives seconds that never run backwards; *flood* is how many cases a minute are still people's."""

    def __init__(self, flood: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._floods = {kind: Limit(most, most, MINUTE) for kind, share in FLOOD_SHARES.items() if (most := max(1, int(flood * share)))}
        self._buckets: dict[int, Bucket] = {}  # by the hash of their name, which is salted in each process and a third as long
        self._enough = FEW_BUCKETS

    def wait(self, kind: str, client: str, *, cost: float = 1) -> float:
        """Count one post of a client; returns the seconds to wait, 0 if it may."""
        now = self._clock()
        names = prefixes(client) if client else ("unknown", "unknown+")
        return max(self._take(f"{kind} {name}", limit, now, cost) for name, limit in zip(names, LIMITS[kind], strict=True))

    def owes_work(self, client: str) -> bool:
        """Tell whether the next case of this client needs a proof of work."""
        return take(self._buckets.get(hash(_work_of(client))), UNWORKED, self._clock())[1] > 0

    def note_case(self, client: str) -> None:
        """Count a case that was stored; one that is tried again counts once."""
        self._take(_work_of(client), UNWORKED, self._clock(), 1)

    def is_flood(self, kind: str) -> bool:
        """Count one post of anybody; True: there are more than people write."""
        return self._take(f"{kind} *", self._floods[kind], self._clock(), 1) > 0

    def _take(self, name: str, limit: Limit, now: float, cost: float) -> float:
        key = hash(name)
        self._buckets[key], wait = take(self._buckets.get(key), limit, now, cost)
        if len(self._buckets) > self._enough:
            self._forget(now)
        return wait

    def _forget(self, now: float) -> None:
        """Forget buckets that are full, and the fullest of too many; it is looked again when there are twice as many."""
        kept = {key: bucket for key, bucket in self._buckets.items() if not is_full(bucket, now)}
        if len(kept) > MOST_BUCKETS // 2:
            kept = dict(sorted(kept.items(), key=lambda each: each[1])[-MOST_BUCKETS // 2 :])
        self._buckets, self._enough = kept, max(FEW_BUCKETS, 2 * len(kept))


def _work_of(client: str) -> str:
    return f"work {prefixes(client)[0] if client else 'unknown'}"
