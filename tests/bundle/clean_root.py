"""A Debian system of its own in a folder, in which a package is installed and used as its user would: no network, no rights."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SUITE = "bookworm"
TOOLS = ("xvfb", "xauth", "xdotool", "xclip", "scrot")
PERSON = "person"
HOME = Path("/home") / PERSON


def why_not() -> str:
    """What keeps this computer from making such a system; empty when nothing does."""
    if os.geteuid() != 0:
        return "a clean system needs root"
    missing = [tool for tool in ("debootstrap", "unshare", "chroot", "tar") if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)} not installed"
    may_part = subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False)
    return "namespaces of its own are not allowed here" if may_part.returncode else ""


@dataclass(frozen=True)
class CleanRoot:
    """`archives` keeps downloaded packages for the next time."""

    folder: Path
    archives: Path

    def path(self, inside: str | Path) -> Path:
        return self.folder / str(inside).lstrip("/")

    def run(self, script: str, *, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a script as root, with the network, for installing."""
        archives = f"mount --bind {self.archives} {self.folder}/var/cache/apt/archives"
        return _finish(self._command(script, mounts=archives), timeout_s)

    def use(self, script: str, *, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a script as an ordinary person with a screen, and with no network interface but an unconnected loopback."""
        return _finish(self._user_command(script), timeout_s)

    @contextmanager
    def using(self, script: str) -> Iterator[subprocess.Popen[bytes]]:
        """The same while the test does something else; ended with the context."""
        process = subprocess.Popen(self._user_command(script), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            # The first process of its namespace takes all others with it, as losing power would. It gave up dying with its parent
            # when it became another user.
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            for child in children.read_text(encoding="ascii").split() if children.is_file() else []:
                os.kill(int(child), signal.SIGKILL)
            process.wait(20)

    def files(self) -> set[str]:
        """All files and folders but those of the kernel and of passing nature."""
        passing = ("proc", "sys", "dev", "run", "tmp", "var/tmp", "var/cache", "var/log", "var/lib/apt", "var/lib/dpkg")
        found = set()
        for path in self.folder.rglob("*"):
            name = path.relative_to(self.folder).as_posix()
            if not name.startswith(passing):
                found.add(name)
        return found

    def _user_command(self, script: str) -> list[str]:
        screen = f"xvfb-run --auto-servernum --server-args='-screen 0 1600x1000x24' sh -euc {shlex.quote(script)}"
        return self._command(screen, person=f"--userspec={PERSON}:{PERSON}", spaces=["--net"])

    def _command(self, script: str, *, mounts: str = "true", person: str = "", spaces: Sequence[str] = ()) -> list[str]:
        variables = {
            "HOME": str(HOME) if person else "/root",
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
        }
        clean = "env -i " + " ".join(f"{name}={value}" for name, value in variables.items())
        kernel = [
            f"mount -t proc proc {self.folder}/proc",
            *(f"mount --rbind /{name} {self.folder}/{name}" for name in ("sys", "dev")),
        ]
        start = f"exec {clean} chroot {person} {self.folder} sh -euc {shlex.quote(script)}"
        whole = " && ".join([*kernel, mounts, start])
        return ["unshare", *spaces, "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", whole]


def _finish(command: list[str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout_s, check=False)


def make_clean_root(folder: Path, cache: Path) -> CleanRoot:
    """Unpack the base system, which is fetched once, and add a screen and a person."""
    base = cache / f"{SUITE}.tar"
    archives = cache / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    if not base.is_file():
        fresh = folder.with_name("base")
        subprocess.run(["debootstrap", "--variant=minbase", SUITE, str(fresh)], check=True, stdout=subprocess.DEVNULL)
        part = base.with_suffix(".part")
        subprocess.run(["tar", "--numeric-owner", "-C", str(fresh), "-cf", str(part), "."], check=True)
        part.rename(base)
        shutil.rmtree(fresh)
    folder.mkdir()
    subprocess.run(["tar", "--numeric-owner", "-C", str(folder), "-xpf", str(base)], check=True)
    shutil.copyfile("/etc/resolv.conf", folder / "etc" / "resolv.conf")
    root = CleanRoot(folder, archives)
    done = root.run(
        "echo 'APT::Keep-Downloaded-Packages \"true\";' >/etc/apt/apt.conf.d/99keep; apt-get -q update;"
        f"apt-get -q install --yes --no-install-recommends {' '.join(TOOLS)};"
        f"useradd --create-home {PERSON}"
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return root
