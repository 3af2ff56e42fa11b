"""`sprint demo --live`, from an empty folder to Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest
from sqlalchemy import func, select

from sprintlib import inbox
from sprintlib.clock import clock_of
from sprintlib.project import ProjectHandle
from sprintlib.settings import load
from sprintlib.store import schema

_DAY = re.compile(r"^(Mon|Tue|Wed|Thu|Fri) +\d+ \w+ +\d+ events? +2\.\d \w+", re.M)


def wait_for(condition, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} seconds")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_days_go_by_the_page_answers_and_ctrl_c_ends_all_of_it(tmp_path):
    command = (sys.executable, "-m", "sprintlib", "demo", "--live", "--no-browser", "--pace", "8")
    told = tmp_path / "told.txt"
    with told.open("w") as output:
        process = subprocess.Popen(
            (*command, "--today", "2026-11-23"), cwd=tmp_path, stdout=output, stderr=output, env=os.environ
        )
    try:
        wait_for(lambda: len(_DAY.findall(told.read_text())) >= 2 or process.poll() is not None, 240)
        assert process.poll() is None, told.read_text()
        children = psutil.Process(process.pid).children(recursive=True)
        page = re.search(r"Dashboards: (\S+)", told.read_text())[1]
        with urllib.request.urlopen(page, timeout=60) as answer:
            assert answer.status == 200
            assert b"Mooring" in answer.read()  # to its end: who leaves in the middle leaves a kernel at work
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert process.returncode == 0, told.read_text()
    assert "Ended. What was collected stays:" in told.read_text()
    assert len(children) >= 3  # receiver, worker, dashboards
    assert not psutil.wait_procs(children, timeout=20)[1]
    demo = tmp_path / "data" / "demo"
    logs = "".join(log.read_text() for log in (demo / "logs").iterdir())
    assert "Traceback" not in logs, logs
    project = ProjectHandle.open(load(demo))
    counts = inbox.counts(project.engine)
    assert counts["aside"] == counts["ignored"] == 0
    assert counts["done"] > 20
    with project.engine.connect() as connection:
        newest = connection.scalar(select(func.max(schema.analysis.c.as_of)))
        stored = connection.scalar(select(func.count()).select_from(schema.analysis))
    assert stored > 3
    assert newest <= project.clock() == clock_of(project.settings)()
    assert project.clock().isoformat() < "2026-11-23"
