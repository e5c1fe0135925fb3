#!/usr/bin/env bash
# Print, to stand before PATH (a version manager's shims may answer for what is not active), where other Python versions of this machine are that tox may test with.
for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12*/bin; do
  [ -x "$python/python3.12" ] && printf '%s:' "$python"
done
exit 0
