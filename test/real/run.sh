#!/usr/bin/env bash
# Tests against real mail and DNS servers, on loopback addresses. Installs what is missing from
# Debian's packages; needs root and Debian 12 or later. The daemons run only while a test does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ ! -r /etc/debian_version ]]; then
  echo 'These tests need Debian: they install its packages.' >&2
  exit 1
fi
if [[ $EUID -ne 0 ]]; then
  echo 'These tests need root: Postfix starts as root, and packages may have to be installed.' >&2
  exit 1
fi

missing=()
for package in postfix postgrey unbound sqlgrey libdbd-sqlite3-perl rspamd redis-server; do
  status=$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $status == ii* ]] || missing+=("$package")
done

install_missing() {
  local policy=/usr/sbin/policy-rc.d
  # Keeps the packages' own daemons from starting while they are installed.
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  apt-get -q install -y --no-install-recommends "$@"
}

if [[ ${#missing[@]} -gt 0 ]]; then install_missing "${missing[@]}"; fi

npx mocha --config .mocharc.real.json "$@"
