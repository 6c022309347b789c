"""One example of every page of the desk, with people's text of four scripts: for tests of rendering, accessibility and looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from feedback_service.desk.boards import (
    HeldPage,
    HeldThing,
    NewCase,
    Number,
    Policy,
    Problem,
    Profile,
    Reports,
    Settings,
    SignIn,
    Table,
    Triage,
    Vote,
)
from feedback_service.desk.views import (
    Article,
    CasePage,
    Change,
    Choice,
    Conflict,
    Entry,
    File,
    Filters,
    Frame,
    Other,
    Present,
    Queue,
    Reply,
    Row,
    Sla,
)

NOW = datetime(2026, 3, 12, 10, 20, tzinfo=UTC)
SAVED = ("mine", "unassigned", "open", "late", "waiting", "snoozed", "resolved", "all")
COUNTS = (7, 4, 31, 3, 9, 2, None, None)
EVERY_RIGHT = frozenset({"triage", "held", "reports", "settings"})
TEAMS = (Choice("billing", "Billing"), Choice("devices", "Devices"), Choice("delivery", "Delivery"))
AGENTS = (Choice("maria", "Maria López"), Choice("jordi", "Jordi Puig"), Choice("sara", "سارا محمدی"), Choice("mei", "林美華"))


def ago(**span: float) -> datetime:
    """Tell the moment so long before now."""
    return NOW - timedelta(**span)


def frame(locale: str = "en", **more) -> Frame:
    """Make what surrounds a page for Maria."""
    values = {
        "zone": "Europe/Madrid",
        "now": NOW,
        "agent": "maria",
        "name": "Maria López",
        "role": "lead",
        "section": "queue",
        "saved": "open",
        "views": tuple(Choice(name, count=count) for name, count in zip(SAVED, COUNTS, strict=True)),
        "waiting": {"triage": 12, "held": 2},
        "may": EVERY_RIGHT,
    }
    return Frame(locale, **{**values, **more})


ROWS = (
    Row(
        1042,
        3,
        "Problema amb la facturació",
        "Joan Pérez",
        "Em surten dos càrrecs del mateix mes a la targeta i no entenc per què.",
        "ca",
        "open",
        "high",
        "manual",
        ago(minutes=12),
        "Billing",
        "Maria López",
        ("factura",),
        unanswered=True,
        sla=Sla("first_response", "late", ago(hours=1, minutes=50)),
    ),
    Row(
        1057,
        1,
        "هاب بعد از به‌روزرسانی روشن نمی‌شود",
        "سارا محمدی",
        "سلام، از دیشب چراغ هاب قرمز است و برنامه آن را پیدا نمی‌کند.",
        "fa",
        "new",
        "urgent",
        "web",
        ago(minutes=4),
        "Devices",
        "",
        ("hub", "update"),
        unanswered=True,
        sla=Sla("first_response", "soon", NOW + timedelta(minutes=18)),
    ),
    Row(
        1055,
        6,
        "忘記密碼，重設信沒有收到",
        "王小明",
        "我試了三次，信箱和垃圾郵件都沒有。",
        "zh-Hant",
        "open",
        "normal",
        "email",
        ago(hours=1, minutes=5),
        "Billing",
        "林美華",
        unanswered=True,
        sla=Sla("next_response", "fine", NOW + timedelta(hours=3, minutes=10)),
    ),
    Row(
        1051,
        9,
        "Coletul nu a ajuns și curierul nu răspunde",
        "Ioana Dumitrescu",
        "Comanda este din 2 martie; pe pagina curierului nu apare nimic.",
        "ro",
        "on_hold",
        "high",
        "web",
        ago(hours=5),
        "Delivery",
        "Jordi Puig",
        ("courier", "lost", "march"),
        sla=Sla("resolution", "fine", NOW + timedelta(days=1, hours=2)),
    ),
    Row(
        1049,
        11,
        "A very long subject that somebody typed into the form because the form did not say how short it ought to be, and so it goes on",
        "Ann-Kathrin van der Somethingverylong-Jones",
        "I would like to know whether the lamp can be dimmed from the wall.",
        "en",
        "pending",
        "low",
        "web",
        ago(hours=20),
        "Devices",
        "Maria López",
        sla=Sla("resolution", "paused"),
    ),
    Row(
        1046,
        4,
        "Return label",
        "Pau",
        "Hello, where do I print the label for my return?",
        "en",
        "open",
        "normal",
        "feedback",
        ago(days=2),
        "",
        "",
        sla=None,
        unanswered=True,
    ),
    Row(
        1031,
        14,
        "Gift card not accepted",
        "Chris O'Neil",
        "It says the code is used, but it is new.",
        "en",
        "open",
        "normal",
        "web",
        ago(days=3),
        "Billing",
        "سارا محمدی",
        snoozed_until=NOW + timedelta(days=1),
        sla=None,
    ),
)
QUEUE = Queue(Filters(), ROWS, 31, 2, TEAMS, AGENTS, "abc", query="view=open")

THREAD = (
    Entry(
        "requester",
        ago(hours=2, minutes=50),
        "Joan Pérez",
        "Bon dia,\n\naquest mes m'heu cobrat dues vegades la subscripció: el dia 1 i el dia 3. Us adjunto la captura del banc.\n\nEm podeu dir què ha passat?\n\nJoan",
        "ca",
        "m1",
        files=(File("extracte-març.png", 184_320, "/desk/files/1"),),
    ),
    Entry("event", ago(hours=2, minutes=49), "time", event="sla_started", after={"field": "clock", "to": "first_response"}),
    Entry("event", ago(hours=1), "Jordi Puig", event="assigned", after={"field": "assignee", "to": "Maria López"}),
    Entry(
        "note",
        ago(minutes=50),
        "Jordi Puig",
        "He mirat el compte: la targeta va caducar el dia 2 i la nova va tornar a pagar. El segon càrrec és un error nostre.",
        "ca",
        "m2",
    ),
    Entry(
        "reply",
        ago(minutes=30),
        "Maria López",
        "Hola Joan,\n\ntens raó: el segon càrrec és un error nostre i ja l'hem tornat. El veuràs en un o tres dies laborables.\n\nPots confirmar-me els quatre últims números de la targeta?\n\nMaria",
        "ca",
        "m3",
    ),
    Entry("auto", ago(minutes=29), "Joan Pérez", "Sóc fora de l'oficina fins dilluns.", "ca", "m4"),
    Entry("event", ago(minutes=28), "Maria López", event="priority", after={"field": "priority", "to": "high"}),
    Entry("requester", ago(minutes=12), "Joan Pérez", "Gràcies! Acaba en 4021.", "ca", "m5"),
)
HISTORY = tuple(
    Change(seq, ago(minutes=170 - seq * 20), actor, kind, event, details)
    for seq, (actor, kind, event, details) in enumerate(
        (
            ("requester", "requester", "created", ()),
            ("clocks", "robot", "sla_started", ()),
            ("Jordi Puig", "agent", "assigned", (("assignee", "", "Maria López"),)),
            ("Jordi Puig", "agent", "note", ()),
            ("Maria López", "agent", "reply_out", ()),
            ("Maria López", "agent", "priority", (("priority", "normal", "high"),)),
        ),
        1,
    )
)
CASE = CasePage(
    1042,
    8,
    "Problema amb la facturació",
    "open",
    "high",
    "ca",
    "Catalan",
    "manual",
    ago(hours=2, minutes=50),
    "Joan Pérez",
    THREAD,
    ("open", "on_hold", "resolved", "closed"),
    "problem",
    "pagaments",
    "joan.perez@example.org",
    team="billing",
    team_name="Billing",
    assignee="jordi",
    assignee_name="Jordi Puig",
    tags=("factura", "targeta"),
    due_at=NOW + timedelta(days=1),
    query="cobrat dues vegades",
    needs_reason=False,
    slas=(
        Sla("next_response", "soon", NOW + timedelta(minutes=18)),
        Sla("resolution", "fine", NOW + timedelta(hours=5)),
        Sla("first_response", "met", ago(hours=1)),
    ),
    teams=TEAMS,
    agents=AGENTS,
    linked=(Article("kb-payfail", "a1", "Un pagament rebutjat", "https://help.example/ca/pagaments/", "ca", linked="used"),),
    suggested=(
        Article("kb-paymeth", "a1", "Actualitzar la informació de pagament", "https://help.example/ca/p/1", "ca", "pagaments", source=True),
        Article("kb-refund", "a1", "Quan rebràs els diners", "https://help.example/ca/p/2", "ca", "devolucions"),
        Article("kb-plus", "a1", "Cancel·lar Lumbra Plus", "https://help.example/ca/p/3", "ca", "subscripció"),
    ),
    replies=(
        Reply("kb-rpref1", "Resposta: la devolució ja és en camí", "Hola Joan,\n\nla teva devolució …", "ca"),
        Reply("kb-rpbank", "Resposta: el banc ha rebutjat el pagament", "Hola Joan,\n\nel teu banc …", "ca"),
        Reply("kb-rpclose", "Reply: closing without an answer", "Hello,\n\nwe have not heard …", "en"),
    ),
    others=(Other(988, "Com canvio la targeta?", "closed", "same_requester"), Other(1038, "Doble càrrec", "closed", "absorbed")),
    present=(Present("Jordi Puig", ago(minutes=2), writing=True),),
    history=HISTORY,
    may=frozenset({"split"}),
    before=1057,
    after=1055,
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
CONFLICT = Conflict(
    1042,
    11,
    "Problema amb la facturació",
    "write",
    (("kind", "reply"), ("then", "pending")),
    HISTORY[3:],
    (Entry("reply", ago(minutes=2), "Jordi Puig", "Hola Joan, ja t'hem tornat els diners.", "ca", "m9"),),
    "Hola Joan,\n\nacabo de mirar el teu compte …",
    "ca",
)

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
    "reports": ("reports", REPORTS, {"section": "reports"}),
    "settings": ("settings", SETTINGS, {"section": "settings"}),
    "settings-bare": ("settings", Settings((), (), "", (), ()), {"section": "settings"}),
    "profile": ("profile", Profile("maria@lumbra.example", LOCALES, totp=False, totp_needed=True), {"section": "profile"}),
    "profile-totp": ("profile", Profile("maria@lumbra.example", LOCALES, totp=False, secret="JBSWY3DPEHPK3PXP", uri="otpauth://totp/Desk:maria?secret=JBSWY3DPEHPK3PXP", wrong={"code": "wrong_code", "old": "wrong_password"}), {"section": "profile"}),
    "sign-in": ("sign_in", SignIn(), {"agent": ""}),
    "sign-in-wrong": ("sign_in", SignIn(login="maria", wrong="wrong"), {"agent": ""}),
    "sign-in-code": ("sign_in", SignIn("code"), {"agent": ""}),
    "problem": ("problem", Problem(409, "reply_first", allowed=("on_hold", "resolved")), {}),
    "not-found": ("problem", Problem(404, "not_found"), {}),
}  # fmt: skip
