"""Who calls: logon keys given and looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from local.xledger.soap.description import Values
from local.xledger.soap.envelope import SoapFault
from local.xledger.soap.plan import SoapPlan, UserPlan


@dataclass(frozen=True)
class _Key:
    user: str
    given: datetime


class Logons:
    """Each logon gives a new key; those given before live on until their time is over."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._keys: dict[str, _Key] = {}

    def new_key(self, plan: SoapPlan, asked: Values) -> str:
        user = _user(plan, asked["sLogonID"])
        if user is None or user.password != asked["sPassword"]:
            raise SoapFault("Invalid user name or password.")
        _check_application(plan, asked)
        key = uuid4().hex
        self._keys[key] = _Key(user.userName, self._clock())
        return key

    def user_of(self, plan: SoapPlan, asked: Values, operation: str) -> UserPlan:
        """Of any request that carries a key; a SoapFault says why it may not be made."""
        name = asked.get("sUserName") or asked.get("sLogonID")
        user = _user(plan, name)
        if user is None:
            raise SoapFault("Invalid user name.")
        _check_application(plan, asked)
        self._check_key(plan, user, asked["sKey"])
        if operation in user.denied:
            raise SoapFault(f"The user has no access to {operation}.")
        return user

    def _check_key(self, plan: SoapPlan, user: UserPlan, key: str | None) -> None:
        if key is not None and key == user.key:
            return
        known = self._keys.get(key or "")
        if known is None or known.user != user.userName:
            raise SoapFault("Invalid logon key.")
        if self._clock() >= known.given + timedelta(seconds=plan.key_life_seconds):
            raise SoapFault("The logon key has expired.")


def _user(plan: SoapPlan, name: str | None) -> UserPlan | None:
    return next((user for user in plan.users if user.userName == name), None)


def _check_application(plan: SoapPlan, asked: Values) -> None:
    if asked["sApplication"] not in plan.applications:
        raise SoapFault("Unknown application.")
