"""Finding what was said: the index over stored texts, retrieval, and citations that hold (docs/knowledge.md)."""

from sprintlib.knowledge.citations import Claim, ClaimKind, Dropped, Report, Source, Verified, sources, verify
from sprintlib.knowledge.cleaning import clean
from sprintlib.knowledge.hits import Hit
from sprintlib.knowledge.indexing import IndexSummary, build_index, update_texts
from sprintlib.knowledge.injection import Instruction, instructions
from sprintlib.knowledge.relevance import FLOOR, relevances
from sprintlib.knowledge.retrieval import search
from sprintlib.knowledge.semantic_index import SemanticIndex, open_semantic_index
from sprintlib.knowledge.similar import Similar, SimilarSprint, similar_sprints
from sprintlib.knowledge.store import count_chunks, is_indexed

__all__ = [
    "FLOOR",
    "Claim",
    "ClaimKind",
    "Dropped",
    "Hit",
    "IndexSummary",
    "Instruction",
    "Report",
    "SemanticIndex",
    "Similar",
    "SimilarSprint",
    "Source",
    "Verified",
    "build_index",
    "clean",
    "count_chunks",
    "instructions",
    "is_indexed",
    "open_semantic_index",
    "relevances",
    "search",
    "similar_sprints",
    "sources",
    "update_texts",
    "verify",
]
