"""A real OpenAI-compatible server on this machine: a GGUF behind ``/v1/chat/completions``, in a process of its own.

By hand: ``python -m tests.helpers.frontier_server --model FILE [--port 8080] [--key KEY] [--record FILE.jsonl]``.
It prints its address.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_START_S = 120.0
_PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class ServedModel:
    """`base_url` is what a person would enter; `record` holds one JSON line a request once requests came."""

    base_url: str
    model: str
    key: str
    pid: int
    record: Path | None = None

    def requests(self) -> list[dict[str, Any]]:
        """What was sent: ``path``, ``authorization`` and the exact ``body``."""
        if self.record is None or not self.record.exists():
            return []
        return [json.loads(line) for line in self.record.read_text(encoding="utf-8").splitlines()]


@contextlib.contextmanager
def serving_model(
    model: Path, *, key: str = "", record: Path | None = None, n_ctx: int = 4096, threads: int = 2
) -> Iterator[ServedModel]:
    """The server while the block runs. With a `key` it answers 401 to any other."""
    command = [sys.executable, "-m", "tests.helpers.frontier_server", "--model", str(model), "--port", "0"]
    command += ["--ctx", str(n_ctx), "--threads", str(threads), "--key", key]
    command += ["--record", str(record)] if record else []
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={"OMP_WAIT_POLICY": "passive", **os.environ}
    )
    try:
        yield ServedModel(_first_line(process), model.stem, key, process.pid, record)
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _first_line(process: subprocess.Popen[str]) -> str:
    lines: queue.Queue[str] = queue.Queue()
    stdout = process.stdout
    assert stdout is not None
    threading.Thread(target=lambda: lines.put(stdout.readline()), daemon=True).start()
    with contextlib.suppress(queue.Empty):
        if line := lines.get(timeout=_START_S).strip():
            return line
    process.kill()
    raise RuntimeError("the server did not start")


class ModelServer(HTTPServer):
    """One request at a time, as one context can do."""

    def __init__(self, port: int, llama: Any, name: str, key: str, record: Path | None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.llama = llama
        self.name = name
        self.key = key
        self.record = record


class Handler(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._note(body)
        if self.server.key and self.headers.get("Authorization") != f"Bearer {self.server.key}":
            self._answer(401, _error("Incorrect API key provided.", "invalid_api_key"))
        elif self.path != _PATH:
            self._answer(404, _error(f"Unknown path {self.path}.", "not_found"))
        else:
            self._complete(json.loads(body))

    def _complete(self, request: dict[str, Any]) -> None:
        if request["model"] != self.server.name:
            self._answer(404, _error(f"The model {request['model']} does not exist.", "model_not_found"))
            return
        wanted = request.get("response_format", {}).get("json_schema", {}).get("schema")
        options: dict[str, Any] = {"response_format": {"type": "json_object", "schema": wanted}} if wanted else {}
        # A prompt that is partly remembered is cut elsewhere, and its answer may differ: every request begins anew.
        self.server.llama.reset()
        try:
            completion = self.server.llama.create_chat_completion(
                messages=request["messages"], max_tokens=request.get("max_tokens"), temperature=0.0, top_k=1, **options
            )
        except ValueError as error:
            self._answer(400, _error(str(error), "context_length_exceeded"))
            return
        completion["model"] = self.server.name
        self._answer(200, completion)

    def _note(self, body: bytes) -> None:
        if self.server.record is None:
            return
        note = {"path": self.path, "authorization": self.headers.get("Authorization", ""), "body": body.decode("utf-8")}
        with self.server.record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


def _error(message: str, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--ctx", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--key", default="")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    import llama_cpp

    llama = llama_cpp.Llama(
        str(options.model),
        n_ctx=options.ctx,
        n_threads=options.threads,
        n_threads_batch=options.threads,
        flash_attn=True,
        verbose=False,
    )
    with ModelServer(options.port, llama, options.model.stem, options.key, options.record) as server:
        print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
