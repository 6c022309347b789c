"""What `kbgen new` writes for each kind, and which of its words must not be left standing."""

from __future__ import annotations

DESCRIPTION = "One sentence that answers the question"
BODIES = {
    "guide": "1. First step.\n2. Second step.\n3. Third step.\n\n## If it did not work\n\nWhat to try, and what happens next.\n",
    "faq": "## First question?\n\nIts answer.\n\n## Second question?\n\nIts answer.\n",
    "manual": "## First chapter\n\nText.\n\n## Second chapter\n\nText.\n\n## Third chapter\n\nText.\n",
    "video": "What the film shows, in a few sentences.\n",
    "troubleshooting": "## Symptom\n\nWhat the customer sees.\n\n## Cause\n\nWhy it happens.\n\n## Solution\n\n1. First.\n2. Second.\n",
    "exercise": "## The case\n\nWhat the customer writes.\n\n## The article you should find\n\n## The reply you should send\n",
    "reply": "Hello [name],\n\nthank you for writing to us.\n",
}
# Headings of the outlines that say nothing; those of the other kinds, such as "Symptom", are good ones.
STAND_INS = frozenset(
    line.removeprefix("## ") for kind in ("faq", "manual") for line in BODIES[kind].splitlines() if line.startswith("## ")
)
