"""What an operator does when something is wrong, with the AWS credentials of the shell. `docs/runbook.md` says when."""
