"""The live pages: widgets for notebooks, and the server that shows them read-only."""
