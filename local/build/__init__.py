"""What is deployed, made from what lies here: `make build`, and `make rehearse` to see it deployed."""
