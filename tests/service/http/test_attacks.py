"""What somebody who wants in, or wants the service down, tried once: each attack as it was made, against the running service."""

from __future__ import annotations

import time

from feedback_service.mail.hypertext import text_of_html

SECONDS = 1.5  # of the processor


def cpu_of(work) -> float:
    """Count the seconds of the processor that something takes, all threads together: a machine that is busy changes nothing."""
    began = time.process_time()
    work()
    return time.process_time() - began


def test_a_text_without_end_stops_nobody(live):
    """64 kB of JSON with a text that never ends were looked at from each of its marks, and nobody else was served meanwhile."""
    body = b"[]" * 21 + b'"' + b'\\"' * 32_000
    answers = []

    def send():
        headers = {"content-type": "application/json"}
        answers.append(live.client.post("/api/v1/ratings", content=body, headers=headers).status_code)

    assert cpu_of(send) < SECONDS
    assert answers == [400]


def test_a_mail_of_ends_without_beginnings_is_read_at_once():
    """Each end of a link joined all words since the last beginning: the time grew with the square of the mail."""
    source = "<a>" + "<b>x" * 24_000 + "</a>" * 24_000

    assert cpu_of(lambda: text_of_html(source, 100_000)) < SECONDS
