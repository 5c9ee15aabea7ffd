"""What becomes of a customer whose event was published, and of the way to Xledger."""

from local.rehearsal.events import number_of
from local.rehearsal.figures import now
from local.rehearsal.scene import Scene
from local.run.bodies import Body
from local.run.books import COMPANY
from moment_xledger.domain.errors import Why
from moment_xledger.domain.kinds import Kind
from moment_xledger.domain.records import Record, State


def arrives(scene: Scene, event: Body, seconds: float = 150) -> None:
    """In Xledger, once."""
    number = number_of(event)
    scene.stage.until(
        f"customer {number} is in Xledger", lambda: scene.stage.xledger.customers(number), seconds
    )
    scene.check(scene.stage.xledger.customers(number) == 1, f"customer {number} is in Xledger more than once")


def falls_to_nothing(scene: Scene, metric: str) -> None:
    """What the alarm looks at."""
    since = now()
    scene.stage.until(f"{metric} is 0", lambda: scene.stage.figures.of(metric, since)[-1:] == [0])


def closed(scene: Scene, why: Why) -> bool:
    ledger = scene.stage.use.ledger
    company = ledger.companies.get_known(COMPANY)
    return ledger.gates.get(company.token_id).closed_why is why


def is_known(scene: Scene, event: Body) -> bool:
    return _record(scene, event) is not None


def is_open(scene: Scene, event: Body) -> bool:
    record = _record(scene, event)
    return record is not None and record.state is State.DIRTY


def _record(scene: Scene, event: Body) -> Record | None:
    number = number_of(event)
    return scene.stage.use.ledger.records.by_number(COMPANY, Kind.CUSTOMER, [number]).get(number)
