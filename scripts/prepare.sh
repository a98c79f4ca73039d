#!/bin/sh
# Makes .venv with the locked dependencies: `prepare.sh runtime | dev | redis`.
# The lock file that was installed is kept beside them, so a second call only compares two files.
set -eu
cd "$(dirname "$0")/.."
level=${1:-runtime}

stop() {
    printf 'Goodturn: %s\n' "$*" >&2
    exit 1
}

installed() { # installed LEVEL: is this lock file already installed at least that far?
    cmp -s uv.lock ".venv/.installed-$1"
}

if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; then
    case $level in
        runtime) if installed runtime || installed dev || installed redis; then exit 0; fi ;;
        dev) if installed dev || installed redis; then exit 0; fi ;;
        redis) if installed redis; then exit 0; fi ;;
        *) stop "prepare.sh knows runtime, dev and redis, not '$level'." ;;
    esac
else
    [ -w . ] || stop "the folder $(pwd) cannot be written to, so .venv cannot be made there."
    rm -rf .venv
fi
[ ! -e .venv ] || [ -w .venv ] || stop "the folder $(pwd)/.venv cannot be written to; remove it or run as its owner."

find_python() { # The newest that the dependencies are tested with comes first.
    for name in python3.13 python3.12 python3.14 python3 python; do
        if "$name" -c 'import sys; sys.exit(not (3, 12) <= sys.version_info < (3, 15))' 2>/dev/null; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
}

unset VIRTUAL_ENV
python=$(find_python)
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    if [ ! -x .venv/bin/python ]; then
        [ -n "$python" ] || stop "Python 3.12 or newer is needed (or uv, which brings one). Install python3.13 or uv, then try again."
        echo "Making .venv with $python"
        "$python" -m venv .venv || {
            rm -rf .venv
            stop "Python could not make a virtual environment; on Debian or Ubuntu install python3-venv, then try again."
        }
    fi
    [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9' ||
        stop "uv could not be installed into .venv; is the package index reachable?"
    uv=.venv/bin/uv
fi

case $level in
    runtime) groups=--no-dev ;;
    dev) groups="--group dev" ;;
    redis) groups="--group dev --group redis" ;;
esac
echo "Installing the locked dependencies ($level)"
if [ -x .venv/bin/python ]; then
    python=.venv/bin/python
fi
# --inexact: what another target installed stays.
# shellcheck disable=SC2086
"$uv" sync --quiet --frozen --inexact ${python:+--python "$python"} $groups ||
    stop "the dependencies could not be installed; the lines above say why."
rm -f .venv/.installed-*
cp uv.lock ".venv/.installed-$level"
