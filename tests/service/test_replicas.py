"""R9, R20: two replicas on one PostgreSQL.  Either may go at any moment; what was acknowledged is there once, and nobody is bound to one."""

from __future__ import annotations

import signal

import httpx2
import pytest
from service.process import PATIENCE, Process, Readers

from feedback_service.store import cases, open_store
from feedback_service.store.replay import differences
from feedback_service.store.tables import cases as cases_table
from feedback_service.store.tables import particulars


@pytest.fixture
def start(tmp_path, postgres_url):
    """Start replicas on one database."""
    running = []

    def start(name):
        process = Process(tmp_path / name, "--database-url", postgres_url)
        running.append(process)
        return process

    yield start
    for process in running:
        process.end(signal.SIGKILL)


def kept(url):
    """Read subject -> number of every case, and whether each agrees with its events."""
    store = open_store(None, url)
    rows = store.read(lambda tx: tx.all(particulars.join(cases_table).select()))
    wrong = store.read(differences)[1]
    store.close()

    assert wrong == []
    assert len(rows) == len({row["subject"] for row in rows})

    return {row["subject"]: row["number"] for row in rows}


def test_one_of_two_replicas_is_killed(start, postgres_url):
    """Killed with SIGKILL while cases come in: nothing acknowledged is lost, nothing is there twice, and the other one goes on."""
    one, other = start("one"), start("other")
    readers = Readers([one.url, other.url])
    readers.wait_for(20)
    one.end(signal.SIGKILL)
    readers.finish()

    assert kept(postgres_url) == readers.numbers


def test_a_rolling_restart(start, postgres_url):
    """One after the other is ended with SIGTERM and replaced while cases come in: both end well, and whoever was cut off is answered by another."""
    one, other = start("one"), start("other")
    urls = [one.url, other.url]
    readers = Readers(urls)
    codes = []
    for place, old in enumerate((one, other)):
        readers.wait_for(10 + 25 * place)
        urls[place] = urls[1 - place]
        codes.append(old.end(signal.SIGTERM))
        urls[place] = start(f"new{place}").url
    readers.finish()

    assert codes == [0, 0]
    assert kept(postgres_url) == readers.numbers


def test_nobody_is_bound_to_one_replica(start, postgres_url):
    """A case posted at one replica is opened by its link at the other, and the cookie of one is good at the other."""
    one, other = start("one"), start("other")
    readers = Readers([one.url], threads=1, posts=1)
    readers.finish()
    secret = "a-secret-that-the-test-gave-it"
    store = open_store(None, postgres_url)
    case = store.read(cases.case_by_number, next(iter(readers.numbers.values())))
    from feedback_service.store import people

    store.write(people.keep_link, case.id, secret, case.created_at)
    store.close()
    with httpx2.Client(timeout=PATIENCE, headers={"sec-fetch-site": "same-origin"}) as browser:
        opened = browser.post(f"{other.url}/case/open", data={"secret": secret}, follow_redirects=False)
        cookie = opened.headers["set-cookie"].partition(";")[0]
        shown = browser.get(f"{one.url}/case/", headers={"cookie": cookie})

    assert opened.status_code in {200, 303}
    assert f"{case.number}" in shown.text
