#!/usr/bin/env bash
# Install the Debian packages that the tests need and that are missing, where we may (root or passwordless sudo).
# Where we may not, say so in one line; the tests that need them then skip (never when CI is set).
# With arguments: install these packages.
set -uo pipefail

declare -A provides=(
  [chromium]="chromium" [postgresql]="/usr/lib/postgresql/*/bin/initdb" [mariadb-server]="mariadbd"
  [redis-server]="redis-server" [hunspell]="hunspell" [hunspell-nl]="/usr/share/hunspell/nl*.dic"
)
missing=()
if [ $# -gt 0 ]; then
  missing=("$@")
else
  for package in "${!provides[@]}"; do
    probe=${provides[$package]}
    command -v "$probe" >/dev/null 2>&1 || compgen -G "$probe" >/dev/null || missing+=("$package")
  done
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ]; then as_root=(); elif sudo -n true 2>/dev/null; then as_root=(sudo -n); else
  echo "Zonder root of sudo blijven tests over die dit nodig hebben: ${missing[*]}" >&2
  [ -z "${CI:-}" ]
  exit
fi
if ! command -v apt-get >/dev/null; then
  echo "Geen apt-get: tests blijven over die dit nodig hebben: ${missing[*]}" >&2
  [ -z "${CI:-}" ]
  exit
fi
echo "Debian-pakketten installeren: ${missing[*]} …"
# A database server that we start ourselves for a test must not also start as a service of the machine.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c '
  policy=/usr/sbin/policy-rc.d
  made=
  if [ ! -e "$policy" ]; then printf "#!/bin/sh\nexit 101\n" > "$policy"; chmod 755 "$policy"; made=1; fi
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" > /dev/null
  status=$?
  [ -n "$made" ] && rm -f "$policy"
  exit $status
' sh "${missing[@]}"
