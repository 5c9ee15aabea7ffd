"""The command line: `python -m local COMMAND`; `--help` lists the commands."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from local.aws import AwsError
from local.children import ChildError, surroundings
from local.run.misuse import MISUSE, Misuse, Parser

INTERRUPTED = 130
SETTING_UP = ("create", "show", "test", "probe", "report")
OPERATING = (
    *("pause", "resume", "sign-out", "revoke-links", "check-file", "share-entity", "unshare-entity"),
    *("leave", "stay", "erase"),
)
Given = ParamSpec("Given")


def ends_in_a_sentence(command: Callable[Given, int]) -> Callable[Given, int]:
    """Misused, stopped, or let down by what it has started: a status and words for a person, and no traceback."""

    @wraps(command)
    def ended(*arguments: Given.args, **options: Given.kwargs) -> int:
        try:
            return command(*arguments, **options)
        except Misuse as misuse:
            print(misuse, file=sys.stderr)
            return MISUSE
        except (AwsError, ChildError) as fault:
            print(fault, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nStopped, and everything that was started with it.", file=sys.stderr)
            return INTERRUPTED

    return ended


@ends_in_a_sentence
def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    status: int = options.command(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m local", description="Everything on one machine.", allow_abbrev=False)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_run(
        commands.add_parser(
            "run", help="carry events to Xledger through the whole system", allow_abbrev=False
        )
    )
    _add_serve(
        commands.add_parser("serve", help="the same, and then the console in a browser", allow_abbrev=False)
    )
    _add_publish(
        commands.add_parser("publish", help="events into what `serve` keeps running", allow_abbrev=False)
    )
    _add_xledger(
        commands.add_parser("xledger", help="the simulated Xledger, until stopped", allow_abbrev=False)
    )
    _add_moment(commands.add_parser("moment", help="the simulated Moment, until stopped", allow_abbrev=False))
    _add_company(
        commands.add_parser(
            "company",
            help="create, show, test, probe, report on or pause a company of a deployment",
            allow_abbrev=False,
        )
    )
    _add_person(
        commands.add_parser("person", help="find or erase what is kept of a person", allow_abbrev=False)
    )
    _add_dead_letters(
        commands.add_parser("dead-letters", help="show or redrive what failed too often", allow_abbrev=False)
    )
    _add_ledger(
        commands.add_parser("ledger", help="compare the ledger with a restored copy", allow_abbrev=False)
    )
    _add_generate(
        commands.add_parser("generate", help="make the files that are generated", allow_abbrev=False)
    )
    return parser


def _add_run(run: argparse.ArgumentParser) -> None:
    add = run.add_argument
    add("--events", type=Path, nargs="+", metavar="PATH", help="files or folders of events, not the sample's")
    add(
        "--route",
        choices=("file", "email", "upload"),
        help="how invoices leave (default: file)",
    )
    add(
        "--settings",
        type=Path,
        metavar="FILE",
        help="the company's settings, laid over the sample's, as JSON",
    )
    add("--out", type=Path, default=Path("out"), metavar="DIR", help="for files and mails (default: out)")
    add("--json", type=Path, metavar="FILE", help="write the summary there as JSON too")
    add("--plan", type=Path, metavar="FILE", help="how the simulated Xledger behaves, as JSON")
    add("--xledger-url", metavar="URL", help="a running Xledger, instead of a simulated one")
    add("--xledger-token", metavar="TOKEN", help="the token for it")
    add("--moment-url", metavar="URL", help="a running Moment, instead of a simulated one")
    add("--built", type=Path, metavar="DIR", help="deploy what `sam build` wrote there, by `sam deploy`")
    run.set_defaults(command=_run)


def _add_serve(serve: argparse.ArgumentParser) -> None:
    _add_run(serve)
    serve.set_defaults(command=_serve)


def _add_publish(publish: argparse.ArgumentParser) -> None:
    add = publish.add_argument
    add("events", type=Path, nargs="+", metavar="PATH", help="files or folders of events")
    add("--out", type=Path, default=Path("out"), metavar="DIR", help="the --out of `serve` (default: out)")
    publish.set_defaults(command=_publish)


def _add_xledger(xledger: argparse.ArgumentParser) -> None:
    add = xledger.add_argument
    add("--port", type=_port, required=True, metavar="N", help="where to listen; 0 is any that is free")
    add("--plan", type=Path, metavar="FILE", help="how it behaves, as JSON")
    add("--token", metavar="TOKEN", help="the token that opens it")
    add(
        "--cassette",
        type=Path,
        metavar="DIR",
        help="answer as a recorded probe was answered, Moment's API too",
    )
    xledger.set_defaults(command=_xledger)


def _add_moment(moment: argparse.ArgumentParser) -> None:
    add = moment.add_argument
    add("--port", type=_port, required=True, metavar="N", help="where to listen; 0 is any that is free")
    add(
        "--events",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="events that say what it holds, not the sample's",
    )
    moment.set_defaults(command=_moment)


def _add_company(company: argparse.ArgumentParser) -> None:
    add = company.add_argument
    add("what", choices=(*SETTING_UP, *OPERATING), help="create also changes what is there")
    add("id", metavar="ID", nargs="?", help="the company's id in Moment")
    add("--stack", required=True, metavar="NAME", help="the name of the deployed stack")
    add("--settings", type=Path, metavar="FILE", help="the settings to save, as JSON")
    add("--keys", metavar="FILE", help="the keys to save, as JSON; null removes one; - reads standard input")
    add("--json", action="store_true", help="of probe: print the report as JSON")
    add(
        "--record",
        type=Path,
        metavar="DIR",
        help="of probe: keep it there, without secrets and personal data",
    )
    add("--month", metavar="YYYY-MM", help="of the report: invoices dated in it, as CSV")
    add("--all", action="store_true", help="pause or resume every company, in place of ID")
    add("--reason", metavar="TEXT", help="why it is paused or shared; the company can read it")
    add("--by", metavar="NAME", default="operator", help="who decides it (default: operator)")
    add("--owner-code", type=int, metavar="N", help="of share-entity and unshare-entity: of which entity")
    add("--export", type=int, metavar="N", help="of revoke-links and check-file: the export's number")
    add("--to", metavar="PLACE", help="of leave and erase: a folder, or s3://BUCKET/PREFIX, for its files")
    company.set_defaults(command=_company)


def _add_person(person: argparse.ArgumentParser) -> None:
    add = person.add_argument
    add("what", choices=("find", "erase"), help="find changes nothing, and says what erase would do")
    add("id", metavar="ID", help="the company's id in Moment")
    add("--stack", required=True, metavar="NAME", help="the name of the deployed stack")
    add(
        "--who",
        required=True,
        metavar="FILE",
        help="names, addresses, customer numbers, one a line; - reads standard input",
    )
    add("--by", metavar="NAME", default="operator", help="who erases it (default: operator)")
    person.set_defaults(command=_person)


def _add_dead_letters(letters: argparse.ArgumentParser) -> None:
    add = letters.add_argument
    add("--stack", required=True, metavar="NAME", help="the name of the deployed stack")
    add("--redrive", metavar="QUEUE", help="send what is in this one back to the queue it came from")
    add("--rate", type=_rate, default=10, metavar="N", help="so many a second, at most 50 (default: 10)")
    letters.set_defaults(command=_dead_letters)


def _add_ledger(ledger: argparse.ArgumentParser) -> None:
    add = ledger.add_argument
    add("what", choices=("compare", "put-back"), help="put-back writes what only the copy has")
    add("--stack", required=True, metavar="NAME", help="the name of the deployed stack")
    add(
        "--copy", required=True, metavar="TABLE", help="a table that was restored from a backup of the ledger"
    )
    ledger.set_defaults(command=_ledger)


def _add_generate(generate: argparse.ArgumentParser) -> None:
    generate.add_argument(
        "--check", action="store_true", help="change nothing; status 1 if something differs"
    )
    generate.set_defaults(command=_generate)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not a port")
    return port


def _rate(text: str) -> int:
    rate = int(text)
    if not 1 <= rate <= 50:
        raise argparse.ArgumentTypeError(f"{rate} is not from 1 to 50")
    return rate


def _run(options: argparse.Namespace) -> int:
    leave_the_shell_behind()
    from local.run.options import Options

    checked = Options.checked(options)
    from local.run.command import run

    return run(checked)


def _serve(options: argparse.Namespace) -> int:
    leave_the_shell_behind()
    from local.run.options import Options

    checked = Options.checked(options)
    from local.serve.command import serve

    return serve(checked)


def _publish(options: argparse.Namespace) -> int:
    leave_the_shell_behind()
    from local.serve.publishing import publish_into

    return publish_into(options.out, options.events)


def _xledger(options: argparse.Namespace) -> int:
    if options.cassette:
        from local.cassettes.playing import serve

        if not options.cassette.is_dir():
            raise Misuse(f"--cassette {options.cassette}: there is no such folder.")
        serve(options.port, options.cassette)
        return 0
    from local.run.simulators import serve_xledger

    return serve_xledger(options.port, options.plan, options.token)


def _moment(options: argparse.Namespace) -> int:
    from local.run.simulators import serve_moment

    return serve_moment(options.port, options.events)


def _company(options: argparse.Namespace) -> int:
    if options.what in OPERATING:
        from local.operations.companies import operate

        return operate(options)
    from local.company import company

    return company(options)


def _person(options: argparse.Namespace) -> int:
    from local.operations.people import person

    return person(options)


def _dead_letters(options: argparse.Namespace) -> int:
    from local.operations.dead_letters import dead_letters

    return dead_letters(options)


def _ledger(options: argparse.Namespace) -> int:
    from local.operations.ledgers import ledger

    return ledger(options)


def _generate(options: argparse.Namespace) -> int:
    from local.generate import generate

    return generate(check=options.check)


def leave_the_shell_behind() -> None:
    """A person's AWS profile, keys, proxies and certificates are neither used here nor a reason to fail."""
    kept = surroundings(os.environ)
    os.environ.clear()
    os.environ.update(kept)


if __name__ == "__main__":
    sys.exit(main())
