"""S47: what the store says when PostgreSQL is gone, full, or two transactions stood in each other's way.  Never "written" when it was not."""

from __future__ import annotations

import signal
import threading

import pytest
from service.made import MONDAY
from service.servers import running_postgres
from service.store.stories import ask
from sqlalchemy import text

from feedback_service.store import NotThereError, StoreError, UnavailableError, cases, open_store, posts
from feedback_service.store.postgres import CONNECTIONS
from feedback_service.store.tables import counters, form_tokens


@pytest.fixture
def own_postgres():
    """Start a PostgreSQL that the test may stop."""
    with running_postgres() as server:
        yield server


def count_tokens(store):
    """Count what was written."""
    return len(store.read(lambda tx: tx.all(form_tokens.select())))


def test_a_store_that_is_gone_says_so_and_comes_back(own_postgres):
    """Stopped as if it had crashed: posts and reads get "try later", readiness says no; started again, the same store writes on by itself."""
    store = open_store(None, own_postgres.database())
    ask(store)
    own_postgres.stop(how=signal.SIGQUIT)
    with pytest.raises(UnavailableError):
        ask(store)
    with pytest.raises(UnavailableError):
        store.read(cases.case_by_number, 1001)
    writable_while_gone = store.database.is_writable()
    own_postgres.start()
    number = ask(store).case.number
    store.close()

    assert (writable_while_gone, number) == (False, 1002)


def test_a_failover_in_the_middle_of_a_transaction_writes_nothing(postgres, replicas):
    """The server breaks the connection off between two statements: the caller is told to try later, nothing stands, the next try is written."""
    store, other = replicas

    def cut_off(tx):
        posts.use_token(tx, "1.cut.sig", MONDAY)
        own = tx.conn.execute(text("SELECT pg_backend_pid()")).scalar()
        postgres.ask(f"SELECT pg_terminate_backend({own})")
        posts.use_token(tx, "1.after.sig", MONDAY)

    with pytest.raises(UnavailableError):
        store.write(cut_off)
    written = count_tokens(other)

    assert written == 0
    assert store.write(posts.use_token, "1.cut.sig", MONDAY) is True


def test_too_many_connections_is_try_later(own_postgres):
    """A server that takes no more connections makes no error of ours but a 503; who has a connection goes on."""
    url = own_postgres.database()
    store = open_store(None, url)
    own_postgres.stop()
    own_postgres.start("-c", "max_connections=9", "-c", "superuser_reserved_connections=0")
    first = open_store(None, url)
    held, go = threading.Barrier(CONNECTIONS + 1), threading.Event()

    def wait(_):
        held.wait(30)
        go.wait(30)

    threads = [threading.Thread(target=lambda: first.read(wait)) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    held.wait(30)
    ask(store)  # takes the ninth
    with pytest.raises(StoreError) as third:
        open_store(None, url)
    go.set()
    for thread in threads:
        thread.join(30)
    store.close()
    first.close()

    assert "too many" in str(third.value)


def test_a_lost_race_is_tried_again(replicas):
    """A serialization failure the database reports is no answer: the transaction runs once more, and its second result counts."""
    store, other = replicas
    store.write(lambda tx: tx.put(counters, {"name": "n", "value": 0}))
    runs = []

    def count(tx):
        tx.conn.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        seen = tx.one(counters.select())["value"]
        if not runs:
            other.write(lambda tx: tx.run(counters.update().values(value=counters.c.value + 1)))
        runs.append(seen)
        tx.run(counters.update().values(value=seen + 1))
        return seen

    result = store.write(count)

    assert (runs, result) == ([0, 1], 1)
    assert store.read(lambda tx: tx.one(counters.select()))["value"] == 2


def test_a_race_that_never_ends_is_try_later(replicas):
    """Who loses every time is told to come back, after a few tries, and nothing of theirs is there."""
    store, other = replicas
    store.write(lambda tx: tx.put(counters, {"name": "n", "value": 0}))

    def lose(tx):
        tx.conn.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        seen = tx.one(counters.select())["value"]
        other.write(lambda tx: tx.run(counters.update().values(value=counters.c.value + 1)))
        tx.run(counters.update().values(value=seen + 100))

    with pytest.raises(UnavailableError):
        store.write(lose)

    assert store.read(lambda tx: tx.one(counters.select()))["value"] < 100


def test_a_statement_that_takes_too_long_is_ended(replicas):
    """A lock that somebody holds for ever makes nobody wait for ever: try later, after five seconds."""
    store, other = replicas
    case = ask(store).case

    def hold(tx):
        cases.look(tx, case.id, MONDAY)
        with pytest.raises(UnavailableError):
            other.write(cases.look, case.id, MONDAY)
        return "held on"

    assert store.write(hold) == "held on"


def test_a_server_that_is_not_there_is_one_line():
    """A wrong address ends the start with one line that says so, without the password."""
    with pytest.raises(StoreError) as caught:
        open_store(None, "postgresql://test:secret@127.0.0.1:1/nothing")

    assert str(caught.value).startswith("PostgreSQL cannot be reached: ")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_standby_is_not_writable(own_postgres):
    """A database that only reads, as a standby does before it is promoted, takes no posts and says try later."""
    url = own_postgres.database()
    store = open_store(None, url)
    own_postgres.ask("ALTER DATABASE test1 SET default_transaction_read_only = on")
    own_postgres.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'test1'")
    with pytest.raises(UnavailableError):
        ask(store)
    store.close()


@pytest.mark.parametrize("does", ["read", "write"])
def test_what_no_column_holds_is_not_there(replicas, does):
    """A NUL in a name, which anybody may type into an address: not found, and never "try later", for trying again does not help."""
    with pytest.raises(NotThereError):
        getattr(replicas[0], does)(posts.is_spent, "a\0b")
