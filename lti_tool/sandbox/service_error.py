"""A refusal by one of the services, told as JSON."""

from collections.abc import Mapping

from flask import Response, jsonify


class ServiceError(Exception):
    """Becomes an answer with this status; ``code`` is for programs, ``message`` for the tool's developer."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def response(self) -> Response:
        # Both spellings: `error_description` is OAuth's (RFC 6749, 5.2).
        answer = jsonify(error=self.code, error_description=self.message)
        answer.status_code = self.status
        answer.headers.update(self.headers)
        return answer
