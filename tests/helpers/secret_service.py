"""A real Secret Service (gnome-keyring) on a message bus of its own, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PASSWORD = "a password of the test"
_WAIT_S = 20.0
_BUS_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""


def needs_secret_service() -> pytest.MarkDecorator:
    missing = [name for name in ("dbus-daemon", "gnome-keyring-daemon") if shutil.which(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


@contextlib.contextmanager
def message_bus(folder: Path) -> Iterator[dict[str, str]]:
    """The variables of a session with a bus that starts nothing by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    socket, config, runtime = folder / "bus", folder / "bus.conf", folder / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    config.write_text(_BUS_CONFIG.format(socket=socket))
    with _running(["dbus-daemon", "--nofork", "--nopidfile", "--nosyslog", f"--config-file={config}"], dict(os.environ)):
        _wait_until(socket.exists)
        yield {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        socket.unlink(missing_ok=True)


@contextlib.contextmanager
def secret_service(folder: Path, *, unlocked: bool) -> Iterator[dict[str, str]]:
    """The variables of a session with a keyring. A locked one is found only where an unlocked one was before."""
    with message_bus(folder) as variables:
        command = ["gnome-keyring-daemon", "--foreground", "--components=secrets"]
        with _running([*command, "--unlock"] if unlocked else command, os.environ | variables, PASSWORD if unlocked else ""):
            _wait_until(lambda: _is_served(variables["DBUS_SESSION_BUS_ADDRESS"]))
            yield variables


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str], told: str = "") -> Iterator[None]:
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.write(told)
        process.stdin.close()
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _is_served(address: str) -> bool:
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    with contextlib.suppress(OSError), open_dbus_connection(address) as connection:
        call = new_method_call(bus, "NameHasOwner", "s", ("org.freedesktop.secrets",))
        return bool(connection.send_and_get_reply(call).body[0])
    return False


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _WAIT_S
    while not is_so():
        if time.monotonic() > until:
            raise RuntimeError("the session did not come up")
        time.sleep(0.02)
