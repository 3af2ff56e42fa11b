"""What is put into a notebook is a value of a parameter that it declares, never code."""

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from sprintlib.reports.execute import NotebookJob, run_job
from tests.reports.conftest import ZOO


@given(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=3))
@example('"; import os; os.system("x")  #')
@example("\n'''\n\\\"\\\\\n%run x\n!x\r\u2028")
def test_what_papermill_puts_into_a_notebook_is_a_literal(value):
    (statement,) = ast.parse(PythonTranslator.codify({"milestone": value})).body
    assert isinstance(statement, ast.Assign)
    assert ast.literal_eval(statement.value) == value


@pytest.mark.usefixtures("settings")
def test_only_declared_parameters_may_be_set(tmp_path):
    outcome = run_job(NotebookJob(str(ZOO / "good.ipynb"), str(tmp_path), {"home": str(tmp_path), "os": "x"}))
    assert outcome.state == "failed"
    assert "has no parameter 'os': set it in the cell tagged 'parameters'" in outcome.message
