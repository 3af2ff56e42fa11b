"""How frames and chances are shown."""

from typing import Any

import polars as pl

_LONGEST_TEXT = 1_000  # characters of a cell


def whole(frame: pl.DataFrame) -> str:
    """A frame as HTML with all of its rows and texts, where polars would cut them."""
    with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=_LONGEST_TEXT, fmt_table_cell_list_len=-1):
        html: str = frame._repr_html_()
    return html


def chance_axis(channel: Any, field: str) -> Any:
    """An axis from 0 to 100 %."""
    import altair as alt

    return channel(f"{field}:Q", title="chance", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))
