"""Questions in words, answered from stored facts: what is named is resolved first (docs/research/questions.md)."""

from sprintlib.questions.model import Assertion, MilestoneOutlook, QuestionReply
from sprintlib.questions.project import AskedProject
from sprintlib.questions.replying import UNKNOWN, reply

__all__ = ["UNKNOWN", "AskedProject", "Assertion", "MilestoneOutlook", "QuestionReply", "reply"]
