"""The OpenAPI schema: what every operation shares."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes `Authorization: Bearer teg_…`."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A token from your settings page."}


def with_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of the schema: every operation may answer with problem details."""
    text = {"type": "string"}
    maybe = {"type": "string", "nullable": True}
    one = {
        "type": "object",
        "properties": {"field": maybe, "code": text, "detail": text, "clause": maybe},
        "required": ["field", "code", "detail", "clause"],
    }
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = {
        "type": "object",
        "description": "Problem details (RFC 9457) with the same sentence as the page.",
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": text,
            "clause": text,
            "errors": {"type": "array", "items": one},
        },
        "required": ["type", "title", "status", "detail"],
    }
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    answer = {"description": "Refused", "content": {"application/problem+json": reference}}
    for path in result.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict):
                operation.setdefault("responses", {})["default"] = answer
    return result
