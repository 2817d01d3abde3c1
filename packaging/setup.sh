# Sourced by `run` and `test`: brings a checkout to the point where Deskhand starts. Every step is skipped when it is done already.
# Noisy steps write to a log, which is shown only when the step fails.

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
VENV="$ROOT/.venv"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/deskhand"
LOGS="$CACHE/logs"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONDONTWRITEBYTECODE="${PYTHONDONTWRITEBYTECODE:-}"

# Libraries that Qt's window system plug-in and text drawing load, a virtual screen, and a font.
APT_PACKAGES=(libegl1 libgl1 libopengl0 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
  libxcb-xkb1 fonts-dejavu-core)
APT_TEST_PACKAGES=(xvfb xauth dbus gnome-keyring strace)
# For the frozen program: programs that look into libraries and into their dependencies.
APT_BUILD_PACKAGES=(binutils dpkg-dev)

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "deskhand: $*"
  exit 1
}

# quietly NAME COMMAND…: run a step; show its log if it fails.
quietly() {
  local name="$1" log
  shift
  mkdir -p "$LOGS"
  log="$LOGS/${name//[^A-Za-z0-9]/-}.log"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    say "deskhand: this step failed: $name. Its log ($log) ends:"
    tail -n 40 "$log" >&2
    exit 1
  fi
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  fail "Python 3.11, 3.12 or 3.13 is needed. Install it, or name it with PYTHON=/path/to/python3."
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo --non-interactive "$@"
  fi
}

# Newer Debian releases and Ubuntu name some libraries with the ending t64.
is_installed() {
  grep -qx installed < <(dpkg-query --show --showformat='${db:Status-Status}\n' "$1" "$1t64" 2>/dev/null)
}

# install_apt PACKAGE…: install what is missing of them. Without the right to, say what to ask for and go on.
install_apt() {
  local package missing=()
  command -v dpkg-query >/dev/null || return 0
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! as_root true 2>/dev/null; then
    say "deskhand: these system packages are missing and can't be installed without administrator rights:"
    say "  sudo apt-get install ${missing[*]}"
    return 0
  fi
  say "Installing system packages: ${missing[*]}"
  quietly "system package lists" as_root apt-get update
  quietly "system packages" as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
}

install_system() {
  local packages=("${APT_PACKAGES[@]}" "$@")
  command -v c++ >/dev/null || packages+=(build-essential)
  has_venv || packages+=(python3-venv)
  install_apt "${packages[@]}"
  has_venv || fail "$PYTHON_FOUND can't make virtual environments. On Debian and Ubuntu: sudo apt-get install python3-venv"
  command -v c++ >/dev/null || has_engine ||
    fail "A C++ compiler is needed to build the inference engine. On Debian and Ubuntu: sudo apt-get install build-essential"
}

has_venv() {
  "$PYTHON_FOUND" -c 'import ensurepip, venv' 2>/dev/null
}

# Whether some engine was built before; engine.py knows whether it is the right one.
has_engine() {
  compgen -G "$CACHE/engine/*/*.whl" >/dev/null
}

make_venv() {
  if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    say "Making .venv"
    quietly "virtual environment" "$PYTHON_FOUND" -m venv --clear "$VENV"
  fi
}

# install_requirements FILE…: pinned and hashed; done again only when a file changed.
install_requirements() {
  local file stamp arguments=()
  for file in "$@"; do
    arguments+=(--requirement "$file")
  done
  stamp="$(cat "$@" | sha256sum | cut -d' ' -f1)"
  [ "$(cat "$VENV/.requirements" 2>/dev/null)" = "$stamp $#" ] && return 0
  say "Installing Python packages"
  quietly "Python packages" "$VENV/bin/python" -m pip install --require-hashes --no-deps "${arguments[@]}"
  printf '%s %s\n' "$stamp" "$#" >"$VENV/.requirements"
}

install_engine() {
  "$PYTHON_FOUND" "$ROOT/packaging/engine.py" --into "$VENV/bin/python" --cache "$CACHE/engine"
}

install_program() {
  # Also does not start after the checkout was moved.
  "$VENV/bin/deskhand" --version >/dev/null 2>&1 && return 0
  quietly "the program itself" "$VENV/bin/python" -m pip install --no-deps --no-build-isolation --editable "$ROOT"
}

# get_model ID: download and check a model; at once when it is there.
get_model() {
  "$VENV/bin/deskhand" models verify "$1" >/dev/null 2>&1 && return 0
  say "Downloading the model $1"
  "$VENV/bin/deskhand" models download "$1" >/dev/null
}

PYTHON_FOUND="$(find_python)"
