"""MiniStack, taught what it lacks and we need. Run as a module in its place: `python -m local.aws.emulator`."""

import os
import runpy
from pathlib import Path

WITNESS = "WITNESS"  # names the file of a witness, if there is to be one
AHEAD = "AHEAD"  # names the file of the seconds that queues are ahead of time, if they are to be


def main() -> None:
    from ministack.services import dynamodb, sqs

    from local.aws import recovery, redrive

    redrive.teach(sqs)
    recovery.teach(dynamodb)
    if seconds := os.environ.get(AHEAD):
        from local.aws.ahead import Ahead

        sqs.time = Ahead(Path(seconds))
    if book := os.environ.get(WITNESS):
        _bring_a_witness(Path(book))
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)


def _bring_a_witness(book: Path) -> None:
    from ministack.core import iam_actions, iam_evaluator

    from local.aws import witness

    witness.name_senders(iam_actions)
    witness.watch(iam_evaluator, book)


if __name__ == "__main__":
    main()
