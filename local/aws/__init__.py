"""The embedded AWS. Templates and handlers know nothing of it but AWS_ENDPOINT_URL."""

from local.aws.ministack import AwsError, EmbeddedAws
from local.aws.stack import Stack

__all__ = ["AwsError", "EmbeddedAws", "Stack"]
