"""What people do in Xledger and to Moment's numbers while the story of `belonging` goes on, and a deployment that
begins with a demo of Xledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from local.proof.arrivals import accounts_in
from local.proof.belonging import (
    FJELL,
    FJELLVIK,
    FJORD,
    FJORDVIK,
    SWAPPED,
    strangers,
    strangers_in_register,
    swapped,
)
from local.proof.deployment import ENVIRONMENT, TwinWiring
from local.proof.network import Network
from local.proof.places import Belonging, Deed
from local.proof.scheduling import Scheduler
from local.proof.stage import Setting, Stage
from local.proof.story import Published
from local.proof.witness import NUMBERED, Whose, Witness, whose
from local.xledger.engine import Xledger

DEMO = "https://demo.xledger.example/graphql"
MEDDLES = 0.15  # of our updates of customers and projects
A_MINUTE = timedelta(minutes=1)
AGAIN = 3 * A_MINUTE
AT_ONCE = timedelta(seconds=10)
LATE = timedelta(minutes=40)
A_HALF_OF_THEM = 0.65  # of the time at which two numbers are swapped, as `belonging` draws it
PATIENCE = timedelta(hours=1)  # for records that are not in Xledger yet


def unrest_of(
    stage: Stage, scheduler: Scheduler, random: Random, setting: Setting, note: Callable[[str], None]
) -> "Unrest | None":
    """People made what is there before us, and a witness sees all that comes. A demo has nothing of theirs, so the ids
    that are learnt there are those of strangers' records here."""
    told, here = stage.story.belonging, stage.network
    if told is None:
        return None
    stage.witness = witness = Witness(scheduler)
    witness.watch(here.server)
    for order in (*strangers(), *strangers_in_register()):
        witness.by_hand(here.server, order)
    if told.begins_as_demo:
        demo = Xledger(here.server.plan, clock=scheduler.clock)
        stage.network = Network(demo, here.outside, here.requests, url=DEMO)
    unrest = Unrest(stage, witness, told, scheduler, random, setting.size.period, note)
    stage.bucket.watch = unrest.note_file
    here.before = stage.network.before = unrest.meddle
    return unrest


@dataclass
class Unrest:
    stage: Stage
    witness: Witness
    told: Belonging
    scheduler: Scheduler
    random: Random
    period: timedelta
    note: Callable[[str], None]
    deployment: TwinWiring | None = None

    def begin(self, publish: Callable[[Published], None]) -> None:
        begun = self.scheduler.now
        for deed in self.told.deeds:
            self.scheduler.later(deed.at, lambda deed=deed: self._do(deed, begun))  # type: ignore[misc]
        self.scheduler.later(self._first_look, lambda: self._swap(publish, begun))
        if self.told.begins_as_demo:
            self.scheduler.later(self.period * self.random.uniform(0.2, 0.6), self._go_live)

    def _do(self, deed: Deed, begun: datetime) -> None:
        """As soon as the record is there."""
        order = dict(deed.order)
        if "record" in order:
            found = self._held(order["kind"], order["record"], deed.owner_code)
            if not found:
                self._later(lambda: self._do(deed, begun), begun)
                return
            order["record"] = found[0]["dbId"]
        self.note(f"by hand: {deed.order}")
        made = self.witness.by_hand(self.stage.server, order)
        if made and deed.is_ours:
            self.witness.are_ours.add(made["dbId"])
        if deed.then:
            then = deed.then
            self.scheduler.later(then.at, lambda: self._do(then, begun))

    @property
    def _swaps_at_once(self) -> bool:
        """As soon as both are in Xledger, so that the answer may still be on its way, or lost."""
        return self.told.swap_at < self.period * A_HALF_OF_THEM

    @property
    def _first_look(self) -> timedelta:
        return AT_ONCE if self._swaps_at_once else self.told.swap_at

    def _swap(self, publish: Callable[[Published], None], begun: datetime) -> None:
        """When Xledger has both, the one that counts, whether or not the ledger knows it."""
        if not all(map(self._is_in_xledger, SWAPPED)):
            again = AT_ONCE if self._swaps_at_once else AGAIN
            self._later(lambda: self._swap(publish, begun), begun, again)
            return
        self.note("two customers of fjordvik have each other's number in Moment")
        saved, invoices = swapped(self.stage.story)
        for event in saved:  # Moment has changed both, whenever the events come; an invoice may overtake them
            self.stage.moment.take(event)
        late = A_MINUTE if self._swaps_at_once else LATE
        for events, within in ((saved, late), (invoices, 4 * A_MINUTE)):
            for event in events:
                each = Published(within * self.random.random(), event)
                self.scheduler.later(each.at, lambda each=each: publish(each))  # type: ignore[misc]
        self.stage.story.swapped.extend(Published(timedelta(), event) for event in saved)

    def _is_in_xledger(self, number: str) -> bool:
        wanted = Whose(FJORDVIK, self.stage.story.customers[FJORDVIK, number]["id"])
        return wanted in [whose(each["description"]) for each in self._held("customers", number, FJORD)]

    def _held(self, kind: str, code: str, owner: int) -> list[Mapping[str, Any]]:
        found = self.stage.server.state.tables[kind].find("code", code)
        return [each for each in found if each["owner"]["ownerCode"] == owner]

    def _later(self, what: Callable[[], None], begun: datetime, again: timedelta = AGAIN) -> None:
        if self.scheduler.now < begun + PATIENCE:
            self.scheduler.later(again, what)

    def _go_live(self) -> None:
        """The whole deployment, from the demo."""
        self.note("the deployment speaks to another Xledger")
        before, url = self.stage.network, ENVIRONMENT["XLEDGER_URL"]
        self.stage.network = Network(self.stage.server, before.outside, before.requests, url=url)
        self.stage.network.before = self.meddle
        if self.deployment:
            self.deployment.speak_to(self.stage.network)

    def meddle(self, operation: str, variables: Mapping[str, Any]) -> None:
        """Somebody gives a record another number between our look and our write."""
        kind = operation.removeprefix("Update").lower()
        if kind not in NUMBERED or self.stage.fates.over or self.random.random() > MEDDLES:
            return
        for each in variables.get("inputs", ()):
            found = self.stage.server.state.tables[kind].get(int(each["node"]["dbId"]))
            if found and found["owner"]["ownerCode"] == FJELL:
                number = found["code"]
                self.told.touched.add((FJELLVIK, kind[:-1], number))
                order = {"do": "renumber", "kind": kind, "record": found["dbId"], "code": f"{number}X"}
                self.note(f"by hand, at this moment: {order}")
                self.witness.by_hand(self.stage.server, order)
                return

    def note_file(self, name: str, content: bytes) -> None:
        company = next((each.id for each in self.stage.story.companies if f"/{each.id}/" in name), None)
        if company and name.endswith(".csv"):
            rows = accounts_in(content.decode())
            self.witness.invoices_left(company, rows, self.stage.network.server)
