"""Sending statements to a record store so that each arrives once, whatever the store answers.

Stores differ in what they say to a statement that they have already (204, 200 or 409) and in what a refused
batch leaves behind; this relies only on what xAPI 1.0.3, Communication 2.1.1-2.1.3 promises.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import requests

from xapi.answers import Answer, read, silence
from xapi.comparison import same
from xapi.statements import Version

TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and to wait for each part of an answer."""


NOT_FOUND = 404

Found = Literal["same", "different", "missing", "unknown"]
"""What a store has under a statement's id; unknown when it gave no usable answer."""


class Refusal(NamedTuple):
    """Why the store will never take a statement: its status and its words."""

    status: int
    answer: str


@dataclass
class SendReport:
    """What became of the statements, by id. Each id is in exactly one of the four."""

    delivered: list[str] = field(default_factory=list)
    refused: dict[str, Refusal] = field(default_factory=dict)
    retry: list[str] = field(default_factory=list)
    """To be sent again later: the store could not be reached, was too busy or let nobody in."""
    unsent: list[str] = field(default_factory=list)
    """Not begun, because the store took too long over the others."""
    paused: bool = False
    """The store refuses the sender and not the statements (401, 403, ...): wait, and tell somebody."""
    retry_after: float | None = None
    """Seconds that the store asked to wait."""
    status: int | None = None
    answer: str = ""
    """The last answer that made statements wait; status None when there was none at all."""


class StatementText(NamedTuple):
    """The JSON text of a statement, whose id is known without reading it."""

    id: str
    body: bytes


class Client:
    """A record store (LRS).

    Args:
        endpoint: the store's base URL, which ``/statements`` is added to.
        username, password: for HTTP Basic authentication; none is sent without a username.
        version: of xAPI, as the store expects it in its header.
        session: to send through, for example one that guards where requests may go.
        timeout: seconds to connect and to read.
    """

    def __init__(
        self,
        endpoint: str,
        username: str | None = None,
        password: str | None = None,
        version: Version = "1.0.3",
        session: requests.Session | None = None,
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self._url = f"{endpoint.rstrip('/')}/statements"
        self._auth = (username, password or "") if username else None
        self._headers = {"X-Experience-API-Version": version}
        self._session = session or requests.Session()
        self._timeout = timeout

    def send(
        self, statements: Sequence[bytes | str | StatementText], within: float | None = None
    ) -> SendReport:
        """Send statements, given as JSON texts with an ``id``, exactly as they are.

        Repeating it is safe: a statement that the store has already counts as delivered.

        Args:
            statements: each id once; of several texts with one id the last is sent.
            within: seconds after which no further request is begun.

        Raises:
            ValueError: a text is no JSON object with an id.
        """
        report = SendReport()
        texts = {text.id: text for text in map(_text, statements)}
        waiting = [list(texts.values())] if texts else []
        begun = time.monotonic()
        while waiting:
            if within is not None and time.monotonic() - begun > within:
                report.unsent = [text.id for batch in waiting for text in batch]
                break
            stopped = self._send_batch(waiting, report)
            if stopped is not None:
                _hold(report, stopped, waiting)
                break
        return report

    def find(self, statement: bytes | str) -> Found:
        """Whether the store has a statement that it once took, as it was sent.

        One that was voided there counts as had: it is only given back under another parameter
        (xAPI 1.0.3, Communication 2.1.3).

        Raises:
            ValueError: the text is no JSON object with an id.
        """
        text = _text(statement)
        found, _answer = self._look_up(text)
        if found == "missing" and self._look_up(text, by="voidedStatementId")[0] == "same":
            return "same"
        return found

    def any_statement(self) -> requests.Response:
        """Ask for one statement, whichever; nothing is stored. Tells whether the store lets the client in."""
        return self._session.get(
            self._url,
            params={"limit": "1"},
            headers=self._headers,
            auth=self._auth,
            timeout=self._timeout,
            allow_redirects=False,
        )

    def _send_batch(self, waiting: list[list[StatementText]], report: SendReport) -> Answer | None:
        """Send the first batch; one that is refused is put back as two halves, down to single statements.

        Returns:
            The answer that forbids to go on; the batch then still waits. Otherwise None.
        """
        batch = waiting[0]
        answer = self._post(batch)
        if answer.meaning == "refused" and len(batch) == 1:
            answer = self._look_again(batch[0], answer)
        if answer.waits:
            return answer
        del waiting[0]
        if answer.meaning == "taken":
            report.delivered += [text.id for text in batch]
        elif len(batch) == 1:
            report.refused[batch[0].id] = Refusal(answer.status or 0, answer.text)
        else:
            middle = len(batch) // 2
            waiting[:0] = [batch[:middle], batch[middle:]]
        return None

    def _post(self, batch: list[StatementText]) -> Answer:
        body = b"[" + b",".join(text.body for text in batch) + b"]"
        headers = self._headers | {"Content-Type": "application/json"}
        try:
            return read(
                self._session.post(
                    self._url,
                    data=body,
                    headers=headers,
                    auth=self._auth,
                    timeout=self._timeout,
                    allow_redirects=False,
                )
            )
        except requests.RequestException as error:
            return silence(error)

    def _look_again(self, text: StatementText, refused: Answer) -> Answer:
        """A 409 may only mean that the store has this very statement: then it is delivered."""
        if refused.status != 409:
            return refused
        found, answer = self._look_up(text)
        if found == "same" or answer.meaning == "busy":
            return answer
        return refused

    def _look_up(self, text: StatementText, by: str = "statementId") -> tuple[Found, Answer]:
        """What the store has under this id. Some answer 404 for an unknown one, others an empty list."""
        try:
            response = self._session.get(
                self._url,
                params={by: text.id},
                headers=self._headers,
                auth=self._auth,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return "unknown", silence(error)
        answer = read(response)
        return _found(response, answer, text), answer


def _found(response: requests.Response, answer: Answer, text: StatementText) -> Found:
    if response.status_code == NOT_FOUND:
        return "missing"
    if answer.meaning != "taken":
        return "unknown"
    stored = _stored(response)
    if stored is None:
        return "unknown"
    if stored == []:
        return "missing"
    return "same" if same(json.loads(text.body), stored) else "different"


def _stored(response: requests.Response) -> Any:
    """The statement in an answer; some stores give it in a list. None for what is neither."""
    try:
        found = response.json()
    except requests.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    listed = found.get("statements")
    if isinstance(listed, list):
        return listed[0] if listed else []
    return found


def id_of(statement: bytes | str) -> str:
    """The id in the JSON text of a statement; a ValueError where there is none."""
    return _text(statement).id


def _text(statement: bytes | str | StatementText) -> StatementText:
    if isinstance(statement, StatementText):
        return statement
    body = statement.encode() if isinstance(statement, str) else statement
    parsed = json.loads(body)
    if not isinstance(parsed, dict) or not isinstance(parsed.get("id"), str):
        raise ValueError("a statement is a JSON object with an id")
    return StatementText(parsed["id"], body)


def _hold(report: SendReport, answer: Answer, waiting: list[list[StatementText]]) -> None:
    report.retry = [text.id for batch in waiting for text in batch]
    report.paused = answer.meaning == "closed"
    report.retry_after = answer.retry_after
    report.status = answer.status
    report.answer = answer.text
