"""The sample desk: stories that obey the rules, in every language, and only in an empty store."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feedback_service.manifest import Manifest
from feedback_service.sample.play import NotEmptyError, play
from feedback_service.store import Store, Tx, agents, feedback, open_store
from feedback_service.store.replay import differences
from feedback_service.store.tables import messages

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def test_the_sample_is_played(store: Store) -> None:
    """Every step is taken by the rules, tables agree with events, and each status that an agent meets is there."""
    played = play(store, Manifest(), "a long enough sample", NOW)
    count, wrong = store.read(differences)
    told = tomllib.loads(files("feedback_service.sample").joinpath("stories.toml").read_text(encoding="utf-8"))

    assert played.cases == count == len(told["cases"])
    assert wrong == []
    assert {one["locale"] for one in told["cases"]} == {"en", "ca", "ro", "fa", "zh-Hant"}
    assert {agent.id for agent in store.read(agents.all_agents)} == set(played.agents)
    assert len(store.read(feedback.all_ratings)) == played.ratings
    assert {row["author"] for row in store.read(asked)} == {""}


def asked(tx: Tx) -> list[dict[str, Any]]:
    """Read who is named as the author of what requesters wrote."""
    return tx.all(select(messages.c.author).where(messages.c.sender == "requester"))


def test_samples_are_never_mixed_with_real_cases(store: Store) -> None:
    """A second playing is refused, and changes nothing."""
    play(store, Manifest(), "a long enough sample", NOW)
    before, _ = store.read(differences)
    with pytest.raises(NotEmptyError):
        play(store, Manifest(), "a long enough sample", NOW)

    assert store.read(differences)[0] == before
