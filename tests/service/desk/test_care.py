"""What admins, leads and moderators do besides answering: accounts, bans, decisions, words struck out, one person's data."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from selectolax.lexbor import LexborHTMLParser
from service.desk.bureau import PASSWORD, TOLD

from feedback_service.domain.messages import note, reply
from feedback_service.domain.nouns import Message
from feedback_service.store import agents as people
from feedback_service.store import audit, held, mailbox


def tree(answer) -> LexborHTMLParser:
    """Parse a page."""
    return LexborHTMLParser(answer.text)


def acts(bureau) -> list[str]:
    """List what the trail says, the newest first."""
    return [each.act for each in bureau.store.read(audit.entries)]


def agent(bureau, login: str):
    """Read an account."""
    return bureau.store.read(people.agent_of, login)


def save(bureau, login: str, form: dict, **more):
    """Open an account's page, and save its form with other values; *more* are said of the form, such as `seen` of an older page."""
    opened = tree(bureau.ask("GET", f"/desk/accounts/{login}", by="root"))
    seen = opened.css_first("[name=seen]").attributes["value"]
    return bureau.ask("POST", f"/desk/accounts/{login}", by="root", data={"seen": seen, **form, **more})


NURIA = {"login": "nuria", "name": "Núria", "email": "nuria@example.org", "locale": "ca", "teams": "billing، devices", "role": "lead"}


def test_an_account_is_entered_and_its_invitation_shown_once(bureau):
    """The secret stands on that page and on no other; with it the password is set, and the sign-in works."""
    answer = bureau.ask("POST", "/desk/accounts", by="root", data=NURIA)
    secret = tree(answer).css_first(".secret").text()
    again = bureau.ask("GET", "/desk/accounts/nuria", by="root")
    form = {"secret": secret, "password": "drei Hasen im Gras"}
    assert bureau.ask("POST", "/desk/sign-in/new", by="", data=form).status_code == 303
    signed = bureau.ask("POST", "/desk/sign-in", by="", data={"login": "nuria", "password": form["password"]})

    assert signed.headers["location"] == "/desk/"
    assert secret not in again.text
    assert agent(bureau, "nuria").teams == {"billing", "devices"}
    assert "agent.added" in acts(bureau)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("login", "maria", "given to somebody before"),
        ("login", "Maria Puig", "Take small letters"),
        ("login", "", "Fill this in"),
        ("role", "emperor", "at least one role"),
        ("teams", "Billing!", "A team is written"),
        ("email", "no", "no e-mail address"),
        ("name", "", "Fill this in"),
        ("locale", "xx", "Choose one of the list"),
    ],
)
def test_an_account_that_is_wrong_comes_back_as_it_was_typed(bureau, field, value, reason):
    """Nothing is entered, and what is wrong is said beside its field."""
    answer = bureau.ask("POST", "/desk/accounts", by="root", data={**NURIA, field: value})

    assert answer.status_code == 422
    assert reason in " ".join(each.text() for each in tree(answer).css(".wrong"))
    assert tree(answer).css_first("#teams").attributes["value"] == {**NURIA, field: value}["teams"]
    assert agent(bureau, "nuria") is None


def test_rights_change_and_leaving_ends_sessions(bureau):
    """Other roles count at the next request; whoever is kept out is led to the sign-in, and the history still names them."""
    cookie = bureau.cookie("jordi")
    form = {"name": "Jordi Puig", "locale": "en", "teams": "billing", "role": "agent"}
    assert save(bureau, "jordi", form, disabled="yes").status_code == 303
    gone = bureau.ask("GET", "/desk/", cookie=cookie)
    wrong = bureau.ask("POST", "/desk/sign-in", by="", data={"login": "jordi", "password": PASSWORD})
    assert save(bureau, "jordi", form).status_code == 303

    assert gone.headers["location"].startswith("/desk/sign-in")
    assert wrong.status_code == 401
    assert not agent(bureau, "jordi").disabled
    assert acts(bureau)[:2] == ["agent.changed", "agent.changed"]


def test_two_admins_change_one_account(bureau):
    """The second is told what the first one saved, keeps what they typed, and may save it then; a form without its page saves nothing."""
    form = {"name": "Jordi Puig", "locale": "en", "teams": "billing"}
    seen = tree(bureau.ask("GET", "/desk/accounts/jordi", by="root")).css_first("[name=seen]").attributes["value"]
    assert save(bureau, "jordi", form, role="lead").status_code == 303
    late = save(bureau, "jordi", {**form, "name": "Jordi P."}, role="agent", seen=seen)
    bare = save(bureau, "jordi", form, role="agent", seen="")
    before = agent(bureau, "jordi")
    again = tree(late)
    told = [each.text() for each in again.css("section[role=alert] dd")]
    fields = {"name": "Jordi P.", "role": "agent", "seen": again.css_first("[name=seen]").attributes["value"]}
    knowing = bureau.ask("POST", "/desk/accounts/jordi", by="root", data={**form, **fields})

    assert (late.status_code, bare.status_code, knowing.status_code) == (409, 409, 303)
    assert told == ["Jordi Puig", "Lead"]
    assert again.css_first("#name").attributes["value"] == "Jordi P."
    assert (before.name, before.roles) == ("Jordi Puig", {"lead"})
    assert (agent(bureau, "jordi").name, agent(bureau, "jordi").roles) == ("Jordi P.", {"agent"})


@pytest.mark.parametrize("more", [{"role": "agent"}, {"role": "admin", "disabled": "yes"}])
def test_nobody_shuts_themselves_out(bureau, more):
    """One admin is always left: the last word on an admin is another admin's."""
    answer = save(bureau, "root", {"name": "Root", "locale": "en"}, **more)

    assert answer.status_code == 422
    assert "Another admin" in answer.text
    assert agent(bureau, "root").roles == {"admin"}
    assert bureau.ask("POST", "/desk/accounts/root/second-factor", by="root", data={}).status_code == 422


def test_a_lost_telephone(bureau):
    """The second factor is taken away, sessions end, and an invitation gives another password."""
    bureau.store.write(people.set_totp, "maria", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    cookie = bureau.cookie("maria")
    assert bureau.ask("POST", "/desk/accounts/maria/second-factor", by="root", data={}).status_code == 303
    invited = bureau.ask("POST", "/desk/accounts/maria/invite", by="root", data={})

    assert not agent(bureau, "maria").has_totp
    assert bureau.ask("GET", "/desk/", cookie=cookie).status_code == 303
    assert len(tree(invited).css_first(".secret").text()) > 40
    assert acts(bureau)[:2] == ["agent.invited", "second_factor.removed"]


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("address", " Shouter+x@Example.NET", "shouter@example.net"),
        ("domain", "@Lamps.Example", "lamps.example"),
        ("network", "192.0.2.77", "192.0.2.77/32"),
        ("network", "192.0.2.0/25", "192.0.2.0/24"),
        ("network", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_a_ban_is_kept_as_senders_are_known(bureau, kind, typed, kept):
    """However it was typed, it is found again when they post; it ends by a button."""
    assert bureau.ask("POST", "/desk/bans", by="mod", data={"kind": kind, "value": typed, "days": "7"}).status_code == 303
    (one,) = bureau.store.read(held.bans_of, bureau.now)
    assert (one.kind, one.value) == (kind, kept)
    assert kept in bureau.ask("GET", "/desk/bans", by="mod").text
    assert bureau.ask("POST", "/desk/bans/end", by="mod", data={"kind": kind, "value": kept}).status_code == 303

    assert bureau.store.read(held.bans_of, bureau.now) == ()


@pytest.mark.parametrize(("kind", "typed"), [("address", "nobody"), ("domain", "no domain"), ("network", "10.0.0.0/8"), ("network", "x")])
def test_what_is_no_ban_comes_back(bureau, kind, typed):
    """A network as wide as a provider, or a typing error, bans nobody."""
    answer = bureau.ask("POST", "/desk/bans", by="mod", data={"kind": kind, "value": typed, "days": ""})

    assert answer.status_code == 422
    assert tree(answer).css_first("#value").attributes["value"] == typed
    assert bureau.store.read(held.bans_of, bureau.now) == ()


def test_a_sender_is_banned_where_their_post_is_read(bureau):
    """One button throws the thing away and bans its sender; what was decided is told with who did, and a post may still be let out."""
    thing = {"article": "kb-hub", "locale": "en", "text": "Buy lamps", "name": "L", "email": "Lamps@example.net"}
    one = bureau.store.write(held.hold, "question", ("flood",), thing, bureau.now)
    bureau.store.write(
        mailbox.suspend, mailbox.Suspended("k1", "flood", bureau.now, "more@example.net", "Lamps", b"Subject: Lamps\r\n\r\nBuy")
    )
    for name in (one.id, "mail-k1"):
        assert bureau.ask("POST", f"/desk/held/{name}", by="mod", data={"act": "ban", "digest": one.digest}).status_code == 303
    page = tree(bureau.ask("GET", "/desk/held?state=discarded", by="mod"))
    assert [each.value for each in bureau.store.read(held.bans_of, bureau.now)] == ["lamps@example.net", "more@example.net"]
    assert "decided by \u2068Moderator\u2069" in page.css_first(".cards").text()
    assert len(page.css("button[value=release]")) == 1  # a mail that was thrown away is not let in again
    released = bureau.ask("POST", f"/desk/held/{one.id}", by="mod", data={"act": "release", "digest": one.digest, "answer": "No."})

    assert released.status_code == 303
    assert not tree(bureau.ask("GET", "/desk/held?state=discarded&kind=question", by="mod")).css(".cards .card")


def test_a_lead_bans_nobody(bureau):
    """Leads decide on what waits; bans are for moderators and admins."""
    thing = {"article": "kb-hub", "locale": "en", "text": "Buy lamps", "name": "L", "email": "lamps@example.net"}
    one = bureau.store.write(held.hold, "question", (), thing, bureau.now)

    assert bureau.ask("POST", f"/desk/held/{one.id}", by="maria", data={"act": "ban"}).status_code == 404
    assert 'value="ban"' not in bureau.ask("GET", "/desk/held", by="maria").text


def test_words_are_struck_out_of_a_message(bureau):
    """In the message, in no other; the case says that it happened and not what stood there, and a closed case too takes it."""
    said = Message("1" * 24, bureau.case("joan").id, "public", "agent", "jordi", "Your card 4111 1111 is fine, FACTURA.", bureau.now)
    bureau.act("joan", lambda case, how: reply(case, how, said.id), wrote=[said])
    assert bureau.do("joan", "redact", of="", words="factura\n\n cobrat ").status_code == 303
    assert bureau.do("joan", "redact", of=said.id, words="4111 1111").status_code == 303
    assert bureau.do("joan", "status", status="closed", close_reason="answered").status_code == 303
    assert bureau.do("joan", "redact", of=said.id, words="FINE").status_code == 303
    file = bureau.file("joan")

    assert file.told.body == "M'heu […] dues vegades la […]."
    assert file.told.subject == "Problema amb la […]ció"
    assert file.messages[0].text == "Your card […] is […], FACTURA."
    assert [each.type for each in file.events].count("redacted") == 3
    assert "4111" not in json.dumps([each.after for each in file.events], default=str)


@pytest.mark.parametrize("fields", [{"of": "", "words": "nowhere"}, {"of": "9" * 24, "words": "factura"}, {"of": "", "words": " \n"}])
def test_striking_out_what_is_not_there_does_nothing(bureau, fields):
    """A wrong word, a message of another case or no word at all: 422, and no event."""
    before = bureau.file("joan")
    answer = bureau.do("joan", "redact", **fields)

    assert answer.status_code == 422
    assert bureau.file("joan").events == before.events


def test_a_case_as_a_file(bureau):
    """A lead saves a case with its notes and history; an agent is told of no such thing, and the trail knows who did."""
    bureau.act(
        "joan",
        lambda case, how: note(case, how, "2" * 24),
        wrote=[Message("2" * 24, bureau.case("joan").id, "note", "agent", "jordi", "Ours", bureau.now)],
    )
    number = bureau.numbers["joan"]
    answer = bureau.ask("GET", f"/desk/cases/{number}/export", by="maria")
    whole = answer.json()

    assert answer.headers["content-disposition"] == f'attachment; filename="case-{number}.json"'
    assert (whole["number"], whole["messages"][0]["text"], whole["events"][0]["type"]) == (number, "Ours", "created")
    assert acts(bureau)[0] == "case.exported"
    assert bureau.ask("GET", f"/desk/cases/{number}/export", by="jordi").status_code == 404


def test_one_persons_data_are_handed_over_and_erased(bureau):
    """What would go is counted first; only the same address typed again erases it; afterwards there is nothing to count."""
    found = tree(bureau.ask("POST", "/desk/people", by="root", data={"address": "Joan@example.org"}))
    counts = dict(zip((each.text() for each in found.css(".about dt")), (each.text() for each in found.css(".about dd")), strict=True))
    packed = bureau.ask("POST", "/desk/people/export", by="root", data={"address": "joan@example.org"})
    wrong = bureau.ask("POST", "/desk/people/erase", by="root", data={"address": "joan@example.org", "typed": "pau@example.org"})
    assert bureau.file("joan").told.body == TOLD["joan"][1]
    done = bureau.ask("POST", "/desk/people/erase", by="root", data={"address": "joan@example.org", "typed": "JOAN@example.org"})
    after = tree(bureau.ask("POST", "/desk/people", by="root", data={"address": "joan@example.org"}))

    assert counts["Cases"] == "1"
    assert TOLD["joan"][1] in zipfile.ZipFile(io.BytesIO(packed.content)).read(f"case-{bureau.numbers['joan']}.json").decode()
    assert wrong.status_code == 422
    assert "Nothing was erased" in wrong.text
    assert "The person was erased" in done.text
    assert bureau.file("joan").told.body == ""
    assert {each.text() for each in after.css(".about dd")} == {"0"}
    assert acts(bureau)[:3] == ["store.swept", "person.erased", "person.exported"]


@pytest.mark.parametrize("path", ["", "/export", "/erase"])
def test_no_address_finds_nobody(bureau, path):
    """What is no address is said so, and stands in the field again."""
    answer = bureau.ask("POST", f"/desk/people{path}", by="root", data={"address": "<joan>", "typed": "<joan>"})

    assert answer.status_code == 422
    assert tree(answer).css_first("#address").attributes["value"] == "<joan>"
