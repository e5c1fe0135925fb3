#!/usr/bin/env bash
# Make .venv with exactly what requirements/dev.txt locks, and the project itself in it.
set -euo pipefail
cd "$(dirname "$0")/.."

python=""
for candidate in python3.11 python3.12 python3; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Veranderkracht vraagt Python 3.11 of 3.12. Op Debian: apt-get install python3 python3-venv" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
  bash scripts/system-packages.sh python3-venv
fi

echo "Installeren in .venv (de eerste keer een paar minuten) …"
[ -x .venv/bin/python ] || "$python" -m venv .venv
if [ ! -x .venv/bin/uv ]; then
  # The installer itself comes from the lock too, with its hash.
  awk '/^uv==/{on=1} on{print} on && !/\\$/{exit}' requirements/dev.txt > .venv/uv.txt
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.txt
fi
.venv/bin/uv pip install -q -p .venv/bin/python --require-hashes -r requirements/dev.txt
.venv/bin/uv pip install -q -p .venv/bin/python --no-deps --no-build-isolation -e .
echo "Geïnstalleerd."
