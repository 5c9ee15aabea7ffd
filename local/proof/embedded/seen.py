"""What is left outside at the end, in the shape in which the checkers of the simulation look at it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from functools import cached_property
from typing import Any

import requests

from local.proof.embedded.stage import RECEPTION, Stage
from local.run.arrivals import in_mails
from moment_xledger.domain.companies import Route


@dataclass(frozen=True)
class SeenXledger:
    url: str

    def seen(self) -> dict[str, Any]:
        return dict(requests.get(f"{self.url}/_state", timeout=60).json())


class SeenBucket:
    """`changed` are files of which somebody put other bytes over the first ones: every version is kept."""

    def __init__(self, s3: Any, name: str) -> None:
        self._s3, self._name = s3, name

    def files(self, company: str) -> Iterator[tuple[str, bytes]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix="exports/")
        for key in (each["Key"] for page in pages for each in page.get("Contents", [])):
            if key.endswith(".csv") and f"/{company}/" in key:
                yield key, self._s3.get_object(Bucket=self._name, Key=key)["Body"].read()

    @property
    def changed(self) -> list[str]:
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._name, Prefix="exports/")
        contents = {(each["Key"], each["ETag"]) for page in pages for each in page.get("Versions", [])}
        return [key for key, count in Counter(key for key, _ in contents).items() if count > 1]


@dataclass(frozen=True)
class SeenPost:
    stage: Stage

    @cached_property
    def sent(self) -> list[tuple[str, Message]]:
        """Those that tell of an export."""
        read = [
            (mail.to, message_from_bytes(mail.path.read_bytes(), policy=policy.default))
            for mail in self.stage.mailbox
        ]
        ours = [
            (to, message) for to, message in read if str(message["X-Moment-Xledger-Id"]).startswith("export-")
        ]
        return [(reader, message) for to, message in ours for reader in to]


class Seen:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.story = stage.story
        self.server = SeenXledger(stage.xledger_url)
        self.bucket = SeenBucket(stage.aws.client("s3"), stage.bucket)
        self.post = SeenPost(stage)

    def csv_files(self, company: str) -> Iterator[tuple[str, bytes]]:
        return self.bucket.files(company)

    def wrong_mails(self) -> Iterator[str]:
        """Each invoice of the company that mails them came in one mail, once."""
        (company,) = self._stage.companies(Route.EMAIL)
        arrived = in_mails(self._stage.mailbox, RECEPTION)
        wanted = [str(number) for number in self.story.invoices[company]]
        yield from arrived.wrong
        yield from (f"invoice {n} of {company} came in no mail" for n in wanted if not arrived.numbers[n])
        yield from (f"invoice {n} came {count} times" for n, count in arrived.numbers.items() if count > 1)
        yield from (f"invoice {n} was never published" for n in arrived.numbers if n not in wanted)
