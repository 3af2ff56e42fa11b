"""git's smart HTTP protocol (read only) for datasets that carry a bare repository."""

import gzip
import subprocess
import zlib
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sprintlib.child_environment import child_environment

SERVICE = "git-upload-pack"
# partial clones (--filter=blob:none) ask for missing objects by their id later
UPLOAD_PACK = (
    *("git", "-c", "safe.directory=*", "-c", "uploadpack.allowFilter=true"),
    *("-c", "uploadpack.allowAnySHA1InWant=true", "upload-pack", "--stateless-rpc"),
)
NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}


async def info_refs(request: Request, git_dir: Path) -> Response:
    """`GET /OWNER/NAME.git/info/refs?service=git-upload-pack`."""
    if request.query_params.get("service") != SERVICE:
        return PlainTextResponse("Only git-upload-pack is served here.", 403)
    advertised = await _upload_pack(request, git_dir, b"", "--advertise-refs")
    announcement = f"# service={SERVICE}\n".encode()
    body = b"%04x%s0000%s" % (len(announcement) + 4, announcement, advertised)
    return Response(body, headers=NO_CACHE, media_type=f"application/x-{SERVICE}-advertisement")


async def upload_pack(request: Request, git_dir: Path) -> Response:
    """`POST /OWNER/NAME.git/git-upload-pack`; git compresses larger bodies."""
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            return PlainTextResponse("The body is not gzip.", 400)
    result = await _upload_pack(request, git_dir, body)
    return Response(result, headers=NO_CACHE, media_type=f"application/x-{SERVICE}-result")


async def _upload_pack(request: Request, git_dir: Path, body: bytes, *options: str) -> bytes:
    # version 2 travels in a header over HTTP and in the environment to the process
    protocol = {"GIT_PROTOCOL": request.headers["git-protocol"]} if "git-protocol" in request.headers else {}

    def run() -> bytes:
        command = [*UPLOAD_PACK, *options, str(git_dir)]
        # a refused request is told to the client inside the protocol, so a failure still has an answer
        return subprocess.run(
            command, input=body, capture_output=True, env=child_environment() | protocol, check=False
        ).stdout

    return await run_in_threadpool(run)
