"""New analyses as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.responses import StreamingResponse

from sprintlib.api.dependencies import Project
from sprintlib.api.problems import responses
from sprintlib.project import ProjectHandle
from sprintlib.services.stored import AnalysisRecord, analyses_after, last_analysis

router = APIRouter(tags=["events"])
LOOK_SECONDS = 1.0
_ALIVE_SECONDS = 15.0
_MOST = 50  # at once


@router.get(
    "/events",
    responses={**responses(503), 200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    response_class=StreamingResponse,
)
async def events(
    request: Request,
    project: Project,
    last_event_id: Annotated[int | None, Header(ge=0, le=10**15, description="Begin after this analysis.")] = None,
) -> StreamingResponse:
    """An event `analysis` for each that is stored: its record, with its id as that of the event."""
    state = request.app.state
    if not hasattr(state, "streams"):
        state.streams = CapacityLimiter(_MOST)
    if state.streams.available_tokens < 1:
        raise HTTPException(503, f"{_MOST} streams are open already.", {"Retry-After": "60"})
    begin = last_event_id if last_event_id is not None else await to_thread.run_sync(last_analysis, project)
    await to_thread.run_sync(analyses_after, project, begin)  # whoever may not see them is told before the stream
    return StreamingResponse(_stream(request, project, begin), media_type="text/event-stream")


async def _stream(request: Request, project: ProjectHandle, last: int) -> AsyncIterator[str]:
    silent = 0.0
    async with request.app.state.streams:
        yield ": new analyses follow\n\n"
        while not await request.is_disconnected():
            for record in await to_thread.run_sync(analyses_after, project, last):
                last, silent = record.id, 0.0
                yield _event(record)
            await asyncio.sleep(LOOK_SECONDS)
            silent += LOOK_SECONDS
            if silent >= _ALIVE_SECONDS:
                silent = 0.0
                yield ": alive\n\n"


def _event(record: AnalysisRecord) -> str:
    data = record.model_dump(mode="json") | {"url": f"/api/v1/analyses/{record.id}"}
    return f"id: {record.id}\nevent: analysis\ndata: {json.dumps(data)}\n\n"
