"""Commands of the runbook that the embedded AWS does not answer. One that begins to is a failure."""

# How the command begins, and why it cannot be here.
MISSING = {
    "aws ses get-account-sending-enabled": "the emulator's SES has no such switch",
    "aws service-quotas": "there are no quotas here",
    "aws deploy stop-deployment": "there is no CodeDeploy here",
    "aws deploy list-deployments": "there is no CodeDeploy here; a release goes at once",
}


def missing(command: str) -> str:
    """Why; empty for all that is answered."""
    return next((why for begins, why in MISSING.items() if command.startswith(begins)), "")
