#!/bin/sh
# Installs everything into this folder from the locked, hashed versions. Needs Python 3.11 or newer and, where uv is missing, its venv module.
set -eu
venv=$1

stop() {
    echo "$1" >&2
    exit 1
}

command -v git >/dev/null || stop "git is missing: install it with 'apt install git'."
command -v python3 >/dev/null || stop "Python is missing: install 3.11 or newer with 'apt install python3 python3-venv'."
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "$(python3 --version) is too old: put a Python of 3.11 or newer first on PATH."

if command -v uv >/dev/null; then
    uv=uv
else
    uv=.uv/bin/uv
    if ! [ -x "$uv" ]; then
        echo "[1/2] uv, which installs the rest"
        python3 -c 'import ensurepip, venv' 2>/dev/null ||
            stop "Python's venv module is missing: install it with 'apt install python3-venv'."
        python3 -m venv .uv
        .uv/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r local/uv.txt
    fi
fi

echo "[2/2] Python packages, from uv.lock"
UV_PROJECT_ENVIRONMENT=$venv "$uv" sync --locked --no-python-downloads --quiet --python "$(command -v python3)"
