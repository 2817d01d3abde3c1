"""A worker whose handler is an attacker: code that a hostile file got to run inside the child. Started by tests only.

It goes through the same loop and the same lock as the real workers; `profile` chooses whose warm-up it does first.
"""
# ruff: noqa: PTH101, PTH102, PTH104, PTH108, PTH116, PTH208, PTH211

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import queue
import resource
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from app.worker.main import Call, serve
from app.worker.protocol import Json

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_NUMBERS = {
    **{"socket": 41, "vfork": 58, "execve": 59, "ptrace": 101, "process_vm_readv": 310, "io_uring_setup": 425, "userfaultfd": 323},
    **{
        "bpf": 321,
        "perf_event_open": 298,
        "add_key": 248,
        "keyctl": 250,
        "mount": 165,
        "unshare": 272,
        "setns": 308,
        "chroot": 161,
    },
    **{"open_by_handle_at": 304, "name_to_handle_at": 303, "memfd_create": 319, "execveat": 322, "pidfd_open": 434, "clone3": 435},
    **{
        "openat2": 437,
        "tgkill": 234,
        "clone": 56,
        "shmget": 29,
        "msgget": 68,
        "inotify_init1": 294,
        "syslog": 103,
        "socketpair": 53,
    },
    **{"personality": 135, "init_module": 175, "seccomp": 317, "prctl": 157, "fanotify_init": 300, "memfd_secret": 447},
    **{"mq_open": 240, "setpriority": 141, "truncate": 76, "mlockall": 151, "pipe2": 293, "dup3": 292, "chdir": 80, "umask": 95},
    **{"kcmp": 312, "pidfd_getfd": 438, "landlock_create_ruleset": 444, "statx": 332, "access": 21, "readlink": 89},
    **{"remap_file_pages": 216, "modify_ldt": 154, "iopl": 172, "acct": 163, "sethostname": 170, "swapon": 167, "reboot": 169},
}


_HOME = Path.home()


class BlockedError(Exception):
    """The system refused."""


def call(name: str, *arguments: int | bytes) -> int:
    """A raw system call, past every check of Python and libc."""
    result = int(_LIBC.syscall(ctypes.c_long(_NUMBERS[name]), *[_c(argument) for argument in arguments]))
    if result < 0:
        raise BlockedError(os.strerror(ctypes.get_errno()))
    return result


def _c(argument: int | bytes) -> ctypes.c_long | ctypes.c_char_p:
    return ctypes.c_char_p(argument) if isinstance(argument, bytes) else ctypes.c_long(argument)


def _write_file() -> None:
    Path("/tmp/deskhand-attack").write_text("here", encoding="ascii")


def _reopen_channel() -> None:
    os.close(os.open("/proc/self/fd/2", os.O_RDWR))


def _read_through_root() -> None:
    Path("/proc/self/root/etc/passwd").read_bytes()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _clone_process() -> None:
    if call("clone", 17, 0, 0, 0, 0) == 0:
        os._exit(0)


def _spawn() -> None:
    os.posix_spawn("/bin/true", ["true"], {})


def _take_memory() -> None:
    hoard = [bytearray(256 << 20) for _ in range(32)]
    raise AssertionError(len(hoard))


def _take_shared_memory() -> None:
    mmap.mmap(-1, 8 << 30)


def _map_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def _make_code() -> None:
    memory = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if _LIBC.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(4096), 5) != 0:
        raise BlockedError(os.strerror(ctypes.get_errno()))


def _raise_limits() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


def _signal_by_io() -> None:
    fcntl.fcntl(2, fcntl.F_SETOWN, os.getppid())


def _type_into_terminal() -> None:
    fcntl.ioctl(2, 0x5412, b"x")


def _find_writable_file() -> None:
    """A seekable descriptor open for writing. Those of the shipped models, read-only, may stay open."""
    for descriptor in range(3, 64):
        try:
            place = os.lseek(descriptor, 0, os.SEEK_CUR)
            moves = os.lseek(descriptor, place + 1, os.SEEK_SET) == place + 1
            os.lseek(descriptor, place, os.SEEK_SET)
            if moves and fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY:
                return
        except OSError:
            continue
    raise BlockedError("no file is open for writing")


ATTACKS: dict[str, Callable[[], object]] = {
    "read a system file": lambda: Path("/etc/passwd").read_bytes(),
    "read the person's files": lambda: os.listdir(_HOME),
    "read the program": lambda: Path(__file__).read_bytes(),
    "list a folder": lambda: os.listdir("/"),
    "ask for a file's size": lambda: os.stat("/etc/passwd"),
    "ask by statx": lambda: call("statx", -100, b"/etc/passwd", 0, 0xFFF, ctypes.addressof(ctypes.create_string_buffer(512))),
    "ask whether a file exists": lambda: call("access", b"/etc/passwd", 0),
    "read a link": lambda: call("readlink", b"/proc/self/exe", ctypes.addressof(ctypes.create_string_buffer(64)), 64),
    "write a file": _write_file,
    "truncate a file": lambda: call("truncate", b"/etc/hostname", 0),
    "open by openat2": lambda: call("openat2", -100, b"/etc/passwd", ctypes.addressof(ctypes.create_string_buffer(24)), 24),
    "reopen the channel": _reopen_channel,
    "read through /proc/self/root": _read_through_root,
    "find a file open for writing": _find_writable_file,
    "symlink": lambda: os.symlink("/etc/passwd", "/tmp/deskhand-attack-symlink"),
    "hard link": lambda: os.link("/etc/hostname", "/tmp/deskhand-attack-link"),
    "rename": lambda: os.rename("/tmp", "/tmp-attack"),
    "unlink": lambda: os.unlink("/tmp/deskhand-attack"),
    "make a folder": lambda: os.mkdir("/tmp/deskhand-attack-folder"),
    "make a fifo": lambda: os.mkfifo("/tmp/deskhand-attack-fifo"),
    "change a mode": lambda: os.chmod("/tmp", 0o777),
    "change folder": lambda: call("chdir", b"/"),
    "TCP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "UDP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "IPv6 socket": lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM),
    "UNIX socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "vsock socket": lambda: call("socket", 40, 1, 0),
    "socket pair": socket.socketpair,
    "pipe": lambda: call("pipe2", ctypes.addressof(ctypes.create_string_buffer(8)), 0),
    "fork": _fork,
    "vfork": lambda: call("vfork"),
    "clone a process": _clone_process,
    "clone3": lambda: call("clone3", ctypes.addressof(ctypes.create_string_buffer(88)), 88),
    "exec": lambda: os.execve("/bin/true", ["true"], {}),
    "posix_spawn": _spawn,
    "exec from memory": lambda: call("execveat", call("memfd_create", b"x", 0), b"", 0, 0, 0x1000),
    "execveat": lambda: call("execveat", -100, b"/bin/true", 0, 0, 0),
    "memfd": lambda: call("memfd_create", b"x", 0),
    "secret memory": lambda: call("memfd_secret", 0),
    "kill the parent": lambda: os.kill(os.getppid(), 0),
    "kill a group": lambda: os.killpg(0, 0),
    "tgkill the parent": lambda: call("tgkill", os.getppid(), os.getppid(), 0),
    "ptrace the parent": lambda: call("ptrace", 16, os.getppid(), 0, 0),
    "read the parent's memory by call": lambda: call("process_vm_readv", os.getppid(), 0, 0, 0, 0, 0),
    "read the parent's memory": lambda: os.open(f"/proc/{os.getppid()}/mem", os.O_RDONLY),
    "read the parent's environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "pidfd of the parent": lambda: call("pidfd_open", os.getppid(), 0),
    "compare with the parent": lambda: call("kcmp", os.getppid(), os.getpid(), 0, 0, 0),
    "io_uring": lambda: call("io_uring_setup", 8, ctypes.addressof(ctypes.create_string_buffer(256))),
    "userfaultfd": lambda: call("userfaultfd", 1),
    "bpf": lambda: call("bpf", 0, ctypes.addressof(ctypes.create_string_buffer(128)), 128),
    "perf": lambda: call("perf_event_open", ctypes.addressof(ctypes.create_string_buffer(128)), 0, -1, -1, 0),
    "add a key": lambda: call("add_key", b"user", b"x", b"y", 1, -3),
    "read keys": lambda: call("keyctl", 0, -3, 0),
    "mount": lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, 0),
    "unshare": lambda: call("unshare", 0x10000000),
    "setns": lambda: call("setns", 0, 0),
    "chroot": lambda: call("chroot", b"/"),
    "open by handle": lambda: call("open_by_handle_at", -100, ctypes.addressof(ctypes.create_string_buffer(128)), 0),
    "name to handle": lambda: call("name_to_handle_at", -100, b"/etc/passwd", 0, 0, 0),
    "shared memory segment": lambda: call("shmget", 0, 4096, 0o1600),
    "message queue": lambda: call("msgget", 0, 0o1600),
    "POSIX queue": lambda: call("mq_open", b"attack", 0o102, 0o600, 0),
    "inotify": lambda: call("inotify_init1", 0),
    "fanotify": lambda: call("fanotify_init", 0, 0),
    "kernel log": lambda: call("syslog", 10, 0, 0),
    "kernel module": lambda: call("init_module", 0, 0, b""),
    "personality": lambda: call("personality", 0x0400000),
    "another filter": lambda: call("seccomp", 1, 0, 0),
    "be dumpable again": lambda: call("prctl", 4, 1, 0, 0, 0),
    "outlive the parent": lambda: call("prctl", 1, 0, 0, 0, 0),
    "raise limits": _raise_limits,
    "raise priority": lambda: call("setpriority", 0, os.getppid(), 0),
    "signal by descriptor": _signal_by_io,
    "type into the terminal": _type_into_terminal,
    "take 8 GB": _take_memory,
    "take 8 GB of shared memory": _take_shared_memory,
    "map code": _map_code,
    "turn data into code": _make_code,
    "segment descriptors": lambda: call("modify_ldt", 0, 0, 0),
    "ports": lambda: call("iopl", 3),
}


class AttackHandler:
    """Runs one attack by name, in the thread that serves requests or in one that was running before the lock."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._outcomes: queue.SimpleQueue[str] = queue.SimpleQueue()

    def warm_up(self, args: Json) -> Json:
        threading.Thread(target=self._serve_old_thread, daemon=True).start()
        if args["profile"] == "reader":
            from app.worker.reader import ReaderHandler

            return ReaderHandler().warm_up({})
        if args["profile"] == "model":
            from app.worker.model import ModelHandler

            self._model = ModelHandler()
            return self._model.warm_up(args["model"])
        return {}

    def handle(self, op: str, args: Json, blob: bytes, call: Call) -> tuple[Json, bytes]:
        if op == "x32":
            _LIBC.syscall(ctypes.c_long(0x40000000 | 39))
            return {}, b""
        if args["thread"] == "old":
            self._orders.put(args["name"])
            return {"outcome": self._outcomes.get(timeout=10)}, b""
        return {"outcome": attempt(args["name"])}, b""

    def _serve_old_thread(self) -> None:
        while True:
            self._outcomes.put(attempt(self._orders.get()))


def attempt(name: str) -> str:
    try:
        ATTACKS[name]()
    except (BlockedError, OSError, MemoryError, ValueError) as error:
        return f"blocked: {type(error).__name__} {error}"
    return "succeeded"


if __name__ == "__main__":
    if sys.argv[1:] == ["--unlocked"]:
        for attack in (
            "read a system file",
            "list a folder",
            "TCP socket",
            "map code",
            "memfd",
            "io_uring",
            "ask for a file's size",
        ):
            print(attack, attempt(attack), sep="\t")
        sys.exit(0)
    sys.exit(serve(AttackHandler))
