"""The desk's routes against the real store: every act of an agent, and every way in which one is refused."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser
from service.desk.bureau import PASSWORD, STAFF

from feedback_service.accounts import sessions
from feedback_service.desk.routes import DOORS
from feedback_service.domain.acts import assign, set_priority


def tree(answer) -> LexborHTMLParser:
    """Parse a page."""
    return LexborHTMLParser(answer.text)


def path_of(bureau, door, act="write") -> str:
    """Fill in the address of a door: Joan's case, and things that need not be there."""
    names = {"{number:int}": str(bureau.numbers["joan"]), "{name}": "trend", "{id:int}": "1", "{id}": "x", "{act}": act}
    path = f"/desk{door.path}"
    for name, value in names.items():
        path = path.replace(name, value)
    return path


def test_every_page_opens_for_those_who_may(bureau):
    """A lead sees each page of the desk, with the policy of the house on it and no error in it."""
    for door in DOORS:
        if door.method == "GET":
            answer = bureau.ask("GET", path_of(bureau, door))

            assert answer.status_code == 200, door.path
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store"


def test_nobody_enters_without_a_session(bureau):
    """Every address leads a stranger to the sign-in, and says nothing else."""
    for door in DOORS:
        answer = bureau.ask(door.method, path_of(bureau, door), by="", data={} if door.method == "POST" else None)

        assert answer.status_code == 303, door.path
        assert answer.headers["location"].startswith("/desk/sign-in")
        assert "Joan" not in answer.text


STRANGERS = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": None, "origin": "https://evil.example"},
    {"sec-fetch-site": None, "origin": "null"},
    {"sec-fetch-site": None},
)


def test_what_changes_something_comes_from_our_own_pages(bureau):
    """A form on another site does nothing with an agent's session, on any address."""
    version, cookie = str(bureau.case("joan").version), bureau.cookie("maria")
    for door in DOORS:
        for headers in STRANGERS if door.method == "POST" else ():
            answer = bureau.ask("POST", path_of(bureau, door, "spam"), cookie=cookie, headers=headers, data={"version": version})

            assert answer.status_code == 403, (door.path, headers)
    assert bureau.case("joan").status == "new"
    assert bureau.ask("GET", "/desk/", cookie=cookie).status_code == 200


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(bureau):
    """Older browsers send an Origin with each post: ours is let in."""
    headers = {"sec-fetch-site": None, "origin": "http://127.0.0.1:8001"}
    answer = bureau.ask(
        "POST", f"/desk/cases/{bureau.numbers['joan']}/assign", headers=headers, data={"version": "99", "assignee": "maria"}
    )

    assert answer.status_code == 303
    assert bureau.case("joan").assignee == "maria"


def test_a_case_of_another_team_is_not_there(bureau):
    """Page, presence, acts and bulk acts answer alike for a case that does not exist and for one of another team."""
    other = bureau.numbers["sara"]
    answers = [bureau.ask("GET", f"/desk/cases/{number}", by="jordi") for number in (other, 99_999)]
    acted = [bureau.ask("POST", f"/desk/cases/{number}/spam", by="jordi", data={"version": "1"}) for number in (other, 99_999)]
    pairs = [f"{bureau.numbers['joan']}:{bureau.case('joan').version}", f"{other}:{bureau.case('sara').version}"]
    bulk = bureau.ask("POST", "/desk/bulk", by="jordi", data={"act": "priority", "priority": "urgent", "case": pairs})

    assert {answer.status_code for answer in (*answers, *acted, bulk)} == {404}
    assert answers[0].text == answers[1].text
    assert bureau.case("joan").priority == bureau.case("sara").priority == "normal"


def test_an_auditor_reads_and_changes_nothing(bureau):
    """Who may read only is told that the role does not allow it."""
    assert bureau.ask("GET", f"/desk/cases/{bureau.numbers['joan']}", by="audit").status_code == 200
    assert bureau.do("joan", "assign", by="audit", assignee="maria").status_code == 403
    assert bureau.case("joan").assignee is None


def test_a_moderator_lands_where_the_work_is(bureau):
    """Without a queue, the first page is that of what is held back."""
    assert bureau.ask("GET", "/desk/", by="mod").headers["location"] == "/desk/held"
    assert bureau.ask("GET", "/desk/held", by="mod").status_code == 200
    assert bureau.ask("GET", f"/desk/cases/{bureau.numbers['joan']}", by="mod").status_code == 404


def test_sign_in_with_a_password(bureau):
    """The right password opens a session in a cookie that only this host gets, and leads on to the page that was asked for."""
    answer = bureau.ask("POST", "/desk/sign-in", by="", data={"login": "maria", "password": PASSWORD, "next": "/desk/reports"})
    cookie = answer.headers["set-cookie"]

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/reports")
    assert cookie.startswith("__Host-")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
    assert bureau.ask("GET", "/desk/", by="", cookie=cookie.partition("=")[2].partition(";")[0]).status_code == 200


@pytest.mark.parametrize("login", ["maria", "nobody"])
def test_a_wrong_password_says_nothing_of_who_exists(bureau, login):
    """A known and an unknown login get the same page, with what was typed in it."""
    answer = bureau.ask("POST", "/desk/sign-in", by="", data={"login": login, "password": "wrong"})

    assert answer.status_code == 401
    assert tree(answer).css_first(".wrong").text(strip=True) == "Login and password do not fit together."
    assert tree(answer).css_first("#login").attributes["value"] == login
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "wished", ["https://evil.example/", "//evil.example", "/desk//evil", "/\\evil", "/desk/\\evil", "javascript:alert(1)", "/other"]
)
def test_sign_in_leads_to_pages_of_the_desk_only(bureau, wished):
    """The page to go on to is never somebody else's."""
    answer = bureau.ask("POST", "/desk/sign-in", by="", data={"login": "maria", "password": PASSWORD, "next": wished})

    assert answer.headers["location"] == "/desk/"


def test_an_admin_sets_up_a_second_factor_first(bureau):
    """A password alone opens nothing to an admin but the page where the second factor is set up."""
    answer = bureau.ask("POST", "/desk/sign-in", by="", data={"login": "root", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    page = bureau.ask("GET", "/desk/profile?totp=new", by="", cookie=cookie)

    assert answer.headers["location"] == "/desk/profile?totp=new"
    assert bureau.ask("GET", "/desk/", by="", cookie=cookie).headers["location"] == "/desk/profile?totp=new"
    assert len(tree(page).css_first("code.secret").text()) == 32


def test_sign_out_ends_the_session(bureau):
    """The cookie of before opens nothing any more."""
    cookie = bureau.cookie("maria")
    bureau.ask("POST", "/desk/sign-out", by="", cookie=cookie)

    assert bureau.ask("GET", "/desk/", by="", cookie=cookie).status_code == 303


def test_a_disabled_agent_is_out_at_once(bureau):
    """Whoever is disabled while they work is led to the sign-in by the next request."""
    from dataclasses import replace

    from feedback_service.store import agents as people

    cookie = bureau.cookie("jordi")
    bureau.store.write(people.change_agent, replace(STAFF[1], disabled=True))

    assert bureau.ask("GET", "/desk/", by="", cookie=cookie).headers["location"].startswith("/desk/sign-in")


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
    from datetime import timedelta

    from feedback_service.domain import Act, Actor, Message
    from feedback_service.domain.messages import receive
    from feedback_service.store import cases

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


@pytest.mark.parametrize(
    "query",
    [
        "view=mine",
        "view=late&sort=priority",
        "status=new&priority=normal",
        "q=factura",
        "q=%23{number}",
        "tag=x",
        "assignee=-",
        "sort=oldest&page=7",
        "view=nope&sort=drop&page=-1&status='--",
    ],
)
def test_every_filter_is_a_page(bureau, query):
    """Whatever stands in the address, a list comes of it."""
    assert bureau.ask("GET", f"/desk/?{query.replace('{number}', str(bureau.numbers['joan']))}").status_code == 200


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("facturació", {"joan"}),
        ("FACTURACIÓ", {"joan"}),
        ("cobrat vegades", {"joan"}),
        ("روشن", {"sara"}),
        ("pau@example.org", {"pau"}),
        ("100%", set()),
        ("_", set()),
    ],
)
def test_search_finds_words_wherever_people_wrote(bureau, words, found):
    """Subject, text, name and address are searched, in any script; signs of LIKE are letters."""
    rows = tree(bureau.ask("GET", "/desk/", by="audit", params={"view": "all", "q": words})).css("#rows tr")

    assert {node.attributes["id"] for node in rows} == {f"case-{bureau.numbers[name]}" for name in found}


def test_markup_of_customers_is_text(bureau):
    """What a customer wrote as HTML is read as they typed it."""
    text = bureau.ask("GET", f"/desk/cases/{bureau.numbers['pau']}").text

    assert "&lt;b&gt;Thanks&lt;/b&gt;" in text


def test_reports_as_csv_and_their_bad_periods(bureau):
    """Each table is a file for a spreadsheet; a period that is none is refused."""
    answer = bureau.ask("GET", "/desk/reports/figures.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert '"link_rate"' in answer.text
    assert bureau.ask("GET", "/desk/reports/nothing.csv").status_code == 404
    bad = ["start=2026-13-01", "start=2000-01-01&end=2026-01-01", "start=2026-03-02&end=2026-03-01", "by=status';drop--"]
    assert {bureau.ask("GET", f"/desk/reports?{each}").status_code for each in bad} == {422}
    assert bureau.ask("GET", "/desk/reports/figures.csv", by="jordi").status_code in {403, 404}


def test_language_and_colours_are_kept(bureau):
    """The language is the agent's on every machine, the colours are this browser's."""
    answer = bureau.ask("POST", "/desk/profile/look", by="jordi", data={"locale": "fa", "scheme": "dark"})
    assert "kb-desk-scheme=dark" in "\n".join(answer.headers.get_list("set-cookie"))
    page = tree(
        bureau.ask("GET", "/desk/", by="jordi", headers={"cookie": f"{sessions.COOKIE}={bureau.cookie('jordi')}; kb-desk-scheme=dark"})
    )

    assert page.css_first("html").attributes == {"lang": "fa", "dir": "rtl", "data-scheme": "dark"}


def test_a_password_is_changed_and_ends_other_sessions(bureau):
    """The old session elsewhere is dead, this browser gets a new one; a weak password is refused in words."""
    here, elsewhere = bureau.cookie("jordi"), bureau.cookie("jordi")
    weak = bureau.ask("POST", "/desk/profile/password", by="", cookie=here, data={"old": PASSWORD, "new": "short"})
    assert weak.status_code == 422
    assert tree(weak).css_first("#wrong-new") is not None
    answer = bureau.ask("POST", "/desk/profile/password", by="", cookie=here, data={"old": PASSWORD, "new": "four quiet words more"})

    assert answer.status_code == 303
    assert bureau.ask("GET", "/desk/", by="", cookie=elsewhere).status_code == 303
    assert bureau.ask("GET", "/desk/", by="", cookie=answer.headers["set-cookie"].partition("=")[2].partition(";")[0]).status_code == 200


@pytest.mark.parametrize("body", [b"version=1&text=%ff", b"x=1&" * 500, b"text=" + b"a" * 500_000])
def test_forms_that_are_none(bureau, body):
    """Broken bytes, too many fields and too much of it are refused in words, and nothing is written."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = bureau.ask("POST", f"/desk/cases/{bureau.numbers['joan']}/write", headers=headers, content=body)

    assert answer.status_code in {413, 422}
    assert bureau.file("joan").messages == ()
