"""The export for the next build: votes, misses and answers, and nothing that names a person."""

from __future__ import annotations

import json
from pathlib import Path

from service.made import MONDAY

from feedback_service.exports import Answer, feedback_json
from feedback_service.ratings import Rating
from feedback_service.searches import SearchEvent

VOTES = [
    Rating(1, "a", "r1", "ca", helpful=True, voter="v1", at=MONDAY, comment="Gràcies, soc en Joan", email="joan@example.com"),
    Rating(2, "a", "r2", "ca", helpful=False, voter="v1", at=MONDAY),
    Rating(3, "a", "r1", "ca", helpful=True, voter="v2", at=MONDAY),
    Rating(4, "b", "r1", "ca", helpful=True, voter="v2", at=MONDAY, state="spam"),
]
VAIN = [SearchEvent(MONDAY, "fa", "رمز", 0)] * 3 + [SearchEvent(MONDAY, "ca", "joan perez", 0)]
ANSWERS = [Answer("b", "ca", "I ara?", "Ara sí.", MONDAY), Answer("a", "ca", "I si no?", "Torneu-hi.", MONDAY)]


def test_what_the_build_reads():
    """Sums for each article, which today's generator reads, and each revision apart; what one person searched stays here."""
    assert json.loads(feedback_json(VOTES, VAIN, ANSWERS, MONDAY)) == {
        "schema": 1,
        "made_at": "2026-03-02T09:00:00+00:00",
        "ratings": [
            {
                "article": "a",
                "yes": 2,
                "no": 1,
                "revisions": [{"revision": "r1", "yes": 2, "no": 0}, {"revision": "r2", "yes": 0, "no": 1}],
            },
        ],
        "misses": [{"locale": "fa", "query": "رمز", "times": 3}],
        "answers": [
            {"article": "a", "locale": "ca", "question": "I si no?", "answer": "Torneu-hi.", "at": "2026-03-02T09:00:00+00:00"},
            {"article": "b", "locale": "ca", "question": "I ara?", "answer": "Ara sí.", "at": "2026-03-02T09:00:00+00:00"},
        ],
    }


CONTRACT = Path(__file__).parents[1] / "contract"


def test_the_export_is_the_golden_one():
    """The file that the generator's tests read is what these votes, searches and answers make, about articles of the golden manifest."""
    rows = json.loads((CONTRACT / "kb-manifest.json").read_text(encoding="utf-8"))["articles"]
    refund, reset = (next(one for one in rows if (one["id"], one["locale"]) == (name, "en")) for name in ("kb-refund", "kb-reset"))
    said = [
        *[("kb-refund", refund["revision"], number != 0) for number in range(12)],
        *[("kb-reset", reset["revision"], number < 3) for number in range(12)],
        *[("kb-reset", reset["revisions"][0], True)] * 4,
    ]
    votes = [Rating(seq, *about, "en", helpful=helpful, voter=f"v{seq}", at=MONDAY) for seq, (*about, helpful) in enumerate(said)]
    vain = [SearchEvent(MONDAY, "fa", "مرجوعی", 0)] * 4 + [SearchEvent(MONDAY, "en", "refund lamp", 0)] * 3
    answers = [Answer("kb-reset", "en", "Does it work <b>without</b> the app?", "Yes.\nOpen your account in a browser.", MONDAY)]

    assert feedback_json(votes, vain, answers, MONDAY) == (CONTRACT / "feedback.json").read_text(encoding="utf-8")


def test_the_export_names_nobody():
    """No comment, address or voter leaves the service."""
    text = feedback_json(VOTES, VAIN, [], MONDAY)

    assert not any(word in text for word in ("Joan", "joan", "example.com", "v1"))


def test_the_same_values_give_the_same_text():
    """The order in which the store gives them plays no part, so that a diff of two exports shows what changed."""
    assert feedback_json(VOTES[::-1], VAIN[::-1], ANSWERS[::-1], MONDAY) == feedback_json(VOTES, VAIN, ANSWERS, MONDAY)
