"""An end to a whole HTTP exchange: handshake, headers and body, however slowly each byte drips in.

The time-out of `requests` is for each read of the socket, so one byte a second outlasts it. Here a timer shuts the
connection down when the time is over.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

GRACE = 0.1  # seconds: the time-out of a read that brings nothing at all says more, so it comes first
_current = threading.local()  # the deadline of this thread's request


class _Deadline:
    """It has handles of its own to the sockets: a response outlives the connection object that it came through."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self.is_over = self.has_cut = False

    def watch(self, connected: socket.socket) -> None:
        with self._lock:
            self._handles.append(socket.socket(fileno=os.dup(connected.fileno())))
            if self.is_over:
                self._shut_all()

    def arrive(self) -> None:
        with self._lock:
            self.is_over = True
            self._shut_all()

    def _shut_all(self) -> None:
        for handle in self._handles:
            self.has_cut = True
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()


def _watch(connected: socket.socket | None) -> None:
    deadline: _Deadline | None = getattr(_current, "deadline", None)
    if deadline and connected:
        deadline.watch(connected)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        _watch(made)
        return made

    def request(self, *arguments: Any, **named: Any) -> None:
        _watch(self.sock)  # one that was kept from an earlier request
        super().request(*arguments, **named)


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        _watch(made)
        return made

    def request(self, *arguments: Any, **named: Any) -> None:
        _watch(self.sock)
        super().request(*arguments, **named)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *arguments: Any, **named: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **named)
        manager.pool_classes_by_scheme = _POOLS
        return manager


@contextmanager
def within(time: timedelta, session: requests.Session) -> Iterator[None]:
    """Raises `requests.Timeout` if what is done inside, by this thread and through this session, takes longer."""
    for address, adapter in list(session.adapters.items()):
        if type(adapter) is HTTPAdapter:
            session.mount(address, _Adapter())
    deadline = _Deadline()
    timer = threading.Timer(time.total_seconds() + GRACE, deadline.arrive)
    timer.daemon = True
    _current.deadline = deadline
    timer.start()
    try:
        yield
    except Exception:
        if not deadline.has_cut:  # also where no connection was made in time: nothing was sent
            raise
    finally:
        timer.cancel()
        _current.deadline = None
        deadline.forget()
    if deadline.has_cut:  # what was cut may look like any trouble, or like the end of an answer
        raise requests.Timeout("the answer is too long in coming")
