"""Xledger's older interface: its SOAP services Authentication, FileUpload and Export, simulated."""
