"""Xledger's limits, and the keys that open it."""

import json
import re
from collections.abc import Callable

from local.rehearsal.carrying import arrives, closed
from local.rehearsal.events import a_customer
from local.rehearsal.figures import now
from local.rehearsal.people import Person
from local.rehearsal.scene import Scene
from local.rehearsal.simulated import TOKENS
from local.run.books import COMPANY
from moment_xledger.domain.errors import Why
from moment_xledger.domain.sessions import Role

SHORT = 15  # seconds, in place of an hour


def refused_for_speed(scene: Scene) -> None:
    """Somebody else leaves us hardly a request."""
    stage, waiting, since = scene.stage, a_customer(), now()
    stage.xledger.plan(burst=1, burst_seconds=3)
    stage.publish(waiting)
    stage.until("the alarm's figure rises", lambda: sum(stage.figures.of("XledgerSpeedRefusals", since)) > 0)
    tokens = set(re.findall(r'"token_id":"(\w+)"', scene.type("runs SyncCustomers").out))
    scene.check(len(tokens) == 1, f"the log names {len(tokens)} tokens")
    said = scene.type("aws dynamodb query", {"TOKEN_ID": tokens.pop()}).out
    scene.check(f"TENANT#{COMPANY}" in said, "the table does not tell whose token it is")
    stage.xledger.make_peace()
    arrives(scene, waiting)
    since, another = now(), a_customer()
    stage.publish(another)
    arrives(scene, another)
    scene.check(not any(stage.figures.of("XledgerSpeedRefusals", since)), "it is still refused")


def credits_always_empty(scene: Scene) -> None:
    stage, waiting, since = scene.stage, a_customer(), now()
    stage.xledger.plan(credits_per_hour=0, reset_after_seconds=SHORT)
    stage.publish(waiting)
    stage.until("the alarm's figure rises", lambda: sum(stage.figures.of("XledgerCreditRefusals", since)) > 0)
    scene.check(closed(scene, Why.CREDITS), "the gate is not closed")
    somebody = scene.somebody(Role.ADMINISTRATOR)
    stage.until("the overview tells since when it waits", lambda: _oldest(somebody), sweeping=False)
    stage.xledger.make_peace()
    stage.save({"requests_per_hour": 1000})
    arrives(scene, waiting)
    scene.check(not _oldest(somebody), "by the overview it still waits")
    stage.save({"requests_per_hour": None})


def token_refused(scene: Scene) -> None:
    """Somebody has deleted it in Xledger."""
    stage, waiting, before = scene.stage, a_customer(), len(list(scene.stage.mailbox))
    stage.save({"notify": ["leder@nordvik.example"]})
    stage.xledger.plan(tokens=[{"token": TOKENS[1]}])
    stage.publish(waiting)
    stage.until("the gate closes", lambda: closed(scene, Why.AUTH))
    stage.invoke("StartRuns")
    stage.until("the company has been told by mail", lambda: len(list(stage.mailbox)) > before)
    scene.check(
        "! " in scene.type("op company test", fails=True).out, "the test does not say that it is refused"
    )
    scene.type("op company create", keyboard=json.dumps({"xledger_token": TOKENS[1]}))
    said = scene.type("op company test").out
    scene.check("+ Xledger accepts the API key." in said, f"the test says: {said}")
    arrives(scene, waiting)


def leaked_key(scene: Scene) -> None:
    stage, waiting = scene.stage, a_customer()
    scene.type("op company create", keyboard=json.dumps({"xledger_token": TOKENS[2]}))
    stage.xledger.plan(tokens=[{"token": TOKENS[2]}])  # the old one is deleted there
    scene.type("op company test")
    stage.publish(waiting)
    arrives(scene, waiting)
    scene.cannot("Xledger's own log, CloudTrail, and keys of an AWS account")


def _oldest(somebody: Person) -> str | None:
    """Since when a customer waits, by the overview."""
    (customers,) = (each for each in somebody.facts("/overview")["kinds"] if each["kind"] == "customer")
    found: str | None = customers["oldest_waiting"]
    return found


ENTRIES: dict[str, Callable[[Scene], None]] = {
    "Refused for speed": refused_for_speed,
    "Credits always empty": credits_always_empty,
    "Token refused": token_refused,
    "Leaked key": leaked_key,
}
