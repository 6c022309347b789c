"""
Cases: the nouns, the fold that makes a case of its events, and the acts that write new ones.

Every act is a function of (case, what is wished, who and when) that returns the next events, or raises RefusedError and nothing
has happened.  Who stores the events stores them all in one transaction, provided that the case still has the version it was read at.

`nouns` values · `fold` events -> Case · `moves` the status and its guards · `acts` what changes no status by itself ·
`messages` what people write · `joins` merge, split, follow-up · `tick` what time does · `notices` who is told ·
`conflicts` who saves an old page · `wire` JSON.
"""

from __future__ import annotations

from feedback_service.domain.fold import apply, fold
from feedback_service.domain.nouns import Act, Actor, ArticleLink, Case, Event, Message, Particulars
from feedback_service.domain.refused import RefusedError

__all__ = ["Act", "Actor", "ArticleLink", "Case", "Event", "Message", "Particulars", "RefusedError", "apply", "fold"]
