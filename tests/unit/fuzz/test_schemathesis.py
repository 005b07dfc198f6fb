"""Schemathesis reads the OpenAPI document and tries each call, in this process: its judgement beside our own."""

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fakes.api_server import ApiServer
from fakes.openapi import DOCUMENT

SERVER = ApiServer()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = SERVER.app
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@SCHEMA.exclude(path=["/underlay/v1/feed"]).parametrize()
@settings(max_examples=2, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_a_call_answers_as_described(case: schemathesis.Case) -> None:
    """Whatever fits the document's request gets an answer that fits its responses."""
    case.call_and_validate(headers={"X-Auth-Token": "admin"}, checks=CHECKS)
