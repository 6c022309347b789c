"""A sample desk for trying the service out: agents, cases in five languages, ratings and searches, all invented."""

from __future__ import annotations

from feedback_service.sample.play import Played, play

__all__ = ["Played", "play"]
