"""The agents' API does what its document says, whatever is sent with a good token: proved by schemathesis through the application."""

from __future__ import annotations

import threading

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from service.office import Office

from feedback_service.http.agents import ENTRIES
from feedback_service.http.agents_openapi import with_agents
from feedback_service.http.openapi import document
from feedback_service.http.server import listen, make_server

DOCUMENT = with_agents(document("http://127.0.0.1:8001"))
BODIES = [
    (method, path, tuple(content["application/json"]["schema"]["properties"]))
    for path, methods in DOCUMENT["paths"].items()
    for method, described in methods.items()
    if (content := described.get("requestBody", {}).get("content"))
]
GOOD = {
    "version": 1,
    "text": "Hello",
    "article": "kb-1",
    "subject": "Lamp",
    "body": "Dark",
    "label": "CRM",
    "id": "nina",
    "case": 1002,
    "name": "N",
}
GOOD |= {"roles": ["agent"], "teams": [], "locale": "en", "helpful": "yes", "query": "lamp", "hour": "2026-03-04T12", "outcome": "sent"}
STRANGE = [[], [[]], {}, {"a": 1}, None, True, 1.5, -1, 10**18, "", "\ud800", "x" * 70_000]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """One office for all, which really listens: what is sent may change whatever it likes."""
    made = Office(tmp_path_factory.mktemp("office"))
    with listen("127.0.0.1", 0) as door:
        server = make_server(made.app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        made.url = f"http://127.0.0.1:{door.getsockname()[1]}"
        yield made
        server.should_exit = True
        thread.join(30)
    made.close()


def test_the_document_is_served(office):
    """Both halves of the API stand in one document, which needs no token."""
    plain = office.ask("GET", "/api/v1/openapi.json", by="").json()

    assert {"/api/v1/ratings", "/api/v1/cases/{number}"} <= set(plain["paths"])
    assert set(plain["paths"]["/api/v1/cases"]) == {"get", "post"}
    assert plain["paths"]["/api/v1/cases"]["get"]["summary"] == "List the cases that the agent sees, 50 a page."


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.method} {entry.path}")
def test_the_api_keeps_its_word(office, entry, mode):
    """Whether a request fits the document or not: no 5xx, and no status, type or body that the document does not name."""
    operation = schemathesis.openapi.from_dict(DOCUMENT)[entry.path][entry.method.lower()]
    secret = office.token("admin")

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode))
    def keeps(case):
        for name, there in (("number", office.cases["ours"]), ("login", "jordi")):
            if name in case.path_parameters and isinstance(case.body, dict):  # bodies are looked at where there is something to change
                case.path_parameters[name] = there
        answer = case.call(base_url=office.url, headers={"authorization": f"Bearer {secret}"})

        assert answer.status_code < 500
        case.validate_response(answer, checks=[status_code_conformance, content_type_conformance, response_schema_conformance])

    keeps()


@pytest.mark.parametrize(("method", "path", "names"), BODIES, ids=[f"{method} {path}" for method, path, _ in BODIES])
def test_no_field_of_another_sort_is_an_error_of_ours(office, method, path, names):
    """Each field of each body, whatever is in it while the others are as they should be: taken or refused, never 5xx."""
    secret = office.token("admin")
    where = path.format(number=office.cases["ours"], login="jordi")
    good = {name: GOOD[name] for name in names if name in GOOD}
    wrong = [
        (name, value, answer.status_code)
        for name in names
        for value in STRANGE
        if (answer := office.ask(method.upper(), where, by=secret, json=good | {name: value})).status_code >= 500
    ]

    assert wrong == []
