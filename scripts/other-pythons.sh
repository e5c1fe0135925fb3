#!/usr/bin/env bash
# Print, to stand before PATH, where other Python versions of this machine are that tox may test with: the shims of a
# version manager answer for the active version only.
for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12*/bin; do
  [ -x "$python/python3.12" ] && printf '%s:' "$python"
done
exit 0
