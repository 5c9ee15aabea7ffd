"""The world around one call of a function, with what may go wrong there: table, bucket and queues."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from random import Random
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import ClientError

from local.proof.fates import Fates, Meets, call_site
from local.proof.queues import Queue
from local.proof.scheduling import Died, Scheduler
from local.proof.slowness import SDK_TRIES, Service, Slowness
from local.twins.table import FakeTable
from moment_xledger.adapters.table import Action, DueKey, Item, Key

Answer = TypeVar("Answer")
LONGEST_STALL = 200  # seconds; a lease is 90


@dataclass(frozen=True)
class Outside:
    """Every call goes through here: it takes time, others carry on meanwhile, and the caller may not survive it."""

    scheduler: Scheduler
    fates: Fates
    note: Callable[[str], None]
    slowness: Slowness = field(default_factory=lambda: Slowness(Random(1)))

    def call(
        self,
        operation: str,
        carry_out: Callable[[], Answer],
        service: Service = Service.DYNAMODB,
        *,
        is_idempotent: bool = False,
    ) -> Answer:
        """`is_idempotent`: AWS knows the SDK's second try by its token."""
        task = self.scheduler.current
        if task is None:  # a checker or the stage itself
            return carry_out()
        task.stop_if_dead()
        site = call_site(operation)
        is_ours = site.count(" > ") > 1  # a flow, an adapter: not somebody of the proof who only looks
        meets = self.draw(site, service if is_ours else None)
        self.bad_luck(site, meets, "before")
        answer = carry_out()
        if meets == "is asked twice" and not is_idempotent:
            self.note(f"{task.name} {meets} {site}")
            answer = carry_out()
        self.pass_time(0.002, 0.03)
        if meets == "answers 5xx":
            self.note(f"{service} {meets} to {task.name}, when all was done: {site}")
            raise self.slowness.failure(service)
        self.bad_luck(site, meets, "after")
        return answer

    def draw(self, site: str, service: Service | None) -> Meets:
        """Raises what the SDK says when its tries are over, of a service of AWS that refuses calls now."""
        task, now = self.scheduler.current, self.scheduler.now
        is_slow = service is not None and self.slowness.refuses(service, now)
        meets: Meets = "nothing" if is_slow else self.fates.draw(site, is_aws=service is not None)
        if service is None or task is None or not (is_slow or meets == "slows down"):
            return meets
        if not is_slow:
            self.slowness.begin(service, now)
        self.note(f"{service} tells {task.name} to slow down: {site}")
        self.pass_time(*SDK_TRIES)
        raise self.slowness.refusal(service, task)

    def bad_luck(self, site: str, meets: str, when: str) -> None:
        task = self.scheduler.current
        if task is None or not meets.endswith(when):
            return
        self.note(f"{task.name} {meets} {site}")
        if meets.startswith("dies"):
            task.is_dead = True
            raise Died
        self.pass_time(1, LONGEST_STALL)

    def pass_time(self, least: float, most: float) -> None:
        self.scheduler.wait(timedelta(seconds=self.fates.random.uniform(least, most)))


class TableTwin(FakeTable):
    """Between a read and a write, others write; each is whole in itself."""

    def __init__(self, outside: Outside) -> None:
        super().__init__()
        self._outside = outside

    def get(self, key: Key) -> Item | None:
        return self._outside.call("get", lambda: FakeTable.get(self, key))

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        wanted = list(dict.fromkeys(keys))

        def read() -> dict[Key, Item]:
            return {key: item for key in wanted if (item := FakeTable.get(self, key))}

        return self._outside.call("get_many", read)

    def query(self, pk: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        yield from self._outside.call("query", lambda: list(FakeTable.query(self, pk, prefix, **how)))

    def due(self, shard: str, until: str, limit: int | None = None) -> Iterator[DueKey]:
        yield from self._outside.call("due", lambda: list(FakeTable.due(self, shard, until, limit)))

    def write(self, *actions: Action) -> None:
        self._outside.call("write", lambda: FakeTable.write(self, *actions), is_idempotent=len(actions) > 1)


class NoSuchKey(ClientError):  # as boto3 names it
    pass


class BucketTwin:
    """As boto3's client for S3. `changed` are files of which somebody put other bytes over the first ones."""

    exceptions = SimpleNamespace(NoSuchKey=NoSuchKey)

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self.files: dict[str, bytes] = {}
        self.changed: list[str] = []
        self.watch: Callable[[str, bytes], None] = lambda name, content: None  # hears of each new file

    def put_object(self, *, Key: str, Body: Any, IfNoneMatch: str = "", **_: Any) -> None:  # noqa: N803
        body = Body if isinstance(Body, bytes) else Body.read()
        self._outside.call("put_object", lambda: self._put(Key, body, bool(IfNoneMatch)), Service.BUCKET)

    def _put(self, key: str, body: bytes, only_if_absent: bool) -> None:
        if only_if_absent and key in self.files:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        if self.files.get(key, body) != body:
            self.changed.append(key)
        if key not in self.files:
            self.watch(key, body)
        self.files[key] = body

    def generate_presigned_url(self, _: str, Params: Mapping[str, Any], ExpiresIn: int) -> str:  # noqa: N803
        """Made without asking anybody."""
        until = self._outside.scheduler.now + timedelta(seconds=ExpiresIn)
        return f"https://bucket.example/{Params['Key']}?until={until.timestamp()}"

    def fetch(self, link: str) -> bytes | None:
        """What a browser gets; nothing when the link is too old."""
        parts = urlsplit(link)
        until = float(parse_qs(parts.query)["until"][0])
        return self.files[parts.path[1:]] if self._outside.scheduler.now.timestamp() <= until else None

    def head_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        found = self._outside.call("head_object", lambda: self.files.get(Key), Service.BUCKET)
        if found is None:
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")
        return {"Metadata": {"sha256": hashlib.sha256(found).hexdigest()}, "ContentLength": len(found)}

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        found = self._outside.call("get_object", lambda: self.files.get(Key), Service.BUCKET)
        if found is None:
            raise NoSuchKey({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": BytesIO(found)}


@dataclass(frozen=True)
class QueuesTwin:
    """As boto3's client for SQS; a queue's name is its address."""

    outside: Outside
    queues: Mapping[str, Queue]

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0, **_: Any) -> None:  # noqa: N803
        delay = timedelta(seconds=DelaySeconds)
        self.outside.call(
            f"send to {QueueUrl}", lambda: self.queues[QueueUrl].put(MessageBody, delay), Service.QUEUES
        )

    def send_message_batch(self, *, QueueUrl: str, Entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803
        def put() -> None:
            for entry in Entries:
                self.queues[QueueUrl].put(entry["MessageBody"])

        self.outside.call(f"send many to {QueueUrl}", put, Service.QUEUES)
        return {}

    def get_queue_attributes(self, *, QueueUrl: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        waiting = self.outside.call("count", self.queues[QueueUrl].visible, Service.QUEUES)
        return {"Attributes": {"ApproximateNumberOfMessages": str(waiting)}}

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803
        queue = self.queues[QueueUrl]
        self.outside.call(
            "hide", lambda: queue.change_visibility(ReceiptHandle, VisibilityTimeout), Service.QUEUES
        )
