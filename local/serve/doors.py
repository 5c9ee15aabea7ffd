"""Ways into the console that was deployed: an address that a browser on this machine can open, and sign-in links."""

import json
from urllib.parse import urlsplit

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.aws import AwsError, EmbeddedAws, Stack
from local.aws.ministack import ACCESS_KEY, REGION, SECRET_KEY
from local.aws.stack import ALIAS
from moment_xledger.domain.sessions import Role

_TIMEOUT = 30
_PEOPLE = {
    Role.ACCOUNTANT: "Kari Nordmann",
    Role.ADMINISTRATOR: "Ola Hansen",
    Role.OPERATOR: "Siri Vakt",
}


def open_to_browser(aws: EmbeddedAws, stack: Stack) -> str:
    """The console's address from now on, also in mails. Browsers lead every name under `localhost` to this machine."""
    label = _host(stack, "ConsoleUrl").partition(".")[0]
    address = f"http://{label}.lambda-url.{REGION}.localhost:{aws.port}/"
    for function in stack.functions:
        variables = stack.environment_of(aws, function)
        if "CONSOLE_URL" in variables:
            release(aws, stack.resources[function], variables | {"CONSOLE_URL": address})
    return address


def release(aws: EmbeddedAws, name: str, variables: dict[str, str]) -> None:
    """What leads to the alias meets the new variables only in a new version."""
    functions = aws.client("lambda")
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version)


def sign_in_links(aws: EmbeddedAws, stack: Stack, company: str) -> dict[Role, str]:
    """As Moment's back end asks for them: each is good once, for five minutes."""
    return {role: _link(aws, stack, company, role, person) for role, person in _PEOPLE.items()}


def _link(aws: EmbeddedAws, stack: Stack, company: str, role: Role, person: str) -> str:
    wanted = json.dumps({"company": company, "person": person, "role": str(role)})
    headers = {"Host": _host(stack, "OpenSessionUrl"), "Content-Type": "application/json"}
    request = AWSRequest("POST", f"{aws.url}/sessions", headers=headers, data=wanted)
    SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "lambda", REGION).add_auth(request)
    signed = dict(request.headers)
    answer = requests.post(f"{aws.url}/sessions", data=wanted, headers=signed, timeout=_TIMEOUT)
    if answer.status_code != 201:
        raise AwsError(f"Asked for a sign-in link, the console answers {answer.status_code}.")
    return str(answer.json()["url"])


def _host(stack: Stack, output: str) -> str:
    return urlsplit(stack.outputs[output]).netloc
