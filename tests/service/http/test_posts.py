"""What readers post, over a real connection into a real file: stored before it is answered, once, and judged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from service.http.live import PORTAL, Live

from feedback_service.domain import Act, Actor, fold
from feedback_service.moderation import Ban
from feedback_service.store import cases, held


def stored(live: Live, number: int):
    """Read the file of a case."""
    return live.store.read(lambda tx: cases.case_file(tx, cases.case_by_number(tx, number).id, live.now))


def test_a_case_is_stored_as_events_and_row(live):
    """What was posted stands in events, row and particulars when it is answered; the clocks run and an acknowledgement waits."""
    answer = live.post("cases", live.case(article="kb-return", revision="abc1234", type="problem", query="Lamp  Dark"))
    file = stored(live, answer.json()["number"])

    assert answer.status_code == 201
    assert file.case == fold(file.events)
    assert [event.type for event in file.events] == ["created", "sla_started", "sla_started"]
    assert (file.told.subject, file.told.requester_email, file.told.source_query) == (
        "A lamp does not light",
        "joan@example.org",
        "lamp dark",
    )
    assert (file.case.team, file.case.category, file.case.source_article) == ("orders", "orders/returns", "kb-return")
    assert live.ask('SELECT kind, "to", state FROM outbox') == [("acknowledgement", "requester", "waiting")]


def test_a_plain_form_is_answered_by_a_page_in_its_language(live):
    """Without script the reader gets the number and the link, in the language of the form."""
    answer = live.send("cases", live.case(locale="ca"))

    assert answer.status_code == 201
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Hem rebut el teu missatge" in answer.text
    assert 'lang="ca" dir="ltr"' in answer.text
    assert f"http://127.0.0.1:{live.port}/case/#" in answer.text
    assert "۱۰۰۲" in live.send("cases", live.case(locale="fa")).text


def test_a_wrong_form_comes_back_with_what_was_typed(live):
    """Every field that is wrong is told at once, in words, and nothing typed is lost or taken for markup."""
    answer = live.send("cases", live.case(locale="ro", subject=" ", body="<script>alert(1)</script>", email="nobody"))

    assert answer.status_code == 422
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert 'value="nobody"' in answer.text
    assert "Vă rugăm să completați acest câmp." in answer.text
    assert "Aceasta nu este o adresă de e-mail." in answer.text
    assert live.ask("SELECT * FROM cases") == []


def test_a_rating_replaces_the_readers_last_one(live):
    """One vote of each reader on each revision counts: the last one."""
    first = live.post("ratings", live.rating(helpful="yes"))
    second = live.post("ratings", live.rating(helpful="no", reason="unclear", comment="Which parcel?"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert live.ask("SELECT helpful, reason, comment FROM ratings") == [(0, "unclear", "Which parcel?")]


def test_readers_without_a_voter_are_told_apart_for_a_day(live):
    """A form without script sends no voter: one address has one vote a day, and nobody can tell whose it was."""
    for _ in range(3):
        live.send("ratings", live.rating(voter="", locale="fa"))
    live.later(days=1)
    live.send("ratings", live.rating(voter=""))
    voters = [voter for (voter,) in live.ask("SELECT voter FROM ratings")]

    assert len(voters) == 2
    assert all(voter.startswith("day-") for voter in voters)


def test_an_article_that_is_not_there_gets_no_vote(live):
    """Unknown ids, languages and revisions are 404; the old id of an article counts for the one it became, an older revision too."""
    unknown = [live.post("ratings", live.rating(**wrong)) for wrong in ({"article": "kb-x"}, {"locale": "tlh"}, {"revision": "ffff"})]
    renamed = live.post("ratings", live.rating(article="kb-send-back", revision="aaa0000"))

    assert [answer.status_code for answer in unknown] == [404, 404, 404]
    assert unknown[0].json()["fields"] == {"article": {"reason": "unknown_article"}}
    assert renamed.status_code == 201
    assert live.ask("SELECT article, revision FROM ratings") == [("kb-return", "aaa0000")]


def test_a_case_with_unknown_references_is_taken(live):
    """A case is worth more than its references: those that nobody knows are dropped and noted."""
    number = live.post("cases", live.case(article="kb-x", revision="1", locale="tlh")).json()["number"]

    assert stored(live, number).case.source_article is None
    assert stored(live, number).case.locale == "en"
    assert live.ask("SELECT dropped FROM particulars") == [('["locale","article","revision"]',)]


def test_the_same_key_is_the_same_case(live):
    """A retry gets the first answer, link included, and no second mail; other words under the same key are refused."""
    form = live.case()
    first, again = (live.post("cases", form, idempotency_key="key-1") for _ in range(2))
    other = live.post("cases", {**form, "body": "Something else."}, idempotency_key="key-1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json() == again.json()
    assert other.json()["code"] == "key_reused"
    assert live.ask("SELECT count(*) FROM outbox") == [(1,)]
    live.visit(again.json()["url"])


def test_fifty_at_once_are_one_case(tmp_path):
    """However many tries of one post arrive together, from wherever, one row comes of them."""
    with closing(Live(tmp_path, proxies=("127.0.0.0/8",))) as live, ThreadPoolExecutor(50) as pool:
        form = live.case()
        answers = list(pool.map(lambda n: live.post("cases", form, idempotency_key="key-2", x_forwarded_for=f"203.0.{n}.1"), range(50)))
        kept = live.ask("SELECT count(*) FROM cases")

    assert {answer.json()["number"] for answer in answers} == {1001}
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert kept == [(1,)]


def test_a_key_is_forgotten_after_two_days(live):
    """48 hours later the same key is a new case."""
    live.post("cases", live.case(), idempotency_key="key-3")
    live.later(hours=49)

    assert live.post("cases", live.case(), idempotency_key="key-3").status_code == 201
    assert live.ask("SELECT count(*) FROM cases") == [(2,)]


def test_a_double_click_without_a_key_is_one_case(live):
    """The same words twice are one case; the second answer has the number but not the link, for it may be somebody else's."""
    form = live.case()
    first, again = live.send("cases", form), live.post("cases", form)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"number": 1001, "url": f"http://127.0.0.1:{live.port}/case/"}
    assert live.ask("SELECT count(*) FROM cases") == [(1,)]


SUSPICIOUS = {
    "honeypot": lambda _: {"website": "http://spam.example"},
    "too_fast": lambda live: {"token": live.token(seconds=0.4)},
    "no_token": lambda _: {"token": ""},
    "forged": lambda live: {"token": live.token("rating:kb-return")},
}


@pytest.mark.parametrize("reason", SUSPICIOUS)
def test_what_looks_wrong_looks_accepted(live, reason):
    """Robots get the answer that people get; the post is in quarantine with its reason, and no mail goes out."""
    answer = live.post("cases", live.case(**SUSPICIOUS[reason](live)))

    assert answer.status_code == 201
    assert answer.json()["number"] == 1001
    assert live.ask("SELECT count(*) FROM cases") == live.ask("SELECT count(*) FROM outbox") == [(0,)]
    assert [one.reasons for one, _ in live.store.read(held.held_list)] == [(reason,)]


def test_a_token_opens_one_form(live):
    """The same token with other words is a replay, and is looked at first."""
    token = live.token()
    live.post("cases", live.case(token=token))
    live.post("cases", live.case(token=token, body="Other words."))

    assert live.ask("SELECT count(*) FROM cases") == [(1,)]
    assert [one.reasons for one, _ in live.store.read(held.held_list)] == [("replayed",)]


def test_a_form_that_was_open_too_long_comes_back_with_its_text(live):
    """After three days the text is still there, with a new token: sending once more is enough."""
    page = live.send("cases", live.case(token=live.token(days=3), body="Long thoughts."))
    told = live.post("cases", live.case(token=live.token(days=3)))
    live.later(seconds=30)
    again = live.post("cases", live.case(token=told.json()["token"]))

    assert page.status_code == 422
    assert "Long thoughts." in page.text
    assert 'name="token"' in page.text
    assert again.status_code == 201
    assert live.ask("SELECT count(*) FROM cases") == [(1,)]


def test_a_new_token_is_for_the_form_that_was_sent(live):
    """A vote from a page that was open for days comes back with a token for a vote on this article."""
    old = live.post("ratings", live.rating(token=live.token("rating:kb-return", days=2)))
    live.later(seconds=30)
    again = live.post("ratings", live.rating(token=old.json()["token"]))

    assert (old.status_code, old.json()["code"], again.status_code) == (422, "form_expired", 201)
    assert live.ask("SELECT count(*) FROM ratings") == [(1,)]


def test_questions_wait_for_a_person(live):
    """A public question is never shown unread, token or not."""
    answer = live.post("questions", {"article": "kb-return", "locale": "en", "text": "By which carrier?"})

    assert answer.status_code == 202
    assert [(one.kind, thing["text"]) for one, thing in live.store.read(held.held_list)] == [("question", "By which carrier?")]


def test_events_count_once(live):
    """A search that an outbox sends twice is counted once, without anything that names a person."""
    event = {
        "key": "0123456789",
        "hour": "2026-03-04T11",
        "locale": "en",
        "query": "lamp joan@example.org 4111 1111 1111",
        "hits": "3",
        "rank": "1",
    }
    answers = [live.send("search-events", {**event, "next": "none"}) for _ in range(2)]
    view = {
        "key": "abcdefghij",
        "hour": "2026-03-04T11",
        "locale": "en",
        "offered": "en/return/ kb-x ca/return/",
        "opened": "/en/return/#how kb-send-back",
        "outcome": "left",
    }
    form = live.send("form-events", view)

    assert [answer.status_code for answer in (*answers, form)] == [204, 204, 204]
    assert live.ask("SELECT query, hits, clicked FROM search_events") == [("lamp", 3, 1)]
    assert live.ask("SELECT offered, opened, outcome FROM form_events") == [('["kb-return"]', '["kb-return"]', "left")]


@pytest.mark.parametrize("hour", ["0001-01-01T00", "2026-03-02T11", "2026-03-04T14", "9999-12-31T23"])
def test_nobody_counts_in_another_time(live, hour):
    """More than two days ago, or more than an hour ahead: 422, and no report of the past changes."""
    search = live.post("search-events", {"hour": hour, "locale": "en", "query": "lamp", "hits": 3})
    form = live.post("form-events", {"hour": hour, "locale": "en", "outcome": "left"})

    assert [answer.status_code for answer in (search, form)] == [422, 422]
    assert search.json()["fields"]["hour"]["reason"] == "bad_value"
    assert live.ask("SELECT count(*) FROM search_events") == [(0,)]


def test_a_flood_of_one_is_told_to_wait(live):
    """Beyond its bucket a client gets 429 with a time; the others are served."""
    answers = [live.post("cases", live.case(body=f"Number {number}")) for number in range(12)]

    assert [answer.status_code for answer in answers] == [201] * 10 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert live.post("ratings", live.rating()).status_code == 201


def test_a_flood_of_many_is_quarantined(tmp_path):
    """Above what the operator allows in a minute nothing is refused nor lost: it is looked at first."""
    with closing(Live(tmp_path, flood=3, proxies=("127.0.0.0/8",))) as live:
        answers = [live.post("cases", live.case(body=f"Number {number}"), x_forwarded_for=f"203.0.{number}.1") for number in range(5)]
        reasons = [one.reasons for one, _ in live.store.read(held.held_list)]

    assert [answer.status_code for answer in answers] == [201] * 5
    assert reasons == [("flood",), ("flood",)]


def test_pages_of_others_may_not_post(live):
    """A foreign page is refused, without a header that would let its script read the answer; no page at all costs more of the bucket."""
    foreign = live.post("ratings", live.rating(), origin="https://evil.example")
    plain = [live.post("ratings", live.rating(), origin="null").status_code for _ in range(16)]

    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers
    assert plain == [201] * 15 + [429]


def test_only_the_portals_scripts_may_ask(live):
    """A preflight of the portal is answered; that of a stranger gets no allowance."""
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,idempotency-key"}
    ours = live.client.options("/api/v1/cases", headers={"origin": PORTAL, **asked})
    theirs = live.client.options("/api/v1/cases", headers={"origin": "https://evil.example", **asked})

    assert ours.headers["access-control-allow-origin"] == PORTAL
    assert "access-control-allow-origin" not in theirs.headers
    assert "set-cookie" not in live.post("cases", live.case()).headers


def test_who_is_banned_is_looked_at_first(live):
    """A ban that stands when somebody posts puts the post into quarantine; they see no difference."""
    live.store.write(held.ban, Ban("domain", "example.org"), Act(Actor("agent", "maria"), live.now))
    answer = live.post("cases", live.case())

    assert answer.status_code == 201
    assert [one.reasons for one, _ in live.store.read(held.held_list)] == [("banned",)]
