"""What the process that holds keys leaves behind and hands on."""

import subprocess
import sys

import pytest

from app.network.hardening import environment_for_children
from app.network.secret import Secret


def test_children_inherit_no_keys():
    Secret("planted-key-in-an-innocent-name")
    given = {
        "PATH": "/usr/bin",
        "HOME": "/home/ada",
        "HTTPS_PROXY": "http://proxy:3128",
        "KEYBOARD": "tr",
        "MONKEY": "yes",
        "OPENAI_API_KEY": "a",
        "ANTHROPIC_APIKEY": "b",
        "HF_TOKEN": "c",
        "AWS_SECRET_ACCESS_KEY": "d",
        "DB_PASSWORD": "e",
        "INNOCENT": "x planted-key-in-an-innocent-name y",
    }
    assert set(environment_for_children(given)) == {"PATH", "HOME", "HTTPS_PROXY", "KEYBOARD", "MONKEY"}


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_the_program_can_not_be_read_and_leaves_no_core_file():
    code = """
import ctypes, resource, sys
from app.network.hardening import harden_process
resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
print(harden_process(), resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "('no core files', 'memory closed to other processes') (0, 0) 0"


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
@pytest.mark.parametrize(
    ("arguments", "is_closed"), [(["--version"], True), (["tasks", "list"], True), (["--worker", "none"], False)]
)
def test_the_program_hardens_itself_before_anything_else_and_workers_lock_themselves(arguments, is_closed, tmp_path):
    code = f"""
import ctypes, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
sys.argv = ["deskhand", *{arguments!r}]
from app.__main__ import main
try:
    main()
except (SystemExit, Exception):
    pass
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[0], file=sys.stderr)
"""
    environment = environment_for_children() | {"DESKHAND_DATA": str(tmp_path)}
    told = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
        .stderr.strip()
        .splitlines()[-1]
    )
    assert (told == "0 0") is is_closed
