"""What each page says, as types: what is answered as JSON, and what the OpenAPI document is made from.

A page's facts are built in the module of its name beside this package; the type checker holds the two together.
"""
