"""Every secret that the code is given while a test runs is a canary: it must come out nowhere.

What counts is decided where secrets are made: a company's keys are those that become a `Token` or a `SoapLogin`, and
what opens a page is what `Links` and `Sessions` draw. Whatever is then written to the ledger, the bucket, a queue or
the log, is mailed, shown on a page or said by an error is looked at there and then, on the twins as on the real
adapters. Only modules that are loaded are looked at, so that no test starts more slowly than it must.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

SHORTEST = 10  # what is shorter stands in other words by accident
SIGNED = ("X-Amz-Signature", "?signed")  # a link to a file, of S3 and of its twin


class Watch:
    """`leaks` tells what was seen, where, and in which test; never the secret itself."""

    def __init__(self) -> None:
        self.leaks: list[str] = []
        self._standing: set[str] = set()
        self._keys: set[str] = set()
        self._passes: set[str] = set()
        self._has_begun = False

    def begin(self) -> None:
        """A test: what was planted by the one before is forgotten, what modules hold is not."""
        if not self._has_begun:
            self._standing, self._has_begun = set(self._keys), True
        self._keys, self._passes = set(self._standing), set(SIGNED)
        self.leaks.clear()

    def plant(self, *secrets: str | None) -> None:
        """Keys of a company; of a certificate the longest line, as no escaping changes that."""
        lines = [max(secret.splitlines(), key=len) for secret in secrets if secret]
        self._keys |= {line for line in lines if len(line) >= SHORTEST}

    def plant_pass(self, secret: str) -> str:
        """What opens a page to whoever has it: that page and its mail may hold it, and nothing else."""
        self._passes |= {secret} if len(secret) >= SHORTEST else set()
        return secret

    def look(self, place: str, texts: Iterable[str], *, passes: bool = True) -> None:
        for text in texts:
            if any(key in text for key in self._keys):
                self._tell(place, "a key")
            if passes and any(key in text for key in self._passes):
                self._tell(place, "a link or a session")

    def _tell(self, place: str, what: str) -> None:
        self.leaks.append(f"{what} in {place}, in {os.environ.get('PYTEST_CURRENT_TEST', 'no test')}")


WATCH = Watch()


class _Log(logging.Handler):
    """What others than our own logger say, of which `_our_log` sees what is written."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        WATCH.look("the log", [record.getMessage(), *([repr(error)] if error else [])])


def _texts(value: Any) -> Iterator[str]:
    """All text in an item, a message or an answer, however deep."""
    match value:
        case str():
            yield value
        case bytes():
            yield value.decode(errors="replace")
        case Mapping():
            for name, each in value.items():
                yield from _texts(name)
                yield from _texts(each)
        case list() | tuple() | set():
            for each in value:
                yield from _texts(each)


def _around(name: str, owner: str, method: str, look: Callable[..., None], *, after: bool = False) -> None:
    """Has `look` see the arguments of a method, or with `after` also what it answered; once its module is there."""
    module = sys.modules.get(name)
    if module is None or (name, owner, method) in _HOOKED:
        return
    _HOOKED.add((name, owner, method))
    kind = getattr(module, owner)
    original = getattr(kind, method)

    def looked_at(self: Any, *arguments: Any, **named: Any) -> Any:
        if after:
            answer = original(self, *arguments, **named)
            look(answer, self, *arguments, **named)
            return answer
        look(self, *arguments, **named)
        return original(self, *arguments, **named)

    setattr(kind, method, looked_at)


_HOOKED: set[tuple[str, str, str]] = set()


def _token(_: None, token: Any, *__: Any, **___: Any) -> None:
    WATCH.plant(token.secret)


def _login(_: None, login: Any, *__: Any, **___: Any) -> None:
    WATCH.plant(login.password, login.logon_key, login.certificate)


def _drawn(_: None, drawer: Any, *__: Any, **___: Any) -> None:
    draw = drawer._draw
    drawer._draw = lambda: WATCH.plant_pass(draw())


def _fingerprint_key(key: str, _: Any) -> None:
    WATCH.plant(key)


def _item(_: Any, key: tuple[str, str], __: Any, new: Any) -> None:
    WATCH.look("the ledger", [repr((key, new))])  # many thousands of times, so whatever is fastest


def _actions(_: Any, *actions: Any) -> None:
    for action in actions:
        parts = [getattr(action, name, None) for name in ("key", "attributes", "set", "set_once")]
        WATCH.look("the ledger", _texts(parts))


def _file(_: Any, key: str, body: Any, *__: Any, **___: Any) -> None:
    if hasattr(body, "seek"):
        content = body.read()
        body.seek(0)
    else:
        content = body
    WATCH.look("a file", _texts([key, content]))


def _message(_: Any, url: str, body: Mapping[str, Any], *__: Any, **___: Any) -> None:
    WATCH.look("a queue", _texts(body))


def _messages(_: Any, url: str, batch: Iterable[tuple[Mapping[str, Any], str]]) -> None:
    for body, _group in batch:
        _message(_, url, body)


def _mail(_: Any, message: Any, to: str) -> None:
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    texts = [*map(str, message.values()), *parts]
    WATCH.look("a mail", texts, passes=False)
    if any(mark in text for text in texts for mark in SIGNED):
        WATCH.look("a mail", SIGNED)


def _said(_: Any, *words: Any) -> None:
    WATCH.look("an error", map(str, words))


def _page(answer: Mapping[str, Any], *_: Any, **__: Any) -> None:
    WATCH.look("a page", _texts(answer), passes=False)


def _our_log(line: str, *_: Any, **__: Any) -> None:
    WATCH.look("the log", [line])


OURS = "moment_xledger."


def plant_what_is_made() -> None:
    """Before any test is read, for many have their secrets at the top."""
    _around(f"{OURS}domain.companies", "Token", "__init__", _token, after=True)
    _around(f"{OURS}domain.companies", "SoapLogin", "__init__", _login, after=True)


def look_at_what_is_loaded() -> None:
    _around(f"{OURS}adapters.ledger.links", "Links", "__init__", _drawn, after=True)
    _around(f"{OURS}adapters.ledger.sessions", "Sessions", "__init__", _drawn, after=True)
    _around(f"{OURS}adapters.secrets", "Vault", "_fingerprint_key", _fingerprint_key, after=True)
    _around(f"{OURS}adapters.table", "Table", "write", _actions)
    _around("local.twins.table", "FakeTable", "_replace", _item)
    for name, owner in ((f"{OURS}adapters.files", "Files"), ("tests.fakes", "FakeFiles")):
        _around(name, owner, "put", _file)
        _around(name, owner, "put_once", _file)
    _around("local.twins.world", "RejectedEvents", "put", _file)
    _around(f"{OURS}adapters.queues", "Queues", "send", _message)
    _around(f"{OURS}adapters.queues", "Queues", "_send_batch", _messages)
    for name, owner in ((f"{OURS}adapters.mail", "Mail"), ("tests.office", "FakePostman")):
        _around(name, owner, "send", _mail)
    _around(f"{OURS}domain.errors", "SyncError", "__init__", _said)
    _around(f"{OURS}domain.mails", "MailNotSent", "__init__", _said)
    _around(f"{OURS}observability", "Failed", "__init__", _said)
    _around(f"{OURS}observability", "_Listed", "serialize", _our_log, after=True)
    _around("aws_lambda_powertools.event_handler", "LambdaFunctionUrlResolver", "resolve", _page, after=True)


def watch_the_log() -> None:
    logging.getLogger().addHandler(_Log())
