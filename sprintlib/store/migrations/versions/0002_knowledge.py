"""what search reads: chunks of text, their vectors, and on SQLite their full-text index."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FULL_TEXT = """
CREATE VIRTUAL TABLE chunk_text USING fts5(
    title, body, content='chunk', content_rowid='id', tokenize="porter unicode61 tokenchars '_'"
)
"""
_TRIGGERS = (
    """
CREATE TRIGGER chunk_inserted AFTER INSERT ON chunk BEGIN
    INSERT INTO chunk_text(rowid, title, body) VALUES (new.id, new.title, new.body);
END
""",
    """
CREATE TRIGGER chunk_deleted AFTER DELETE ON chunk BEGIN
    INSERT INTO chunk_text(chunk_text, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END
""",
    """
CREATE TRIGGER chunk_updated AFTER UPDATE OF id, title, body ON chunk BEGIN
    INSERT INTO chunk_text(chunk_text, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO chunk_text(rowid, title, body) VALUES (new.id, new.title, new.body);
END
""",
)


def upgrade() -> None:
    op.create_table(
        "chunk",
        sa.Column("id", sa.Integer(), nullable=False, comment="also the id in the full text and in the vector index"),
        sa.Column(
            "source_key",
            sa.String(length=160),
            nullable=False,
            comment="what was said: kind and GitHub's identity of it",
        ),
        sa.Column("part", sa.Integer(), nullable=False, comment="0, 1, ... of a text that was split"),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="issue, pull, comment, review, commit, release, ..."
        ),
        sa.Column("repository_id", sa.BigInteger(), nullable=True, comment="null: of no repository"),
        sa.Column("number", sa.Integer(), nullable=True, comment="the issue or pull request it belongs to"),
        sa.Column("ref", sa.String(length=320), nullable=False, comment="owner/repo#n, owner/repo@sha, PB-001"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="cleaned, with secrets masked"),
        sa.Column("author", sa.String(length=256), nullable=True),
        sa.Column("author_is_bot", sa.Boolean(), nullable=False),
        sa.Column("suspicious", sa.Boolean(), nullable=False, comment="reads like instructions to a language model"),
        sa.Column(
            "digest", sa.String(length=32), nullable=False, comment="of title and body: what a vector was made from"
        ),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["repository_id"], ["repository.id"], name=op.f("fk_chunk_repository_id_repository")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunk")),
    )
    with op.batch_alter_table("chunk", schema=None) as batch_op:
        batch_op.create_index("uq_chunk_source_key", ["source_key", "part"], unique=True)
        batch_op.create_index("ix_chunk_number", ["repository_id", "number"], unique=False)

    op.create_table(
        "vector",
        sa.Column("chunk_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=32), nullable=False, comment="digest of the model's weights"),
        sa.Column("digest", sa.String(length=32), nullable=False, comment="of the text it was made from"),
        sa.Column("value", sa.LargeBinary(), nullable=False, comment="little-endian float32, of length 1"),
        sa.ForeignKeyConstraint(["chunk_id"], ["chunk.id"], name=op.f("fk_vector_chunk_id_chunk"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chunk_id", "model", name=op.f("pk_vector")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in (_FULL_TEXT, *_TRIGGERS):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE chunk_text")
    op.drop_table("vector")
    op.drop_table("chunk")
