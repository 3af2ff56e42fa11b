"""The prompts, one file each; a run keeps the text it used and its hash."""

import hashlib
from importlib.resources import files

NAMES = ("reasoner", "explainer")


def prompt_texts() -> dict[str, str]:
    """Every shipped prompt by the agent that uses it."""
    folder = files("sprintlib.agents.prompts")
    return {name: folder.joinpath(f"{name}.md").read_text(encoding="utf-8") for name in NAMES}


def version(text: str) -> str:
    """The first twelve digits of a prompt's SHA-256: changes whenever a word does."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
