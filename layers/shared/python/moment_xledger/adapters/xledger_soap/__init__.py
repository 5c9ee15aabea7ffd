"""
Xledger's SOAP services: logon, file upload, and the export of posted lines.

* client      what the flows call
* hosts       where the services stand: pinned by the deployment, never by a company or a WSDL
* services    requests from the WSDLs in this package (zeep)
* posting     one POST, capped in size and time, kept in a temporary file
* envelopes   what an answer means
* exports     rows out of an export's answer, a piece at a time
* rows        one row, typed
* filters     which lines are asked for
* assumed     what is not public about these services, as data: assumed.toml

What a call can end in is in domain/soap_outcomes, a row in domain/posted_lines.

Importing this package is free; zeep and lxml are loaded by `client` alone.
"""
