"""One example of every page of the desk, with people's text of four scripts: for tests of rendering, accessibility and looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from service.desk.examples_cases import AGENTS, CASE, CONFLICT, QUEUE, ROWS, TEAMS, ago

from feedback_service.desk.boards import (
    Account,
    AccountForm,
    Accounts,
    Bans,
    HeldPage,
    HeldThing,
    NewCase,
    Number,
    Person,
    Policy,
    Problem,
    Profile,
    Reports,
    Settings,
    SignIn,
    Table,
    Trail,
    TrailRow,
    Triage,
    Vote,
)
from feedback_service.desk.views import (
    Choice,
    Filters,
)

VOTES = (
    Vote(
        "7",
        "kb-hub",
        "Set up your hub",
        "https://help.example/en/hub/",
        "en",
        ago(minutes=40),
        "new",
        ("triaged", "planned", "in_progress", "done", "declined", "spam"),
        reason="incomplete",
        comment="The light blinks violet with me, and that is not in the table.",
        query="hub violet light",
        revision="9f31c0de77",
    ),
    Vote(
        "8",
        "kb-reset",
        "بازنشانی گذرواژه",
        "https://help.example/fa/reset/",
        "fa",
        ago(hours=5),
        "new",
        ("triaged", "spam"),
        reason="broken",
        comment="دکمهٔ «ارسال دوباره» کار نمی‌کند.",
        case=1057,
    ),
    Vote(
        "9",
        "kb-flicker",
        "Llum que fa pampallugues",
        "https://help.example/ca/llum/",
        "ca",
        ago(days=1),
        "new",
        ("triaged", "spam"),
        helpful=True,
        comment="Perfecte, gràcies!",
    ),
)
TRIAGE = Triage(
    VOTES,
    "new",
    (
        Choice("new", count=12),
        Choice("triaged", count=4),
        Choice("planned", count=2),
        Choice("in_progress", count=1),
        Choice("done"),
        Choice("declined"),
        Choice("spam"),
    ),
    (("en", "wall dimmer neutral wire", 14), ("fa", "بازگشت وجه", 9), ("ca", "factura duplicada", 6), ("zh-Hant", "保固期", 4)),
    2,
    1,
)
HELD = HeldPage(
    (
        HeldThing(
            "h1",
            "case",
            ago(minutes=15),
            ("no_token", "flood"),
            "someone@example.net",
            "Cheap lamps here",
            "Click <a href='https://bad.example'>here</a>\n<script>alert(1)</script>",
            "d1",
            "en",
        ),
        HeldThing(
            "h2",
            "mail",
            ago(hours=8),
            ("stranger",),
            "joan@elsewhere.example",
            "Re: Problema amb la facturació",
            "Sóc en Joan, us escric des d'una altra adreça.",
            "d2",
            "ca",
        ),
    ),
    "all",
    (Choice("all", count=2), Choice("case", count=1), Choice("rating", count=0), Choice("question", count=0), Choice("mail", count=1)),
    states=(Choice("waiting"), Choice("discarded"), Choice("released")),
    may=frozenset({"decide", "ban"}),
)
WEEKS = ("2026-01-19", "2026-01-26", "2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23", "2026-03-02", "2026-03-09")
REPORTS = Reports(
    date(2026, 1, 19),
    date(2026, 3, 12),
    (
        Number("link_rate", 0.72, "share", 180, 250),
        Number("known", 0.64, "share", 160, 250),
        Number("sla_met", 0.941, "share", 480, 510),
        Number("first_response_median", 2_520, "seconds", 240, 240),
        Number("first_response_90", 13_400, "seconds", 240, 240),
        Number("resolution_median", 21_000, "seconds", 250, 250),
        Number("resolution_90", 158_000, "seconds", 250, 250),
        Number("search_success", 0.58, "share", 5_800, 10_000),
        Number("zero_results", 0.061, "share", 610, 10_000),
        Number("deflection", None, "share"),
    ),
    (
        Table(
            "trend",
            ("day", "account", "billing", "delivery", "devices", "returns", "app"),
            tuple((day, 12 + n, 20 - n, 8 + n * 2 % 7, 15 + n * 3 % 11, 4, n) for n, day in enumerate(WEEKS)),
            "stacks",
            "days",
        ),
        Table("backlog", ("age", "cases"), (("<1", 9), ("1-3", 12), ("3-7", 6), ("7-30", 3), (">30", 1)), "bars"),
        Table(
            "articles",
            ("article", "revision", "yes", "no", "share", "low"),
            (
                ("Set up your hub", "9f31c0de", 120, 14, 89.6, 83.3),
                ("بازنشانی گذرواژه", "17aa0be2", 40, 22, 64.5, 52.1),
                ("Llum que fa pampallugues", "17aa0be2", 3, 1, None, None),
            ),
        ),
        Table("misses", ("query", "locale", "times"), (("wall dimmer neutral wire", "en", 14), ("بازگشت وجه", "fa", 9))),
    ),
)
SETTINGS = Settings(
    (("Billing", ("Maria López", "林美華")), ("Devices", ("سارا محمدی",)), ("Delivery", ())),
    (
        Policy(
            "billing",
            "shop",
            (("team", "billing"), ("priority", "high, urgent")),
            (("urgent", "first_response", 3_600), ("urgent", "resolution", 28_800), ("high", "first_response", 7_200)),
        ),
        Policy("everybody", "24x7", (), (("normal", "first_response", 86_400),)),
    ),
    "4f1c22d07be91a3e",
    CASE.replies,
    (("urgent-hub", "tag has hub → priority urgent"),),
    (("warn_pending_after", 5), ("resolve_pending_after", 7), ("close_resolved_after", 14)),
)
LOCALES = tuple(
    Choice(one, label) for one, label in (("en", "English"), ("ca", "Català"), ("ro", "Română"), ("fa", "فارسی"), ("zh-Hant", "繁體中文"))
)
BLANK = {
    "name": "",
    "email": "",
    "subject": "",
    "body": "",
    "priority": "normal",
    "type": "question",
    "locale": "en",
    "team": "",
    "assignee": "",
}
STAFF = Accounts(
    (
        Account("jordi", "Jordi Puig", ("agent",), ("billing", "delivery"), totp=False, disabled=False),
        Account("maria", "Maria López", ("agent", "lead"), ("billing",), totp=True, disabled=False),
        Account("sara", "سارا محمدی", ("agent",), ("devices",), totp=False, disabled=False),
        Account("mei", "林美華", ("admin",), (), totp=True, disabled=True),
    )
)
ACCOUNT = AccountForm(
    "sara",
    {"login": "", "name": "سارا محمدی", "email": "sara@lumbra.example", "locale": "fa", "teams": "devices", "seen": "0a1b"},
    frozenset({"agent"}),
    LOCALES,
    totp=True,
)
BANNED = Bans(
    (("address", "shouter@example.net", ago(days=-12)), ("domain", "lamps.example", None), ("network", "2001:db8::/48", ago(days=-3))),
    may_change=True,
    values={"kind": "address", "value": "", "days": "30"},
)
TRAIL = Trail(
    (
        TrailRow(ago(minutes=4), "Words struck out", "Maria López", "1042", "", is_case=True),
        TrailRow(ago(hours=3), "Account changed", "سارا احمدی", "jordi", "roles: agent -> agent lead", is_case=False),
        TrailRow(ago(days=2), "Person erased", "Somebody at the machine", "p-5f1c0a", "3 cases, 2 other rows", is_case=False),
        TrailRow(ago(days=9), "new.act", "left.long.ago", "", "", is_case=False),
    ),
    (Choice("case.redacted", "Words struck out"), Choice("person.erased", "Person erased")),
    AGENTS,
    act="case.redacted",
    older=17,
    is_newest=False,
)
COUNTS = (("cases", 3), ("messages", 11), ("ratings", 1), ("held", 0), ("mails", 0), ("bans", 0), ("elsewhere", 2))
DECIDED = replace(HELD, state="discarded", things=tuple(replace(each, by="Maria López") for each in HELD.things))
# name of the page, what it shows, changes of the frame
PAGES = {
    "queue": ("queue", QUEUE, {}),
    "queue-empty": ("queue", replace(QUEUE, rows=(), total=0, pages=1, filters=Filters("mine")), {"saved": "mine"}),
    "queue-filtered": ("queue", replace(QUEUE, rows=ROWS[:1], total=1, pages=1, filters=Filters("all", q="factura", status="open"), refused="Case 9 is closed."), {"saved": "all", "q": "factura"}),
    "case": ("case", CASE, {"done": "assigned"}),
    "case-closed": ("case", replace(CASE, status="closed", close_reason="duplicate", moves=(), merged_into=1038, slas=(), present=(), satisfaction="good"), {}),
    "new": ("new_case", NewCase(TEAMS, AGENTS, LOCALES, BLANK), {}),
    "new-wrong": ("new_case", NewCase(TEAMS, AGENTS, LOCALES, BLANK, {"subject": "required", "email": "bad_address"}), {}),
    "conflict": ("conflict", CONFLICT, {}),
    "conflict-facts": ("conflict", replace(CONFLICT, act="assign", fields=(("assignee", "sara"),), texts=(), mine=""), {}),
    "triage": ("triage", TRIAGE, {"section": "triage"}),
    "held": ("held", HELD, {"section": "held"}),
    "held-decided": ("held", DECIDED, {"section": "held"}),
    "bans": ("bans", BANNED, {"section": "bans"}),
    "bans-wrong": ("bans", Bans((), may_change=True, values={"kind": "network", "value": "x", "days": ""}, wrong={"value": "bad_network"}), {"section": "bans"}),
    "accounts": ("accounts", STAFF, {"section": "accounts"}),
    "account": ("account", ACCOUNT, {"section": "accounts"}),
    "account-new": ("account", replace(ACCOUNT, login="", totp=False, wrong={"login": "taken", "teams": "bad_team", "roles": "no_role"}), {"section": "accounts"}),
    "account-invited": ("account", replace(ACCOUNT, invitation="x" * 43, mine=True, values={**ACCOUNT.values, "disabled": "yes"}), {"section": "accounts"}),
    "account-changed": ("account", replace(ACCOUNT, changed=(("Name", "سارا احمدی"), ("Roles", "Agent, Lead"))), {"section": "accounts"}),
    "person": ("person", Person("joan.perez", wrong="bad_address"), {"section": "people"}),
    "person-found": ("person", Person("joan.perez@example.org", COUNTS, "found", may_erase=True, wrong="not_typed"), {"section": "people"}),
    "person-erased": ("person", Person("", (("cases", 3), ("messages", 11), ("others", 2)), "erased", is_swept=False), {"section": "people"}),
    "audit": ("audit", TRAIL, {"section": "audit"}),
    "audit-nothing": ("audit", replace(TRAIL, rows=(), about="nobody", older=0), {"section": "audit"}),
    "reports": ("reports", REPORTS, {"section": "reports"}),
    "settings": ("settings", SETTINGS, {"section": "settings"}),
    "settings-bare": ("settings", Settings((), (), "", (), ()), {"section": "settings"}),
    "profile": ("profile", Profile("maria@lumbra.example", LOCALES, totp=False, totp_needed=True), {"section": "profile"}),
    "profile-totp": ("profile", Profile("maria@lumbra.example", LOCALES, totp=False, secret="JBSWY3DPEHPK3PXP", uri="otpauth://totp/Desk:maria?secret=JBSWY3DPEHPK3PXP", wrong={"code": "wrong_code", "old": "wrong_password"}), {"section": "profile"}),
    "sign-in": ("sign_in", SignIn(), {"agent": ""}),
    "sign-in-wrong": ("sign_in", SignIn(login="maria", wrong="wrong"), {"agent": ""}),
    "sign-in-code": ("sign_in", SignIn("code"), {"agent": ""}),
    "sign-in-new": ("sign_in", SignIn("new", wrong="too_short", secret="x" * 43), {"agent": ""}),
    "problem": ("problem", Problem(409, "reply_first", allowed=("on_hold", "resolved")), {}),
    "not-found": ("problem", Problem(404, "not_found"), {}),
}  # fmt: skip
