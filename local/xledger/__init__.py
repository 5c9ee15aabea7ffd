"""
Xledger, simulated: its GraphQL API over state of its own, with its limits and quirks and, on request, faults.

It is built from what is publicly known of Xledger and knows nothing of this project's client.
"""
