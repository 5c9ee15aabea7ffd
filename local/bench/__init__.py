"""What the design promises in figures, measured on this machine beside a naive client on the same simulator."""
