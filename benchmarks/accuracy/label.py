"""The page on which a person labels an own clip: served to this machine's browser alone, until the command is stopped.

It shows pictures of each passing and takes what the person types. What the engine read is sent after that, never before,
and then only for the comparison, which is the crew's own (`anpr.screen.compare`, `js/cells.js`).
"""

import socket
import threading
from collections.abc import Callable, Iterable
from importlib import resources
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from anpr.errors import AnprError, Failure, InputError
from anpr.perception.sighting_images import cut_overview
from anpr.screen.compare import compare
from anpr.screen.guard import Guard
from anpr.screen.pages import static_files
from anpr.screen.rules import screen_rules
from anpr.values import Box, Image
from benchmarks.accuracy.labelling import Kind, Labelling
from benchmarks.accuracy.passings import Look
from camera.sources import open_source
from camera.sources.source import FrameSource, next_grab

_TYPES: Final = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript"}
_FRAME_WIDTH: Final = 1280
_PLATE_WIDTH: Final = 480
_START_WITHIN_S: Final = 10.0


class Frames:
    """Frames of a recording by their place; going on is quick, going back begins anew. For one thread at a time."""

    def __init__(self, clip: Path, fps: float) -> None:
        self._clip, self._fps = clip, fps
        self._source: FrameSource | None = None
        self._next = 0
        self._lock = threading.Lock()

    def at(self, index: int) -> Image | None:
        """Return the frame at this place or the next one that can be played, None beyond the end."""
        with self._lock:
            if self._source is None or index < self._next:
                self.close()
                self._source = open_source(str(self._clip.absolute()), fps=self._fps)
                self._source.open()
            while (grab := next_grab(self._source)) is not None:
                self._next = grab.index + 1
                if grab.index >= index:
                    return grab.image
            self.close()
            return None

    def close(self) -> None:
        """Give the recording back."""
        if self._source is not None:
            self._source.close()
        self._source, self._next = None, 0


class LabelPage:
    """What the page asks for. Pictures of passings are cut out once, in one pass through the clip."""

    def __init__(self, labelling: Labelling) -> None:
        self.labelling = labelling
        self.frames = Frames(labelling.clip, labelling.found.fps)
        self._pictures = cut_pictures(labelling)
        self._lock = threading.Lock()
        self._files = {
            path: found
            for path, found in static_files(screen_rules()).items()
            if path.startswith(("/js/", "/css/", "/fonts/", "/symbols/"))
        }
        for item in resources.files("benchmarks.accuracy").joinpath("label_page").iterdir():
            kind = _TYPES.get(item.name.rpartition(".")[2], "")
            if kind:
                place = {"html": "/", "css": "/css/", "js": "/js/"}[item.name.rpartition(".")[2]]
                self._files[place + item.name] = (item.read_bytes(), kind)

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(
            routes=[
                Route("/api/state", self.state),
                Route("/api/{name}", self.act, methods=["POST"]),
                Route("/picture/{name}", self.picture),
                Route("/{path:path}", self.file),
            ],
            exception_handlers={AnprError: _error},
        )

    async def state(self, request: Request) -> Response:
        """Return what is to be labelled next, and what was said of the last."""
        del request
        return JSONResponse(self.content())

    async def act(self, request: Request) -> Response:
        """Take an answer, a missed vehicle or the wish to take the last one back; return the new state."""
        try:
            body = await request.json()
        except ValueError as error:
            raise InputError("the request is not JSON") from error
        if not isinstance(body, dict):
            raise InputError("the request must be a JSON object")
        await run_in_threadpool(self._act, request.path_params["name"], body)
        return JSONResponse(self.content())

    async def picture(self, request: Request) -> Response:
        """Return a picture of a passing, or a whole frame."""
        name = request.path_params["name"]
        found = self._pictures.get(name)
        if found is None and name.startswith("frame-") and name[6:].isdecimal():
            image = await run_in_threadpool(self.frames.at, int(name[6:]))
            found = None if image is None else _jpeg(_narrowed(image, _FRAME_WIDTH))
        if found is None:
            return JSONResponse({"error": "there is no such picture"}, 404)
        return Response(found, media_type="image/jpeg")

    async def file(self, request: Request) -> Response:
        """Return a file of the page."""
        path = request.url.path if request.url.path != "/" else "/index.html"
        content, kind = self._files.get(path, (b"", ""))
        if not kind:
            return JSONResponse({"error": "there is nothing at this address"}, 404)
        return Response(content, media_type=kind)

    def content(self) -> dict[str, Any]:
        """Return the state for the page; nothing in it tells what was read of a passing that has no answer yet."""
        with self._lock:
            labels = self.labelling
            passing = None
            if not labels.complete:
                one = labels.found.passings[labels.done]
                names = [f"{labels.done}-{k}" for k in range(len(one.looks))]
                passing = {
                    "number": labels.done, "first_s": one.first_s, "last_s": one.last_s,
                    "plates": [f"plate-{name}" for name in names], "overviews": [f"overview-{name}" for name in names],
                    "frames": [look.index for look in one.looks],
                }  # fmt: skip
            return {
                "clip": labels.clip.name, "total": len(labels.found.passings), "done": labels.done,
                "fps": labels.found.fps, "frames": labels.found.frames, "passing": passing,
                "answers": [{"kind": a.kind.value, "vrm": a.vrm} for a in labels.answers[-8:]], "compared": self._compared(),
            }  # fmt: skip

    def _compared(self) -> dict[str, Any] | None:
        last = self.labelling.compared()
        if last is None:
            return None
        typed, passing = last
        cells = compare(passing.text, typed, (1.0,) * len(passing.text)) if passing.text else ()
        return {
            "plate": f"plate-{self.labelling.done - 1}-0" if passing.looks else "",
            "typed": typed, "read": passing.text, "confidence": passing.confidence,
            "cells": [
                {"read": c.read, "listed": c.listed, "agreement": c.agreement, "probability": c.probability} for c in cells
            ],
        }  # fmt: skip

    def _act(self, name: str, body: dict[str, Any]) -> None:
        with self._lock:
            if name == "undo":
                self.labelling.undo()
                return
            try:
                vrm = str(body.get("vrm", ""))
                if name == "answer":
                    number, kind = int(body["number"]), Kind(body["kind"])
                elif name == "missed":
                    span = float(body["first_s"]), float(body["last_s"])
                else:
                    raise InputError("there is no such action")
            except (KeyError, ValueError, TypeError) as error:
                raise InputError("something is missing in the request: reload the page") from error
            if name == "answer":
                self.labelling.answer(number, kind, vrm)
            else:
                self.labelling.add_missed(vrm, *span)


class LabelServer:
    """Serves the page on 127.0.0.1 from a thread of its own; `port` 0 takes any free one."""

    def __init__(self, page: LabelPage, port: int = 0) -> None:
        self._page = page
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError as error:
            self._socket.close()
            raise InputError(f"port {port} cannot be used ({error.strerror}): choose another with --port") from error
        self._host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        guarded = Guard(page.app(), scheme="http", hosts=lambda: frozenset((self._host,)), refused=lambda *_: None)
        config = uvicorn.Config(guarded, lifespan="off", log_level="error", log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="label page", daemon=True)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{self._host}/"

    def start(self) -> None:
        """Begin to serve; raises Failure when that does not come about."""
        self._thread.start()
        pause = threading.Event()
        for _ in range(round(_START_WITHIN_S / 0.01)):
            if self._server.started:
                return
            pause.wait(0.01)
        raise Failure("the page could not be served: try again")

    def stop(self) -> None:
        """End serving."""
        self._server.should_exit = True
        self._thread.join(5.0)
        self._socket.close()
        self._page.frames.close()


def cut_pictures(labelling: Labelling, done: Callable[[int], None] = lambda _: None) -> dict[str, bytes]:
    """Return plate and surroundings of every look of every passing as JPEG, by name (`plate-0-1`, `overview-0-1`)."""
    wanted: dict[int, list[tuple[str, Look]]] = {}
    for number, passing in enumerate(labelling.found.passings):
        for k, look in enumerate(passing.looks):
            wanted.setdefault(look.index, []).append((f"{number}-{k}", look))
    pictures: dict[str, bytes] = {}
    frames = Frames(labelling.clip, labelling.found.fps)
    for index in sorted(wanted):
        image = frames.at(index)
        if image is not None:
            pictures.update(_cut(image, wanted[index]))
        done(index)
    frames.close()
    return pictures


def _cut(image: Image, looks: Iterable[tuple[str, Look]]) -> dict[str, bytes]:
    cut = {}
    for name, look in looks:
        cut[f"plate-{name}"] = _jpeg(_cut_plate(image, look.box))
        cut[f"overview-{name}"] = _jpeg(cut_overview(image, look.box))
    return cut


def _cut_plate(image: Image, box: Box) -> Image:
    """Return the plate as it is in the picture, unstraightened, with a margin of half its height, enlarged."""
    x0, y0, x1, y1 = box
    margin = (y1 - y0) / 2
    left, top = max(int(x0 - margin), 0), max(int(y0 - margin), 0)
    part = image[top : max(int(y1 + margin), top + 1), left : max(int(x1 + margin), left + 1)]
    scale = _PLATE_WIDTH / part.shape[1]
    return np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def _narrowed(image: Image, width: int) -> Image:
    scale = min(width / image.shape[1], 1.0)
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _jpeg(image: Image) -> bytes:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return data.tobytes() if done else b""


def _error(request: Request, error: Exception) -> Response:
    del request
    return JSONResponse({"error": str(error)}, 503 if isinstance(error, Failure) else 400)
