"""Questions in words, answered from stored facts: what is named is resolved first (docs/research/questions.md)."""

from sprintlib.questions.model import MilestoneOutlook, Reply, Statement
from sprintlib.questions.project import Project
from sprintlib.questions.replying import UNKNOWN, reply

__all__ = ["UNKNOWN", "MilestoneOutlook", "Project", "Reply", "Statement", "reply"]
