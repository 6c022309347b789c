"""One example of every page of the desk, with people's text of four scripts: for tests of rendering, accessibility and looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
EVERY_RIGHT = frozenset({"triage", "held", "bans", "reports", "settings", "accounts", "people", "audit"})
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
    may=frozenset({"split", "redact", "export", "person"}),
    before=1057,
    after=1055,
)
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
