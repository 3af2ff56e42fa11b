"""Requests share what was read and worked out, and never see an older store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from sprintlib.learning import Recalibration, adopt
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze, what_if
from sprintlib.services.shared_states import States
from sprintlib.settings import load
from sprintlib.store import open_store
from sprintlib.store.schema import fact_change
from tests.dashboards.project import write_project

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
