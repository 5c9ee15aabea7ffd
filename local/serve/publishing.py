"""Events into what `serve` keeps running, from another terminal."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import boto3
from botocore.exceptions import EndpointConnectionError

from local.run.bodies import bodies, event_files
from local.run.misuse import Misuse
from local.run.publishing import publish

_NOTE = "serving.json"


@dataclass(frozen=True)
class Running:
    """Where events go, and how an AWS client finds its way there."""

    queue: str
    environment: Mapping[str, str]

    def write(self, folder: Path) -> None:
        (folder / _NOTE).write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")

    @staticmethod
    def forget(folder: Path) -> None:
        (folder / _NOTE).unlink(missing_ok=True)

    @staticmethod
    def read(folder: Path) -> "Running":
        try:
            return Running(**json.loads((folder / _NOTE).read_text("utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            raise Misuse(
                f"--out {folder}: nothing is served from there; start `python -m local serve`."
            ) from None


def publish_into(folder: Path, paths: Sequence[Path]) -> int:
    """Status 1 if the queue refused some of them."""
    running, files = Running.read(folder), event_files(paths)
    try:
        refused = publish(_queue(running), running.queue, bodies(files), told=lambda sent: None)
    except EndpointConnectionError:
        raise Misuse(f"--out {folder}: what was served from there has ended; start it again.") from None
    count = sum(1 for _ in bodies(files))
    print(f"Published {count - len(refused)} of {count} events.")
    return 1 if refused else 0


def _queue(running: Running) -> object:
    session = boto3.Session(
        running.environment["AWS_ACCESS_KEY_ID"],
        running.environment["AWS_SECRET_ACCESS_KEY"],
        region_name=running.environment["AWS_REGION"],
    )
    return session.client("sqs", endpoint_url=running.environment["AWS_ENDPOINT_URL"])
