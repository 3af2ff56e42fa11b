"""Simulated startups and a GitHub server that serves them: for the demo, for tests and for measurements."""
