"""Files that a tool writes and nobody reviews line by line: lock files, translations, snapshots, vendored code."""

import polars as pl

_GENERATED = (
    r"(?i)(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.ya?ml|go\.sum|packages\.lock\.json"
    r"|gradle\.lockfile|[^/]+\.lock)$"
    r"|\.(?:po|pot|mo|xlf|xliff|arb|snap|map|min\.js|min\.css|pb\.go|g\.dart|freezed\.dart|designer\.cs)$"
    r"|_pb2(?:_grpc)?\.pyi?$|(?:^|/)locales?/|(?:^|/)(?:translations?|i18n|l10n)/[^/]+\.(?:json|ya?ml|ts|properties|strings)$"
    r"|(?:^|/)(?:node_modules|vendor|third_party|__snapshots__|__generated__|generated|dist)/"
)


def is_generated(path: str) -> pl.Expr:
    """Whether each path of a column (String) is of a file that a tool wrote, by its name alone."""
    return pl.col(path).str.contains(_GENERATED)
