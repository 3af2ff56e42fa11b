"""search in scripts without spaces: on SQLite an index of three neighbouring characters, of the texts that have any."""

from alembic import op

revision = "0012"
down_revision = "0004"

_SCRIPTS = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uff66-\uff9f]"
_INDEX = "CREATE VIRTUAL TABLE chunk_trigram USING fts5(title, body, tokenize='trigram')"
_HAS_THEM = f"({{0}}.title GLOB '*{_SCRIPTS}*' OR {{0}}.body GLOB '*{_SCRIPTS}*')"
_INSERT = "INSERT INTO chunk_trigram(rowid, title, body)"
_TRIGGERS = (
    f"""
CREATE TRIGGER chunk_trigram_inserted AFTER INSERT ON chunk WHEN {_HAS_THEM.format("new")} BEGIN
    {_INSERT} VALUES (new.id, new.title, new.body);
END
""",
    f"""
CREATE TRIGGER chunk_trigram_deleted AFTER DELETE ON chunk WHEN {_HAS_THEM.format("old")} BEGIN
    DELETE FROM chunk_trigram WHERE rowid = old.id;
END
""",
    f"""
CREATE TRIGGER chunk_trigram_updated AFTER UPDATE OF id, title, body ON chunk BEGIN
    DELETE FROM chunk_trigram WHERE rowid = old.id;
    {_INSERT} SELECT new.id, new.title, new.body WHERE {_HAS_THEM.format("new")};
END
""",
)
_NAMES = ("chunk_trigram_inserted", "chunk_trigram_deleted", "chunk_trigram_updated")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in (_INDEX, *_TRIGGERS):
            op.execute(statement)
        op.execute(f"{_INSERT} SELECT id, title, body FROM chunk WHERE {_HAS_THEM.format('chunk')}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in _NAMES:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE chunk_trigram")
