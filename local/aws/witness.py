"""A witness inside the emulator: every right that is asked for by a function's role goes into a file.

One line of JSON each: who, which action, on what, and whether it was given. The account's own root is not written down,
since nothing is ever refused to it.
"""

import json
from pathlib import Path
from typing import Any


def watch(evaluator: Any, book: Path) -> None:
    """`evaluator` is the module in which the emulator decides about every request."""
    enforce, evaluate = evaluator.enforce, evaluator.evaluate
    asked: list[Any] = []

    def evaluated(context: Any, *policies: Any) -> Any:
        asked.append(context)
        return evaluate(context, *policies)

    def enforced(*arguments: Any, **options: Any) -> Any:
        asked.clear()
        refusal = enforce(*arguments, **options)
        if asked:  # the first is the role's own policies, what follows are those of the queue or the bucket
            with book.open("a", encoding="utf-8") as written:
                written.write(_line(asked[0], given=refusal is None))
        return refusal

    evaluator.evaluate, evaluator.enforce = evaluated, enforced


def name_senders(actions: Any) -> None:
    """The emulator holds the sending of a mail against no identity at all; AWS against the one it is sent from."""
    extract = actions.extract_resource_arn

    def extracted(service: str, *request: Any) -> Any:
        *before, asked, region, account = request
        if service == "ses" and asked.get("Source"):
            asked = {**asked, "Identity": asked["Source"]}
        return extract(service, *before, asked, region, account)

    actions.extract_resource_arn = extracted


def _line(context: Any, *, given: bool) -> str:
    seen = {
        "who": context.principal_arn,
        "action": context.action,
        "on": context.resource_arn,
        "given": given,
    }
    return json.dumps(seen) + "\n"
