"""Input of the sandbox's own APIs that cannot be used, and reading JSON bodies."""

from typing import Any

from flask import request


class BadInputError(ValueError):
    """Names the field and the remedy; `http` is the answer's status."""

    def __init__(self, field: str, message: str, http: int = 400) -> None:
        super().__init__(message)
        self.field = field
        self.http = http

    def body(self) -> dict[str, Any]:
        """The error document of the control API and of the payment provider."""
        return {"error": {"field": self.field, "message": str(self)}}


def json_object() -> dict[str, Any]:
    """The request's JSON object; no body at all is an empty one. Raises BadInputError."""
    if not request.data:
        return {}
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadInputError("body", "the body must be a JSON object, sent as application/json")
    return body


def number_of(body: dict[str, Any], name: str, default: float, low: float, high: float) -> float:
    """A number within its limits. Raises BadInputError."""
    value = body.get(name, default)
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not low <= value <= high:
        raise BadInputError(name, f"{name} is a number from {low:g} to {high:g}")
    return float(value)


def flag_of(body: dict[str, Any], name: str, default: bool = False) -> bool:
    """true or false. Raises BadInputError."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise BadInputError(name, f"{name} is true or false")
    return value


def text_of(body: dict[str, Any], name: str, longest: int) -> str:
    """A text, neither missing nor blank. Raises BadInputError."""
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= longest:
        raise BadInputError(name, f"{name} is required, a text of up to {longest} characters")
    return value
