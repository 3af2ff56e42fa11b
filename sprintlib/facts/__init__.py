"""The one way into the store: from payloads to rows, written in one transaction, and read back as they came."""
