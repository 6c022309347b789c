"""
Canned replies: articles of kind "reply", put into the editor with what is known filled in.

Placeholders are looked up in a dict and nothing else: what is unknown stays as it stands.  What the writers left for the agent to fill in
stands in brackets, and a reply that still holds one of those is not sent.
"""

from __future__ import annotations

import re

from feedback_service.desk.views import Reply
from feedback_service.domain.nouns import Case, Particulars
from feedback_service.manifest import Manifest
from feedback_service.manifest import Reply as CannedReply

_PLACE = re.compile(r"\{\{\s*([a-z._]{1,40})\s*\}\}")
_BRACKET = re.compile(r"\[[^\[\]\n]{1,80}\]")


def filled(manifest: Manifest, case: Case, told: Particulars, agent: str) -> tuple[Reply, ...]:
    """List the replies for a case, each once: in the requester's language, else in English, else as there is one."""
    values = {"case.number": str(case.number), "requester.name": told.requester_name, "agent.name": agent}
    best: dict[str, CannedReply] = {}
    for reply in manifest.replies:
        known = best.get(reply.id)
        if known is None or _rank(reply.locale, case.locale) < _rank(known.locale, case.locale):
            best[reply.id] = reply
    replies = [Reply(each.id, each.title, fill(each.text, values), each.locale) for each in best.values()]
    return tuple(sorted(replies, key=lambda each: (_rank(each.locale, case.locale), each.title)))


def fill(text: str, values: dict[str, str]) -> str:
    """Fill {{case.number}} and its like in; what is unknown or empty stays, so that the agent sees it."""
    return _PLACE.sub(lambda match: values.get(match[1]) or match[0], text)


def unfilled(manifest: Manifest, text: str) -> str:
    """Find what a reply still leaves open: a placeholder, or brackets that a canned reply holds; "" if nothing."""
    if found := _PLACE.search(text):
        return found[0]
    brackets = set(_BRACKET.findall(text))
    return next((each for reply in manifest.replies for each in _BRACKET.findall(reply.text) if each in brackets), "")


def _rank(locale: str, wanted: str) -> int:
    return 0 if locale == wanted else 1 if locale == "en" else 2
