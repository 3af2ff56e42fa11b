import pytest
from IPython.testing.globalipapp import start_ipython

from sprintlib.errors import StoreError


def test_a_notebook_shows_our_errors_as_their_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    shell = start_ipython()
    shell.run_cell("from sprintlib.errors import StoreError\nraise StoreError('Run it first.')")
    assert capsys.readouterr().out.strip() == "StoreError: Run it first."
    assert str(StoreError("Run it first.")) == "Run it first."
