"""What somebody at the desk tried who may not, or may not any more: each attack as it was made, against the whole application."""

from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from feedback_service.store import agents as people

FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_who_is_kept_out_while_they_save_stays_out(bureau):
    """An agent opens a request, is demoted and kept out, and only then sends its body: they used to be written back as they were."""

    async def late():
        before = bureau.store.read(people.agent_of, "maria")
        bureau.store.write(people.change_agent, replace(before, roles=frozenset({"agent"}), teams=frozenset(), disabled=True))
        yield urlencode({"locale": "ro", "scheme": "dark"}).encode()

    bureau.ask("POST", "/desk/profile/look", content=late(), headers=FORM)
    after = bureau.store.read(people.agent_of, "maria")

    assert (after.roles, after.teams, after.disabled) == (frozenset({"agent"}), frozenset(), True)


@pytest.mark.parametrize("query", ["end=0001-01-01", "start=0001-01-01&end=0001-01-02", "end=9999-12-31"])
@pytest.mark.parametrize("path", ["/desk/reports", "/desk/reports/figures.csv"])
def test_days_at_the_ends_of_time_are_refused(bureau, path, query):
    """A report of the year 1 is no error of ours: its first moment used to be counted from a day that there is none."""
    assert bureau.ask("GET", f"{path}?{query}").status_code == 422


def test_a_tag_of_accents_holds_up_nobody(bureau):
    """400 kB of accents in one tag took seconds to put in order, for which everybody waited; it is refused for its length."""
    case = bureau.case("joan")
    fields = {"version": str(case.version), "priority": case.priority, "tags": "a" + "\u0301" * 30_000 + "\u0316" * 30_000}
    began = time.process_time()
    answer = bureau.ask("POST", f"/desk/cases/{case.number}/facts", data=fields)

    assert answer.status_code == 422
    assert time.process_time() - began < 2
