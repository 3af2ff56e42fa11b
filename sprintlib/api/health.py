"""`GET /health`: whether the store answers, and how the inbox stands."""

from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DatabaseError

from sprintlib.inbox import counts

router = APIRouter(tags=["health"])


@router.get("/health")
async def health(request: Request) -> Any:
    """`{"status": "ok", "inbox": {...}}`; 503 where the store cannot be read."""
    try:
        inbox = await to_thread.run_sync(counts, request.app.state.engine)
    except DatabaseError:
        return JSONResponse({"status": "failed", "error": "The store cannot be read: run 'sprint doctor'."}, 503)
    return {"status": "ok", "inbox": inbox}
