"""JSON in and out of the services, with their own media types."""

from typing import Annotated, Any, TypeVar

from flask import Response, jsonify, request
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Strict, ValidationError

from lti_tool.sandbox.service_error import ServiceError


def _is_text(value: object) -> object:
    if not isinstance(value, str) or "T" not in value:
        raise ValueError("must be an ISO 8601 date and time with its zone")
    return value


# Not strict, because after a check of one's own Pydantic no longer knows that the text came as JSON.
Moment = Annotated[AwareDatetime, Strict(False), BeforeValidator(_is_text)]
"""ISO 8601 with a zone (AGS 2.0, 3.4.5); Pydantic alone would also take seconds since 1970."""

Body = TypeVar("Body", bound=BaseModel)


def read_body(model: type[Body]) -> Body:
    """The request's JSON as ``model``; raises ServiceError 400 that names the first wrong member."""
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise ServiceError(400, "invalid_body", f"{where}: {first['msg']}.") from error


def json_answer(body: Any, media_type: str) -> Response:
    answer = jsonify(body)
    answer.mimetype = media_type
    return answer
