"""SQS and Lambda's polling, as documented: at least once, in no order, hidden while they are worked on, counted, and
put aside after too many receives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from local.proof.fates import Fates
from local.proof.scheduling import Died, Scheduler

LONGEST = timedelta(hours=12)
Handler = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Message:
    id: str
    body: str
    visible_at: datetime
    receives: int = 0
    first_received: datetime | None = None


@dataclass(frozen=True)
class Shape:
    """As in the template."""

    visibility: timedelta
    most_receives: int
    batch: int = 1
    concurrency: int = 3


@dataclass
class Room:
    """How many functions an account may run at once, and how often Lambda had no room for one."""

    most: int
    running: int = 0
    turned_away: int = 0

    def enter(self) -> bool:
        has_room = self.running < self.most
        self.running += has_room
        self.turned_away += not has_room
        return has_room

    def leave(self) -> None:
        self.running -= 1


@dataclass
class Queue:
    """`carries_data` is true of Moment's own queue, whose messages nobody else can make again. It takes Lambda up to
    `notices` seconds to see a new one."""

    name: str
    shape: Shape
    handler: Handler
    scheduler: Scheduler
    fates: Fates
    note: Callable[[str], None]
    carries_data: bool = False
    notices: float = 5
    messages: dict[str, Message] = field(default_factory=dict)
    dead: list[Message] = field(default_factory=list)
    receipts: dict[str, Message] = field(default_factory=dict)
    at_work: int = 0
    room: Room | None = (
        None  # where there is none, the batch was received, and comes again when it is visible
    )
    _ids: Any = field(default_factory=count)

    def put(self, body: str, delay: timedelta = timedelta()) -> None:
        """Perhaps twice; a wake perhaps never."""
        rates = self.fates.rates
        if not self.carries_data and self.fates.happens(rates.lost_wakes):
            self.note(f"a message to {self.name} is lost")
            return
        for _ in range(1 + self.fates.happens(rates.doubled_messages)):
            message = Message(f"{self.name}-{next(self._ids)}", body, self.scheduler.now + delay)
            self.messages[message.id] = message
            late = timedelta(seconds=self.fates.random.uniform(0, self.notices))
            self.scheduler.later(delay + late, self.poll)

    def poll(self) -> None:
        visible = [m for m in self.messages.values() if m.visible_at <= self.scheduler.now]
        if not visible:
            return
        if self.at_work >= self.shape.concurrency:
            self.scheduler.later(timedelta(seconds=1), self.poll)
            return
        self.fates.random.shuffle(visible)
        batch = [m for m in visible[: self.fates.random.randint(1, self.shape.batch)] if self._receive(m)]
        if len(visible) > len(batch):
            self.scheduler.later(timedelta(milliseconds=200), self.poll)
        if batch and (self.room is None or self.room.enter()):
            self.at_work += 1
            self.scheduler.start(f"{self.name}/{batch[0].id}", lambda: self._call(batch))

    def _receive(self, message: Message) -> bool:
        message.receives += 1
        if message.receives > self.shape.most_receives:
            self.dead.append(self.messages.pop(message.id))
            return False
        message.first_received = message.first_received or self.scheduler.now
        self._hide(message, self.shape.visibility)
        return True

    def _hide(self, message: Message, time: timedelta) -> None:
        message.visible_at = self.scheduler.now + time
        self.scheduler.later(time + timedelta(milliseconds=1), self.poll)

    def _call(self, batch: list[Message]) -> None:
        records = []
        for message in batch:
            receipt = f"{message.id}/{message.receives}"
            self.receipts[receipt] = message
            records.append({"messageId": message.id, "receiptHandle": receipt, "body": message.body})
        try:
            answer = self.handler({"Records": records})
        except Died:
            raise
        except Exception as error:  # noqa: BLE001 -- as Lambda: the messages come back
            self.note(f"{self.name}: the function failed with {type(error).__name__}: {error}")
        else:
            self._delete(batch, {each["itemIdentifier"] for each in answer["batchItemFailures"]})
        finally:
            self.at_work -= 1
            if self.room:
                self.room.leave()

    def _delete(self, batch: list[Message], failed: set[str]) -> None:
        for message in batch:
            if message.id not in failed and not self.fates.happens(self.fates.rates.lost_deletes):
                self.messages.pop(message.id, None)

    def change_visibility(self, receipt: str, seconds: int) -> None:
        """Of a message that is gone, or for more than twelve hours in all, it is refused."""
        message = self.receipts[receipt]
        time = timedelta(seconds=seconds)
        first = message.first_received or self.scheduler.now
        if message.id not in self.messages or self.scheduler.now + time > first + LONGEST:
            raise ClientError({"Error": {"Code": "InvalidParameterValue"}}, "ChangeMessageVisibility")
        self._hide(message, time)

    def visible(self) -> int:
        return sum(1 for message in self.messages.values() if message.visible_at <= self.scheduler.now)

    def purge(self) -> None:
        self.messages.clear()

    def redrive(self) -> None:
        """What an operator does with what was put aside: new messages, new ids."""
        dead, self.dead = self.dead, []
        for message in dead:
            self.put(message.body)
