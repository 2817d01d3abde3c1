"""A worker that misbehaves in one way for each op, through the loop and lock of the real ones. Started by tests only."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

from app.errors import DamagedDocumentError, ModelLoadError
from app.worker import protocol
from app.worker.main import Call, serve
from app.worker.protocol import Json


class RogueHandler:
    """`warm_up` can fail, hang or die too, when its args ask for it."""

    def warm_up(self, args: Json) -> Json:
        match args.get("start"):
            case "hang":
                time.sleep(3600)
            case "crash":
                ctypes.string_at(0)
            case "refuse":
                raise ModelLoadError(model="rogue", detail="it is too large")
            case "bug":
                raise KeyError("secret text of a document")
            case "talk":
                os.write(1, b"native code prints to descriptor 1\n")
        if args.get("deaf"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return {"pid": os.getpid()}

    def handle(self, op: str, args: Json, blob: bytes, call: Call) -> tuple[Json, bytes]:
        answer = getattr(self, f"_{op}", None)
        if answer is None:
            raise LookupError(op)
        return answer(args, blob, call) or ({}, b"")

    def _echo(self, args: Json, blob: bytes, _call: Call) -> tuple[Json, bytes]:
        return args, blob

    def _environment(self, _args: Json, _blob: bytes, _call: Call) -> tuple[Json, bytes]:
        return dict(os.environ), b""

    def _crash(self, _args: Json, _blob: bytes, _call: Call) -> None:
        ctypes.string_at(0)

    def _abort_for_memory(self, _args: Json, _blob: bytes, _call: Call) -> None:
        os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n")
        os.abort()

    def _memory_error(self, _args: Json, _blob: bytes, _call: Call) -> None:
        bytearray(1 << 46)

    def _exit(self, _args: Json, _blob: bytes, _call: Call) -> None:
        os._exit(7)

    def _bug(self, _args: Json, _blob: bytes, _call: Call) -> None:
        raise KeyError("secret text of a document")

    def _damaged(self, _args: Json, _blob: bytes, _call: Call) -> None:
        raise DamagedDocumentError(file="another name", detail="page 2")

    def _lie(self, args: Json, _blob: bytes, call: Call) -> None:
        call.channel.send(protocol.encode_event("error", call.id, error={"code": args["code"], "params": {}}))
        time.sleep(3600)

    def _hang(self, _args: Json, _blob: bytes, _call: Call) -> None:
        time.sleep(3600)

    def _hang_natively(self, _args: Json, _blob: bytes, _call: Call) -> None:
        ctypes.PyDLL(None).sleep(3600)

    def _wait_for_cancel(self, _args: Json, _blob: bytes, call: Call) -> None:
        call.cancelled.wait(30)
        call.check_cancelled()

    def _progress(self, args: Json, _blob: bytes, call: Call) -> None:
        for number in range(args["count"]):
            call.progress({"number": number}, urgent=number in args.get("urgent", []))
            time.sleep(args["pause_s"])

    def _flood(self, _args: Json, _blob: bytes, call: Call) -> None:
        while True:
            call.progress({}, urgent=True)

    def _raw(self, args: Json, _blob: bytes, call: Call) -> None:
        call.channel.send([args["bytes"].encode("latin-1")])
        time.sleep(3600)

    def _huge_line(self, _args: Json, _blob: bytes, call: Call) -> None:
        call.channel.send([b"x" * (protocol.MAX_LINE_BYTES + 10)])
        time.sleep(3600)

    def _wrong_id(self, _args: Json, _blob: bytes, call: Call) -> None:
        call.channel.send(protocol.encode_event("result", call.id + 1, data={}))
        time.sleep(3600)

    def _answer_twice(self, _args: Json, _blob: bytes, call: Call) -> None:
        call.channel.send(protocol.encode_event("result", call.id, data={"first": True}))

    def _noise(self, _args: Json, _blob: bytes, _call: Call) -> None:
        os.write(1, b"stray print\n")
        os.write(2, b"\x1b[31mred\x1b[0m \xff \xe2\x80\xae reversed\n" + b"y" * 100_000 + b"\nlast line\n")


if __name__ == "__main__":
    sys.exit(serve(RogueHandler))
