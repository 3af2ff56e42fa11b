"""Sprint intelligence on one laptop."""
