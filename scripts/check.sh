#!/bin/sh
# Everything that can be said about the code without running it for a person. All of it runs; the end says what failed.
set -u
cd "$(dirname "$0")/.."
PATH="$(pwd)/.venv/bin:$PATH"
export PATH
failed=""
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

part() { # part NAME COMMAND…: run one check, and remember it if it fails
    name=$1
    shift
    printf '== %s\n' "$name"
    "$@" || failed="$failed $name,"
}

demo() { GOODTURN_MODE=demo DATA_DIR="$folder" LOG_LEVEL=ERROR "$@"; }

production() { # The settings as a real installation has them: a fresh key, an https address, nothing else.
    key=$(python -c 'import secrets; print(secrets.token_urlsafe(60))')
    env -u DEBUG -u ALLOWED_HOSTS -u GOODTURN_MODE -u DATABASE_URL -u REDIS_URL \
        DATA_DIR="$folder" SECRET_KEY="$key" BASE_URL=https://kind.example.org "$@"
}

wanted=${1:-all} # `check.sh ruff` runs one part alone

want() { [ "$wanted" = all ] || [ "$wanted" = "$1" ]; }

want ruff && part "ruff check" ruff check --quiet .
want ruff && part "ruff format" ruff format --check --quiet .
want templates && part "djlint" djlint --quiet --lint templates
want imports && part "import-linter" lint-imports
want types && part "mypy" mypy .
want migrations && part "migrations" demo python manage.py makemigrations --check --dry-run
want deploy && part "check --deploy" production python manage.py check --deploy --fail-level WARNING
want content && part "programs and ideas" demo python -m challenges.catalog
want translations && part "translations" demo python -m kindness_platform.translations
want contrast && part "contrast" python tools/contrast.py --quiet

if [ -n "$failed" ]; then
    printf 'Not in order: %s\n' "${failed%,}" | sed 's/:  */: /' >&2
    exit 1
fi
echo "Checks in order."
