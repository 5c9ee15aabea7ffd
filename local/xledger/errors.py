"""What Xledger says when it says no. `code` stands both on the error itself and in its extensions."""

from typing import Any

from graphql import GraphQLError

Error = dict[str, Any]

# Codes that no public material shows are marked; nothing should depend on them.
BURST = "BAD_REQUEST.BURST_RATE_LIMIT_REACHED"
CONCURRENCY = "BAD_REQUEST.CONCURRENCY_LIMIT_REACHED"
CREDITS = "BAD_REQUEST.INSUFFICIENT_CREDITS"
WRONG_ARGUMENT = "ARGUMENTS_OF_CORRECT_TYPE"
INVALID_VALUE = "INVALID_VALUE"
BAD_REQUEST = "BAD_REQUEST"  # assumed
BAD_TOKEN = "UNAUTHORIZED"  # assumed
NO_RIGHT = "FORBIDDEN"  # assumed
TIMED_OUT = "TIMEOUT"  # assumed


class Refused(GraphQLError):
    """A refusal in Xledger's words."""

    def __init__(self, message: str, code: str = BAD_REQUEST, **more: Any) -> None:
        super().__init__(message, extensions={"code": code, **more})


class OverLimit(Refused):
    """Refused for asking too much, not for what was asked."""


def worded(error: GraphQLError, how: str) -> GraphQLError:
    """One of a whole request, as a plan's `request_errors` has it."""
    if how == "vague":
        return Refused("The request could not be processed.")
    return Refused(error.message) if how == "worded" else error


def shown(error: GraphQLError) -> Error:
    """No locations and no path: no client has been seen to read them."""
    extensions = dict(error.extensions or {}) or {"code": BAD_REQUEST}
    return {"message": error.message, "code": extensions["code"], "extensions": extensions}
