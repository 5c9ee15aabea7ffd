"""What `run` builds up, kept running: the console in a browser, and events published while one watches."""
