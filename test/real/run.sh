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

missing() {
  local package status
  for package in "$@"; do
    status=$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    [[ $status == ii* ]] || echo "$package"
  done
}

install_missing() {
  local policy=/usr/sbin/policy-rc.d packages
  mapfile -t packages < <(missing "$@")
  [[ ${#packages[@]} -gt 0 ]] || return 0
  # Keeps the packages' own daemons from starting while they are installed.
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  apt-get -q install -y --no-install-recommends "${packages[@]}"
}

# Exim and Postfix are each Debian's one mail server of a machine, so Exim is only unpacked.
unpack_exim() {
  local folder=node_modules/.cache/exim depends
  if [[ ! -x $folder/usr/sbin/exim4 ]]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    apt-get -q update
    (cd "$folder" && apt-get -q -o APT::Sandbox::User=root download exim4-daemon-light)
    dpkg-deb --extract "$folder"/*.deb "$folder"
  fi
  depends=$(dpkg-deb --field "$folder"/*.deb Depends)
  # shellcheck disable=SC2046 # one word a library
  install_missing $(tr ',' '\n' <<<"$depends" | awk '$1 ~ /^lib/ { print $1 }')
  # The user that its package would have made; the program wants it to exist.
  id Debian-exim >/dev/null 2>&1 ||
    useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --badname \
      Debian-exim
}

install_missing postfix postgrey unbound sqlgrey libdbd-sqlite3-perl rspamd redis-server
unpack_exim

npx mocha --config .mocharc.real.json "$@"
