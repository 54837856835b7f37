"""The OpenAPI schema is complete: generated without a warning, valid, and naming the shared problem details."""

from io import StringIO

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_schema_is_generated_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_operation_may_answer_with_a_problem_and_names_how_to_sign_in() -> None:
    schema = yaml.safe_load(Client().get("/api/schema/").content)
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert len(operations) > 10
    for operation in operations:
        answer = operation["responses"]["default"]["content"]
        assert list(answer) == ["application/problem+json"]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert all(path.startswith("/api/v1/") for path in schema["paths"])


def test_the_root_names_every_part_that_there_is() -> None:
    schema = yaml.safe_load(Client().get("/api/schema/").content)
    places = Client().get("/api/v1/").json()
    assert Client().get(places.pop("schema")).status_code == 200
    assert set(places.values()) <= set(schema["paths"])
    first = {path.removeprefix("/api/v1/").partition("/")[0] for path in schema["paths"]}
    # A month is named by its page: there is no list of them.
    assert first - {"months"} == set(places)
