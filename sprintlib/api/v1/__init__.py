"""The REST API, one router a subject. What it answers is what the services hand out, as `--json` prints it."""
