"""Work on several processes, each piece under a limit."""

from __future__ import annotations

import os
import re
import time

import pytest

from kbgen.workers import ChildDiedError, TooSlowError, cpu_limit, each


def test_answers_come_in_order_from_several_processes() -> None:
    """Two processes give the answers of one, in the same order."""
    answers = list(each(lambda number: (number * number, os.getpid()), range(200), 2))

    assert [answer for answer, _ in answers] == [number * number for number in range(200)]
    assert os.getpid() not in {process for _, process in answers}


def test_little_work_stays_here() -> None:
    """A handful of pieces is not worth a fork."""
    assert list(each(lambda _: os.getpid(), range(3), 8)) == [os.getpid()] * 3


def test_limit_stops_a_loop_and_a_regular_expression() -> None:
    """CPU time is limited in Python's own loops and inside a pattern that backtracks for hours; handlers of Exception do not catch it."""
    for work in (lambda: all(True for _ in iter(int, 1)), lambda: re.match(r"(a+)+$", "a" * 60 + "b")):
        start = time.process_time()
        with pytest.raises(TooSlowError), cpu_limit(0.2):  # noqa: PT012 - the handler inside is what libraries have
            try:
                work()
            except Exception:  # noqa: BLE001 - what libraries do
                pytest.fail("the limit was swallowed")

        assert time.process_time() - start < 5


def test_limit_leaves_quick_work_and_later_work_alone() -> None:
    """A limit that was not reached is gone after its block."""
    with cpu_limit(0.3):
        answer = sum(range(1000))
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass

    assert answer == 499500


def test_a_dead_child_is_told() -> None:
    """A worker that is killed ends the work with a sentence, not with a hang."""
    with pytest.raises(ChildDiedError):
        list(each(lambda number: os._exit(9) if number == 50 else number, range(200), 2))
