"""What `make deploy` does: it looks at the stack and the account, says what will change, asks once, and deploys."""
