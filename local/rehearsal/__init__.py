"""The runbook carried out: for each entry its trouble is made on the embedded AWS, its commands are typed as they are
written, and its check is looked at."""
