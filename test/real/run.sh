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

# Exim, OpenSMTPD, sendmail, dma, chasquid and Postfix are each Debian's one mail server of a machine, so all but
# Postfix are only unpacked, and so is greylistd, which wants Exim: unpack FOLDER PACKAGE PROGRAM.
unpack() {
  local folder=node_modules/.cache/$1 depends
  if [[ ! -x $folder/$3 ]]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    apt-get -q update
    (cd "$folder" && apt-get -q -o APT::Sandbox::User=root download "$2")
    dpkg-deb --extract "$folder"/*.deb "$folder"
  fi
  depends=$(dpkg-deb --field "$folder"/*.deb Depends)
  # shellcheck disable=SC2046 # one word a library
  install_missing $(tr ',' '\n' <<<"$depends" | awk '$1 ~ /^lib/ { print $1 }')
}

# The users and groups that the packages would have made; the programs want them to exist.
make_users() {
  id Debian-exim >/dev/null 2>&1 ||
    useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --badname \
      Debian-exim
  getent group opensmtpq >/dev/null || groupadd --system opensmtpq
  chgrp opensmtpq node_modules/.cache/opensmtpd/usr/sbin/smtpctl
  chmod g+s node_modules/.cache/opensmtpd/usr/sbin/smtpctl
}

# Haraka is read for its parser of outbound.ini alone.
install_haraka() {
  local folder=node_modules/.cache/haraka
  [[ -e $folder/node_modules/Haraka/outbound/config.js ]] && return
  mkdir -p "$folder"
  echo '{}' >"$folder/package.json"
  (cd "$folder" && npm install --ignore-scripts --omit=optional Haraka@3.3)
}

install_missing postfix postgrey unbound sqlgrey libdbd-sqlite3-perl rspamd redis-server libfaketime \
  python3
unpack exim exim4-daemon-light usr/sbin/exim4
unpack opensmtpd opensmtpd usr/sbin/smtpctl
unpack sendmail-bin sendmail-bin usr/libexec/sendmail/sendmail
unpack greylistd greylistd usr/sbin/greylistd
unpack dma dma usr/sbin/dma
unpack chasquid chasquid usr/bin/chasquid
make_users
install_haraka

[[ -e dist/commands/worker.js ]] || npm run build
npx mocha --config .mocharc.real.json "$@"
