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
def test_memory_is_closed_while_a_key_is_in_use_and_no_longer():
    code = """
import ctypes, threading
from app.network.hardening import closed_memory, harden_process
is_open = lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
print(*harden_process(), is_open())
entered, leave = threading.Event(), threading.Event()
def use():
    with closed_memory():
        entered.set()
        leave.wait()
with closed_memory():
    other = threading.Thread(target=use)
    other.start()
    entered.wait()
    print(is_open())
print(is_open())
leave.set()
other.join()
print(is_open())
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == ["no core files 1", "0", "0", "1"]


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
@pytest.mark.parametrize("arguments", [["--version"], ["tasks", "list"]])
def test_the_program_forbids_core_files_before_anything_else(arguments, tmp_path):
    code = f"""
import resource, sys
sys.argv = ["deskhand", *{arguments!r}]
from app.__main__ import main
try:
    main()
except SystemExit:
    pass
print(*resource.getrlimit(resource.RLIMIT_CORE), file=sys.stderr)
"""
    environment = environment_for_children() | {"DESKHAND_DATA": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment).stderr
    assert told.strip().splitlines()[-1] in {"0 0", "1 1"}
