"""The same events under the same plan, carried by this integration and by the designs that are usual elsewhere."""
