"""The proof of work that somebody who sends a lot brings along; without it a person looks first, and nobody is locked out."""

from __future__ import annotations

from service.http.live import work_of

from feedback_service.store import held


def test_who_sends_a_lot_has_work_to_do(live):
    """From the third case of an hour on: with the proof it is taken, without it a person looks at it, and a wrong one is 400."""
    asks = f"{live.client.base_url}/api/v1/form-token?for=case"
    for _ in range(2):
        assert "work" not in live.client.get(asks).json()
        live.post("cases", live.case(body=f"Number {_}", token=live.token()))
    given = live.client.get(asks).json()
    live.later(minutes=1)
    proof = work_of(given["token"])
    wrong = live.post("cases", live.case(token=live.token(), work=proof))
    done = live.post("cases", live.case(body="With work", token=given["token"], work=proof))
    used = live.post("cases", live.case(body="Once more", token=given["token"], work=proof))
    idle = live.post("cases", live.case(body="Without", work=""))

    assert given["work"] == 16
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_work")
    assert [answer.status_code for answer in (done, used, idle)] == [201] * 3
    assert live.ask("SELECT count(*) FROM cases") == [(3,)]
    assert sorted(one.reasons for one, _ in live.store.read(held.held_list)) == [("no_work",), ("replayed",)]


def test_work_is_asked_of_one_client(live):
    """Somebody elsewhere has none; and a post that is tried again counts once."""
    form = live.case()
    for _ in range(3):
        live.post("cases", form, idempotency_key="same")

    assert not live.service.throttle.owes_work("127.0.0.1")
    live.post("cases", live.case(body="Another"))
    assert live.service.throttle.owes_work("127.0.0.1")
    assert not live.service.throttle.owes_work("127.0.0.2")
