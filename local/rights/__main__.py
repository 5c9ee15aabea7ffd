"""`python -m local.rights`: does each function have the rights that it needs, and no others?"""

import sys
import tempfile
from pathlib import Path

from local.__main__ import leave_the_shell_behind
from local.aws import AwsError, EmbeddedAws, Stack
from local.run.command import stopped_in_order
from local.run.progress import Progress


def main() -> int:
    """0 only if every flow came to its end, nothing needed was refused, and everything else was."""
    leave_the_shell_behind()
    try:
        with stopped_in_order(), tempfile.TemporaryDirectory(prefix="rights-") as folder:
            wrong = _tried(Path(folder))
    except AwsError as fault:
        wrong = [str(fault)]
    except KeyboardInterrupt:
        print("\nStopped, and everything that was started with it.", file=sys.stderr)
        return 130
    print(*wrong or ["Each function may do what it needs, and nothing else."], sep="\n")
    return 1 if wrong else 0


def _tried(folder: Path) -> list[str]:
    from local.rights.tour import Tour
    from local.rights.trials import surprises
    from local.rights.used import Rights, rights
    from moment_xledger.domain.companies import Route

    progress = Progress(sys.stderr)
    wrong: list[str] = []
    all_of_it: dict[str, Rights] = {}
    for route in (Route.UPLOAD, Route.EMAIL, Route.FILE):
        own = folder / str(route)
        own.mkdir()
        progress.step(f"a tour with the route {route}")
        tour = Tour(route, own, own / "witness", progress)

        def judge(
            aws: EmbeddedAws, stack: Stack, route: Route = route, witness: Path = own / "witness"
        ) -> None:
            for function, its in rights(aws, stack, witness).items():
                all_of_it[function] = all_of_it[function] | its if function in all_of_it else its
            if route is Route.FILE:
                progress.step("now each function tries everything")
                wrong.extend(surprises(aws, stack))

        tour.take(judge)
        wrong.extend(tour.wrong)
    for function, its in all_of_it.items():
        wrong.extend(f"{function} was refused {right}" for right in its.refused)
        for right in its.not_used:
            progress.step(f"granted, and not used on these tours: {function} {right}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
