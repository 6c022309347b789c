"""The requester's own page: opened by a secret and by nothing else, and good for reading, replying, reopening and rating."""

from __future__ import annotations

import httpx2
import pytest
from service.http.live import PATIENCE, Live

from feedback_service.domain import Act, Actor, Message
from feedback_service.domain.acts import erase
from feedback_service.domain.messages import note, reply
from feedback_service.domain.moves import close, mark_spam, resolve
from feedback_service.store import cases, held, people

MARIA = Actor("agent", "maria")


def opened(live: Live, **more) -> tuple[httpx2.Client, str]:
    """Post a case and open its page; returns the visitor and the case's id."""
    answer = live.post("cases", live.case(**more)).json()
    case = live.store.read(cases.case_by_number, answer["number"])
    return live.visit(answer["url"]), case.id


def does(live: Live, case_id: str, act, *arguments, text: str = "") -> None:
    """Let Maria do something a minute later; *text* is what she writes."""
    live.later(minutes=1)
    how = Act(MARIA, live.now)
    wrote = [Message(arguments[0], case_id, "note" if act is note else "public", "agent", "maria", text, live.now)] if text else []
    live.store.write(cases.act, case_id, how, lambda case: act(case, how, *arguments), wrote=wrote)


def test_the_page_shows_what_was_written_and_nothing_else(live):
    """The requester reads their words and the team's answers; notes and other people's cases are not there."""
    live.post("cases", live.case(subject="Of somebody else"))
    visitor, case_id = opened(live, subject="My lamp", body="It is dark.", locale="fa")
    does(live, case_id, reply, "m1", text="Try the switch.")
    does(live, case_id, note, "m2", text="He is angry.")
    page = visitor.get("/case/").text

    assert 'lang="fa" dir="rtl"' in page
    assert "<bdi>My lamp</bdi>" in page
    assert "It is dark." in page
    assert "Try the switch." in page
    assert "He is angry." not in page
    assert "Of somebody else" not in page
    assert "maria" not in page


def test_a_reply_joins_the_case_once(live):
    """A reply stands in the events and on the page; the same form twice is one."""
    visitor, case_id = opened(live)
    for _ in range(2):
        visitor.post("/case/reply", data={"text": "It is the red one.", "key": "abc123"})
    file = live.store.read(cases.case_file, case_id, live.now)

    assert [message.text for message in file.messages] == ["It is the red one."]
    assert [event.type for event in file.events].count("message_in") == 1
    assert "It is the red one." in visitor.get("/case/").text


def test_an_answered_case_is_reopened_by_a_reply(live):
    """Who is not helped writes, and the case is open again; until then they may say whether it helped."""
    visitor, case_id = opened(live)
    does(live, case_id, reply, "m1", text="Try the switch.")
    does(live, case_id, resolve)
    rated = visitor.post("/case/rate", data={"satisfaction": "bad"})
    visitor.post("/case/reply", data={"text": "No, it is still dark."})
    case = live.store.read(cases.case, case_id)

    assert "Thank you for telling us." in rated.text
    assert (case.status, case.reopened, case.satisfaction) == ("open", 1, "bad")


def test_a_reply_to_a_closed_case_begins_another(live):
    """A closed case stays closed: the reply opens the one that follows it, and says its number."""
    visitor, case_id = opened(live)
    does(live, case_id, resolve, "no_action")
    does(live, case_id, close)
    page = visitor.post("/case/reply", data={"text": "It happened again."}).text
    new = live.store.read(cases.case_by_number, 1002)

    assert "1002" in page
    assert new.follow_up_of == case_id
    assert live.store.read(cases.told_of, new.id).body == "It happened again."
    assert live.store.read(cases.case, case_id).status == "closed"


def test_a_reply_again_opens_one_follow_up(live):
    """The same form twice on a closed case: one case follows it, and both answers say its number."""
    visitor, case_id = opened(live)
    does(live, case_id, resolve, "no_action")
    does(live, case_id, close)
    pages = [visitor.post("/case/reply", data={"text": "It happened again.", "key": "abc123"}).text for _ in range(2)]

    assert all("1002" in page for page in pages)
    assert live.ask("SELECT count(*) FROM cases") == [(2,)]


@pytest.mark.parametrize(("key", "text", "complaint"), [("abc123", "Another.", "sent before"), ("new", "x" * 20_001, "At most 20000")])
def test_a_reply_that_is_not_taken_is_not_lost(live, key, text, complaint):
    """Another text under a key that came before, and one that is too long: told so, and the text stands in the form."""
    visitor, case_id = opened(live)
    visitor.post("/case/reply", data={"text": "It is the red one.", "key": "abc123"})
    answer = visitor.post("/case/reply", data={"text": text, "key": key})

    assert answer.status_code == 422
    assert f">{text}</textarea>" in answer.text
    assert complaint in answer.text
    assert [message.text for message in live.store.read(cases.messages_of, case_id)] == ["It is the red one."]


@pytest.mark.parametrize("letter", ["ن", "請", "\U00020000"])
def test_a_long_reply_in_any_script_is_taken(live, letter):
    """20,000 characters arrive by a plain form, however many bytes a browser makes of them."""
    visitor, case_id = opened(live)
    answer = visitor.post("/case/reply", data={"text": letter * 20_000, "key": "long"})

    assert answer.status_code == 200
    assert [len(message.text) for message in live.store.read(cases.messages_of, case_id)] == [20_000]


WRONG = ["", "x" * 32, "\u200b" * 40, "a" * 300, "' OR 1=1 --aaaaaaaaaaaaaaaaa", None, "off by one"]


@pytest.mark.parametrize("secret", WRONG)
def test_wrong_secrets_open_nothing(live, secret):
    """Empty, cut, guessed, revoked, expired: the same page, and nothing that tells one from the other."""
    answer = live.post("cases", live.case()).json()
    mine = answer["url"].rpartition("#")[2]
    if secret is None:
        live.store.write(people.revoke_links, live.store.read(cases.case_by_number, 1001).id)
    tried = mine if secret is None else mine[:-1] + ("A" if mine[-1] != "A" else "B") if secret == "off by one" else secret
    site = {"sec-fetch-site": "same-origin"}
    page = live.client.post("/case/open", data={"secret": tried}, headers=site)
    other = live.client.post("/case/open", data={"secret": "y" * 32}, headers=site)

    assert (page.status_code, other.status_code) == (404, 404)
    assert page.text == other.text
    assert "set-cookie" not in page.headers


def test_guessing_is_slow(live):
    """Ten tries a minute of one client, then it waits; the right secret waits too."""
    site = {"sec-fetch-site": "same-origin"}
    answers = [live.client.post("/case/open", data={"secret": f"{n:032}"}, headers=site).status_code for n in range(11)]

    assert answers == [404] * 10 + [429]


def test_a_link_dies_three_months_after_closing(live):
    """The page of a case can be opened for 90 days after its end; that of an erased case at once no more."""
    url = live.post("cases", live.case()).json()["url"]
    case_id = live.store.read(cases.case_by_number, 1001).id
    does(live, case_id, mark_spam)
    live.later(days=89)
    live.visit(url)
    live.later(days=2)
    answer = live.client.post("/case/open", data={"secret": url.rpartition("#")[2]}, headers={"sec-fetch-site": "same-origin"})

    assert answer.status_code == 404
    visitor, other = opened(live, body="Other words.")
    does(live, other, erase)
    assert "It is dark here." not in visitor.get("/case/").text


def test_a_visit_ends(live):
    """After half an hour the secret is asked for again, and nothing can be written."""
    visitor, _ = opened(live)

    assert "A lamp does not light" in visitor.get("/case/").text
    live.later(minutes=31)
    assert "A lamp does not light" not in visitor.get("/case/").text
    assert visitor.post("/case/reply", data={"text": "x"}).status_code == 401


@pytest.mark.parametrize(
    "forge", [lambda ours: ours[:-1], lambda _: "..", lambda _: "x" * 8_000, lambda ours: f"aaaa{ours[4:]}", lambda _: ""]
)
def test_a_forged_visit_is_none(live, forge):
    """A cookie that this service did not sign opens nothing, and breaks nothing."""
    visitor, _ = opened(live)
    forged = {"cookie": f"case={forge(visitor.cookies['case'])}"}
    answer = httpx2.get(f"{live.client.base_url}/case/", headers=forged, timeout=PATIENCE)

    assert answer.status_code == 200
    assert "A lamp does not light" not in answer.text


def test_leaving_ends_the_visit(live):
    """On a shared computer the page can be closed for the next person, whoever kept the cookie; another visit goes on."""
    visitor, case_id = opened(live)
    kept = {"cookie": f"case={visitor.cookies['case']}", "sec-fetch-site": "same-origin"}
    other = live.visit(live.store.write(people.mint_link, case_id, live.now))
    visitor.post("/case/leave")
    again = httpx2.get(f"{live.client.base_url}/case/", headers=kept, timeout=PATIENCE)
    acts = (("reply", {"text": "Still <here>"}), ("reply", {"text": ""}), ("rate", {"satisfaction": "good"}))
    answers = [
        httpx2.post(f"{live.client.base_url}/case/{act}", data=data, headers=kept, timeout=PATIENCE, follow_redirects=False)
        for act, data in acts
    ]

    assert "A lamp does not light" not in visitor.get("/case/").text
    assert "A lamp does not light" not in again.text
    assert [answer.status_code for answer in answers] == [401] * 3
    assert "Still &lt;here&gt;</textarea>" in answers[0].text
    assert live.store.read(cases.messages_of, case_id) == ()
    assert "A lamp does not light" in other.get("/case/").text


def test_another_secret_ends_nothing(live):
    """After the secret was replaced: forms and pages that are open, and a post that is sent again, are as good as before."""
    form = live.case()
    first = live.post("cases", form, idempotency_key="once").json()
    visitor = live.visit(first["url"])
    opened_before = live.token()
    live.service.secret, live.service.old_secrets = b"another secret", (live.service.secret,)
    again = live.post("cases", form, idempotency_key="once").json()
    new = live.post("cases", live.case(subject="Another", token=opened_before)).json()

    assert again == first
    assert "A lamp does not light" in visitor.get("/case/").text
    assert live.store.read(cases.case_by_number, new["number"]).status == "new"
    live.service.old_secrets = ()

    assert "A lamp does not light" not in visitor.get("/case/").text
    assert live.post("cases", form, idempotency_key="once").json()["url"].endswith("/case/")


def test_what_was_typed_outlives_the_visit(live):
    """Who wrote for longer than the visit lasts, or to a case that takes nothing, finds the words on the page that says so."""
    visitor, case_id = opened(live)
    live.later(minutes=31)
    late = visitor.post("/case/reply", data={"text": "A long story"})
    visitor = live.visit(live.store.write(people.mint_link, case_id, live.now))
    does(live, case_id, mark_spam)
    spam = visitor.post("/case/reply", data={"text": "Another story"})

    assert (late.status_code, spam.status_code) == (401, 409)
    assert "A long story</textarea>" in late.text
    assert "Another story</textarea>" in spam.text
    assert "takes no more answers" in spam.text


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}, {"origin": "null"}, {}],
)
def test_other_sites_post_nothing_in_a_readers_name(live, headers):
    """A page of another site cannot make a visitor's browser reply, rate or open."""
    visitor, case_id = opened(live)
    cookie = {"cookie": f"case={visitor.cookies['case']}"}
    answers = [
        httpx2.post(f"{live.client.base_url}/case/{act}", data=data, headers={**cookie, **headers}, timeout=PATIENCE).status_code
        for act, data in (("reply", {"text": "x"}), ("rate", {"satisfaction": "good"}), ("leave", {}), ("open", {"secret": "x" * 32}))
    ]

    assert answers == [403] * 4
    assert live.store.read(cases.messages_of, case_id) == ()


def test_a_case_in_quarantine_has_a_page(live):
    """Its requester sees that it arrived; let out, the same link shows the case."""
    url = live.post("cases", live.case(website="filled in", subject="A lamp")).json()["url"]
    visitor = live.visit(url)

    assert "will be read soon" in visitor.get("/case/").text
    [(one, _)] = live.store.read(held.held_list)
    live.store.write(held.release_held, one.id, one.digest, Act(MARIA, live.now))
    assert "<bdi>A lamp</bdi>" in live.visit(url).get("/case/").text
    assert live.store.read(cases.case_by_number, 1001).channel == "web"


@pytest.mark.parametrize("typed", [{"text": " "}, {"text": "x" * 20_001}, {"text": "a\0b"}, {"satisfaction": "x"}])
def test_wrong_replies_are_told(live, typed):
    """What cannot be taken is 422 in the reader's language, and nothing is stored."""
    visitor, case_id = opened(live)
    answer = visitor.post("/case/reply" if "text" in typed else "/case/rate", data=typed)

    assert answer.status_code == 422
    assert live.store.read(cases.messages_of, case_id) == ()


def test_the_cookie_is_kept_from_scripts_and_other_sites(live):
    """It is HttpOnly and SameSite; where readers come by TLS it is Secure and bound to this host."""
    answer = live.post("cases", live.case()).json()
    secret, site = answer["url"].rpartition("#")[2], {"sec-fetch-site": "same-origin"}
    plain = live.client.post("/case/open", data={"secret": secret}, headers=site).headers["set-cookie"]
    live.settings(base_url="https://service.example.org")
    secure = live.client.post("/case/open", data={"secret": secret}, headers=site).headers["set-cookie"]

    assert "HttpOnly" in plain
    assert "SameSite=strict" in plain
    assert secure.startswith("__Host-case=")
    assert "Secure" in secure
    assert "Path=/" in secure
