"""What agents do to cases, by the forms of the desk, against the real store; and how what cannot be done is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from feedback_service.domain import Act, Actor, Message
from feedback_service.domain.acts import assign, set_priority
from feedback_service.domain.messages import receive
from feedback_service.store import cases


def tree(answer) -> LexborHTMLParser:
    """Parse a page."""
    return LexborHTMLParser(answer.text)


def test_assign_take_and_transfer(bureau):
    """A case is given to a member of its team only, and belongs to nobody after a transfer."""
    assert bureau.do("joan", "assign", assignee="jordi").status_code == 303
    assert bureau.case("joan").assignee == "jordi"
    refused = bureau.do("joan", "assign", assignee="sara")
    assert (refused.status_code, bureau.case("joan").assignee) == (422, "jordi")
    bureau.do("joan", "facts", team="devices", priority="high", tags="Factura, targeta", due_at="")
    case = bureau.case("joan")

    assert (case.team, case.assignee, case.priority, case.tags) == ("devices", None, "high", ("factura", "targeta"))


def test_a_reply_waits_and_resolves(bureau):
    """A reply with "wait" sets to pending; one with "resolve" resolves; both stand in the thread and in the outbox."""
    assert bureau.do("joan", "write", kind="reply", text="Bon dia, Joan.", then="pending").status_code == 303
    assert bureau.case("joan").status == "pending"
    bureau.do("joan", "write", kind="reply", text="Ja està.", then="resolved")
    page = tree(bureau.ask("GET", f"/desk/cases/{bureau.numbers['joan']}"))

    assert bureau.case("joan").status == "resolved"
    assert [node.text() for node in page.css(".entry-reply .said")] == ["Bon dia, Joan.", "Ja està."]
    assert page.css_first(".entry-requester .said").text() == "M'heu cobrat dues vegades la factura."


def test_the_same_form_twice_is_one_message(bureau):
    """A double click, or a page sent again, writes nothing twice."""
    for _ in range(2):
        answer = bureau.do(
            "joan", "write", kind="note", text="Un cop.", message="0123456789abcdef01234567", version=bureau.case("joan").version
        )

        assert answer.status_code == 303
    assert [message.text for message in bureau.file("joan").messages] == ["Un cop."]


@pytest.mark.parametrize(("case", "text"), [("joan", "Dues vegades."), ("pau", "Un cop.")])
def test_a_form_again_with_other_words_loses_none(bureau, case, text):
    """The name of a message comes again with another text, or at another case: nothing is called sent, and the text is still there."""
    name = "0123456789abcdef01234567"
    bureau.do("joan", "write", kind="note", text="Un cop.", message=name)
    answer = bureau.do(case, "write", kind="note", text=text, message=name)
    page = tree(answer)
    fresh = page.css_first("#editor [name=message]").attributes["value"]

    assert answer.status_code == 409
    assert page.css_first("#text").text() == text
    assert bureau.do(case, "write", kind="note", text=text, message=fresh).status_code == 303
    assert bureau.file(case).messages[-1].text == text


def test_a_note_is_never_a_reply(bureau):
    """What is kept as a note leads to no mail, even if a button for replies was pressed with it."""
    bureau.do("joan", "write", kind="note", text="Només per a nosaltres", then="resolved")
    message = bureau.file("joan").messages[-1]

    assert (message.kind, bureau.case("joan").status) == ("note", "open")


def test_pending_needs_a_reply_and_hold_a_note_with_a_date(bureau):
    """The rules of the domain are told in the agent's language, with what is allowed instead."""
    refused = bureau.do("joan", "status", status="pending")
    assert refused.status_code == 409
    assert "Primer respon al client" in refused.text
    assert bureau.do("joan", "status", status="on_hold", note="", until="").status_code == 422
    later = (bureau.now.replace(microsecond=0)).isoformat()[:16].replace("2026", "2027")
    assert bureau.do("joan", "status", status="on_hold", note="Esperem el banc", until=later).status_code == 303

    assert bureau.case("joan").status == "on_hold"
    assert bureau.file("joan").messages[-1].text == "Esperem el banc"


def test_closing_resolves_first(bureau):
    """An open case that is closed is resolved first; without a reply it asks for a reason."""
    assert bureau.do("joan", "status", status="closed").status_code == 422
    assert bureau.do("joan", "status", status="closed", close_reason="no_action").status_code == 303
    assert (bureau.case("joan").status, bureau.case("joan").close_reason) == ("closed", "no_action")
    assert bureau.do("joan", "write", kind="note", text="Una nota encara").status_code == 303
    late = bureau.do("joan", "write", kind="reply", text="Massa tard")

    assert late.status_code == 409
    assert "Massa tard" in late.text


def test_two_agents_at_once(bureau):
    """Who saves on an old page is shown both texts, and may save theirs too; nothing is overwritten."""
    version = bureau.case("joan").version
    bureau.act("joan", lambda case, how: set_priority(case, how, "urgent"))
    answer = bureau.do("joan", "write", version=version, kind="reply", text="La meva resposta", then="")
    page = tree(answer)

    assert answer.status_code == 409
    assert page.css_first("#mine").text() == "La meva resposta"
    assert "Urgent" in page.css_first(".changes").text()
    assert bureau.file("joan").messages == ()
    fields = {node.attributes["name"]: node.attributes["value"] for node in page.css(".both input[type=hidden]")}
    again = bureau.ask("POST", page.css_first(".both form").attributes["action"], data={**fields, "text": "La meva resposta"})

    assert again.status_code == 303
    assert bureau.file("joan").messages[-1].text == "La meva resposta"


def test_an_article_is_linked_in_one_click(bureau):
    """The articles beside a case fit it, and one button links the first; the second time changes nothing."""
    page = tree(bureau.ask("GET", f"/desk/cases/{bureau.numbers['joan']}"))
    first = page.css_first("#articles form")
    fields = {node.attributes["name"]: node.attributes["value"] for node in first.css("input")}

    assert fields["article"] == "kb-paymeth"
    bureau.ask("POST", first.attributes["action"], data={**fields, "kind": "used"})
    assert [link.article for link in bureau.case("joan").links] == ["kb-paymeth"]
    assert bureau.do("joan", "link", article="kb-nothing", kind="used").status_code == 422


def test_canned_replies_come_in_the_requesters_language(bureau):
    """A reply stands there once, in Catalan where it is written in Catalan, with what is known filled in."""
    page = tree(bureau.ask("GET", f"/desk/cases/{bureau.numbers['joan']}?reply=kb-rpref1"))
    number = bureau.numbers["joan"]

    assert [node.attributes["lang"] for node in page.css("#canned bdi")] == ["ca", "en"]
    assert page.css_first("#text").text() == f"Hola Joan Pérez,\n\nhem tornat [import] del cas {number}.\n\nMaria López"


def test_a_reply_with_brackets_is_asked_about(bureau):
    """What a canned reply leaves open is not sent by accident; whoever means it sends it once more."""
    first = bureau.do("joan", "write", kind="reply", text="Hem tornat [import].")
    assert first.status_code == 422
    assert "Hem tornat [import]." in first.text
    assert tree(first).css_first("[name=asked]") is not None
    again = bureau.do("joan", "write", kind="reply", text="Hem tornat [import].", asked="yes")

    assert again.status_code == 303


def test_snooze_spam_and_draft(bureau):
    """A snoozed case leaves the open list; spam closes; a missing article is asked for."""
    bureau.do("joan", "snooze", until=f"{bureau.now.year + 1}-01-01T09:00")
    assert "Problema amb la" not in tree(bureau.ask("GET", "/desk/?view=open")).css_first("#rows").text()
    assert "Problema amb la" in tree(bureau.ask("GET", "/desk/?view=snoozed")).css_first("#rows").text()
    assert bureau.do("joan", "snooze", until="2020-01-01T09:00").status_code == 422
    bureau.do("pau", "draft")
    bureau.do("pau", "spam")

    assert bureau.case("pau").close_reason == "spam"
    assert "draft_requested" in [event.type for event in bureau.file("pau").events]


def test_merge_and_its_undo(bureau):
    """Two people's cases are merged after a confirmation; the messages show in the other one; the undo brings the first back."""
    target = bureau.numbers["pau"]
    assert bureau.do("joan", "merge", target=f"#{target}").status_code == 409
    assert bureau.do("joan", "merge", target=str(target), confirmed="yes").headers["location"].startswith(f"/desk/cases/{target}")
    page = tree(bureau.ask("GET", f"/desk/cases/{target}"))
    assert bureau.case("joan").status == "closed"
    assert "M'heu cobrat" in page.css_first(".thread").text()
    bureau.do("joan", "unmerge")

    assert bureau.case("joan").status == "new"


def test_a_merge_across_teams_is_not_there(bureau):
    """Who sees one case only cannot merge it into one that they do not see."""
    assert bureau.do("joan", "merge", by="jordi", target=str(bureau.numbers["sara"]), confirmed="yes").status_code == 404
    assert bureau.case("joan").status == "new"


def test_split_moves_messages_into_a_case_of_their_own(bureau):
    """The chosen messages are in the new case and no longer in the old one."""
    case, how = bureau.case("joan"), Act(Actor("requester", "r"), bureau.now)
    message = Message("0123456789abcdef01234567", case.id, "public", "requester", "", "I també: on és el paquet?", bureau.now)
    bureau.store.write(
        cases.act, case.id, how, lambda now: receive(now, how, message.id, reopen_within=timedelta(days=14)).events, wrote=[message]
    )
    answer = bureau.do("joan", "split", subject="On és el paquet?", message=message.id)
    number = int(answer.headers["location"].partition("/cases/")[2].partition("?")[0])

    assert [each.text for each in bureau.file(number).messages] == ["I també: on és el paquet?"]
    assert bureau.file("joan").messages == ()
    assert bureau.case(number).split_from == case.id


def test_bulk_acts_do_all_or_nothing(bureau):
    """One case that was changed meanwhile, and none is changed; the reason names it."""
    pairs = [f"{bureau.numbers[name]}:{bureau.case(name).version}" for name in ("joan", "pau")]
    bureau.act("pau", lambda case, how: assign(case, how, "jordi", ["jordi"]))
    answer = bureau.ask("POST", "/desk/bulk", data={"act": "assign", "assignee": "maria", "case": pairs, "back": "view=all"})

    assert answer.status_code == 409
    assert str(bureau.numbers["pau"]) in tree(answer).css_first(".banner").text()
    assert bureau.case("joan").assignee is None
    fresh = [f"{bureau.numbers[name]}:{bureau.case(name).version}" for name in ("joan", "pau")]
    assert (
        bureau.ask("POST", "/desk/bulk", data={"act": "assign", "assignee": "maria", "case": fresh, "back": "view=all"}).status_code == 303
    )
    assert bureau.case("joan").assignee == bureau.case("pau").assignee == "maria"


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("transfer", {"team": "devices"}),
        ("priority", {"priority": "low"}),
        ("tag", {"tag": "Març"}),
        ("spam", {}),
        ("resolve", {"close_reason": "no_action"}),
    ],
)
def test_each_bulk_act(bureau, act, fields):
    """Each button of the bar does what it says, to every chosen case."""
    pairs = [f"{bureau.numbers[name]}:{bureau.case(name).version}" for name in ("joan", "pau")]
    answer = bureau.ask("POST", "/desk/bulk", data={"act": act, **fields, "case": pairs})
    case = bureau.case("joan")

    assert answer.status_code == 303
    assert {
        "transfer": case.team == "devices",
        "priority": case.priority == "low",
        "tag": case.tags == ("març",),
        "spam": case.close_reason == "spam",
        "resolve": case.status == "resolved",
    }[act]


def test_a_case_by_hand(bureau):
    """The form makes a case and assigns it; what is wrong is told beside its field, with everything typed still there."""
    fields = {
        "name": "Joan Pérez",
        "email": "joan.perez",
        "subject": "",
        "body": "Problema amb la facturació",
        "priority": "high",
        "type": "problem",
        "locale": "ca",
        "team": "billing",
        "assignee": "maria",
    }
    wrong = bureau.ask("POST", "/desk/cases/new", data=fields)
    assert wrong.status_code == 422
    assert {node.attributes["id"] for node in tree(wrong).css(".wrong")} == {"wrong-subject", "wrong-email"}
    assert tree(wrong).css_first("#body").text() == fields["body"]
    lost = bureau.ask("POST", "/desk/cases/new", data={**fields, "email": "", "subject": "Facturació", "team": "nobody\0"})
    assert (lost.status_code, [node.attributes["id"] for node in tree(lost).css(".wrong")]) == (422, ["wrong-team"])
    right = bureau.ask("POST", "/desk/cases/new", data={**fields, "email": "", "subject": "Facturació"})
    case = bureau.case(int(right.headers["location"].partition("/cases/")[2].partition("?")[0]))

    assert (case.channel, case.priority, case.assignee, case.status, case.locale) == ("manual", "high", "maria", "open", "ca")


def test_rows_are_sent_when_something_is_new(bureau):
    """The page asks with what it has: nothing new is no content, a change is new rows."""
    digest = tree(bureau.ask("GET", "/desk/?view=all")).css_first("#rows").attributes["data-digest"]
    assert bureau.ask("GET", f"/desk/rows?view=all&digest={digest}").status_code == 204
    bureau.act("joan", lambda case, how: set_priority(case, how, "urgent"))
    answer = bureau.ask("GET", f"/desk/rows?view=all&digest={digest}")

    assert answer.status_code == 200
    assert "Urgent" in answer.text


def test_who_else_is_here(bureau):
    """Whoever opens a case that somebody has open is told so, and that they write."""
    path = f"/desk/cases/{bureau.numbers['joan']}/presence"
    bureau.ask("POST", path, by="jordi", data={"writing": "yes"})
    page = tree(bureau.ask("GET", f"/desk/cases/{bureau.numbers['joan']}"))

    assert "Jordi Puig" in page.css_first("#presence").text()
    assert "escrivint" in page.css_first("#presence").text()
    assert "Maria López" in bureau.ask("POST", path, by="jordi", data={"writing": ""}).text


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 20, None])
def test_a_form_without_its_page_overwrites_nothing(bureau, version):
    """Whatever says not which version it was made on is answered as one that is too old: 409 with the reason, and nothing is written."""
    number, before = bureau.numbers["joan"], bureau.case("joan")
    data = {"priority": "urgent", "team": "billing", "tags": "x"} | ({} if version is None else {"version": version})
    answer = bureau.ask("POST", f"/desk/cases/{number}/facts", by="maria", data=data)

    assert answer.status_code == 409
    assert "Torna&#39;l a llegir" in answer.text
    assert bureau.case("joan") == before
