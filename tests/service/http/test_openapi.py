"""The API does what its document says, whatever is sent: proved by schemathesis over a real connection into a real file."""

from __future__ import annotations

import itertools
import shutil
from contextlib import closing

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from service.http.live import MANIFEST, PORTAL, Live

from feedback_service.http.openapi import document

OPERATIONS = [(path, method) for path, methods in document("").get("paths").items() for method in methods]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture
def roomy(tmp_path, blank):
    """Start a service that believes the addresses that posts say they come from, so that no limit ends the test."""
    shutil.copy(blank, tmp_path)
    with closing(Live(tmp_path, proxies=("127.0.0.0/8",), flood=10**6)) as live:
        yield live


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[path.rpartition("/")[2] for path, _ in OPERATIONS])
def test_the_api_keeps_its_word(roomy, path, method, mode):
    """Whether a body fits the document or not: no 5xx, and no status, type or body that the document does not name."""
    operation = schemathesis.openapi.from_dict(document(str(roomy.client.base_url)))[path][method]
    clients = itertools.count()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def keeps(case, known):
        if known and isinstance(case.body, dict):
            case.body |= {name: MANIFEST["articles"][0][of] for name, of in (("article", "id"), ("locale", "locale")) if name in case.body}
        number = next(clients)
        headers = {"x-forwarded-for": f"10.{number % 250}.{number // 250}.1", "origin": PORTAL}
        answer = case.call(base_url=str(roomy.client.base_url), headers=headers)

        assert answer.status_code < 500
        case.validate_response(answer, checks=[status_code_conformance, content_type_conformance, response_schema_conformance])

    keeps()
