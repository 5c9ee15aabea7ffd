"""What AWS says of the stack and the account, and the little that is told to it besides the deployment itself."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from boto3 import Session
from botocore.exceptions import BotoCoreError, ClientError

from local.deploy.preflight import Mail, Seen

Answer = TypeVar("Answer")
_NO_SUCH_STACK = "does not exist"
_FORBIDDEN = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized")


class NoAccount(Exception):
    """Nobody can be asked; the message is for a person."""


@dataclass(frozen=True)
class DeployedStack:
    parameters: Mapping[str, str]
    status: str
    is_protected: bool
    outputs: Mapping[str, str]


class Account:
    """Of the shell's credentials, in one region."""

    def __init__(self, session: Session, region: str, address: str | None = None) -> None:
        """`address`: where AWS answers, if that is another one than usual."""
        self._session, self._region, self._address = session, region, address
        self._unanswered: dict[str, str] = {}

    def client(self, service: Any) -> Any:
        return self._session.client(service, region_name=self._region, endpoint_url=self._address)

    def stack(self, name: str) -> DeployedStack | None:
        try:
            (found,) = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if _NO_SUCH_STACK in str(error):
                return None
            raise NoAccount(f"The stack cannot be looked at: {error}.") from error
        except BotoCoreError as error:
            raise NoAccount(f"The shell has no AWS account to deploy to: {error}") from error
        given = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", ())}
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())}
        status, is_protected = found["StackStatus"], found.get("EnableTerminationProtection", False)
        return DeployedStack(given, status, is_protected, outputs)

    def look(self, name: str, stack: DeployedStack | None, sender: str, alarms: int) -> Seen:
        """`alarms` are those that the template makes."""
        quotas = self._ask("how many functions may run at once", self._quotas)
        reserved = (
            self._ask("what is set apart for the console", lambda: self._reserved(name)) if stack else 0
        )
        rung = self._ask("the region's alarms", self._alarms)
        return Seen(
            name=name,
            account=self.client("sts").get_caller_identity()["Account"],
            region=self._region,
            shells_region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
            has_ses=self._region in self._session.get_available_regions("sesv2"),
            status=stack.status if stack else None,
            at_once=quotas["ConcurrentExecutions"] if quotas else None,
            unreserved=quotas["UnreservedConcurrentExecutions"] if quotas else None,
            reserved_by_stack=reserved or 0,
            alarms=None if rung is None else len(rung),
            alarms_of_stack=sum(each.startswith(f"{name}-") for each in rung or ()),
            alarms_of_template=alarms,
            mail=self._ask("SES", lambda: self._mail(sender)),
            unanswered=dict(self._unanswered),
        )

    def protect(self, name: str) -> None:
        """Nobody deletes it by a press: that would end the work of every company."""
        self.client("cloudformation").update_termination_protection(
            StackName=name, EnableTerminationProtection=True
        )

    def unconfirmed(self, name: str) -> list[str]:
        """Topics of the stack that nobody hears of."""
        cloudformation, sns = self.client("cloudformation"), self.client("sns")
        deaf = []
        for topic in ("Pages", "Tickets"):
            found = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId=topic)
            arn = found["StackResourceDetail"]["PhysicalResourceId"]
            pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
            heard = [each["SubscriptionArn"] for page in pages for each in page["Subscriptions"]]
            deaf += [] if any(each.startswith("arn:") for each in heard) else [topic]
        return deaf

    def _ask(self, what: str, question: Callable[[], Answer]) -> Answer | None:
        """A right that the shell lacks is a line, and no end: whoever deploys may not see everything."""
        try:
            return question()
        except ClientError as error:
            if (code := error.response["Error"]["Code"]) not in _FORBIDDEN:
                raise
            self._unanswered[what] = code
        return None

    def _quotas(self) -> dict[str, int]:
        return dict(self.client("lambda").get_account_settings()["AccountLimit"])

    def _reserved(self, name: str) -> int:
        found = self.client("cloudformation").describe_stack_resource(
            StackName=name, LogicalResourceId="Console"
        )
        console = found["StackResourceDetail"]["PhysicalResourceId"]
        said = self.client("lambda").get_function_concurrency(FunctionName=console)
        return int(said.get("ReservedConcurrentExecutions", 0))

    def _alarms(self) -> list[str]:
        pages = self.client("cloudwatch").get_paginator("describe_alarms").paginate()
        return [each["AlarmName"] for page in pages for each in page.get("MetricAlarms", ())]

    def _mail(self, sender: str) -> Mail:
        ses = self.client("sesv2")
        account, senders = ses.get_account(), {}
        for identity in (sender, sender.partition("@")[2]):
            try:
                senders[identity] = bool(
                    ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"]
                )
            except ses.exceptions.NotFoundException:
                continue
        quota = account["SendQuota"]
        return Mail(
            is_in_production=account["ProductionAccessEnabled"],
            is_sending=account["SendingEnabled"],
            a_day=quota["Max24HourSend"],
            a_second=quota["MaxSendRate"],
            senders=senders,
        )
