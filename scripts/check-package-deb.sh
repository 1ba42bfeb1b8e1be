#!/usr/bin/env bash
# Makes the Debian package, and installs, uses, removes and purges it on this machine. Wants Debian and root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
sandbox=
node=
clean_up() {
  [[ -z $sandbox ]] || kill "$sandbox" 2>/dev/null || true
  dpkg --purge greyprobe >/dev/null 2>&1 || true
  rm -rf "$folder" /etc/greyprobe
  [[ -z $node ]] || rm -f "$node"
}
# Both would be overwritten and removed.
if dpkg-query --show greyprobe >/dev/null 2>&1 || [[ -e /etc/greyprobe ]]; then
  echo 'greyprobe is installed on this machine: not touched.' >&2
  exit 1
fi
trap clean_up EXIT

export DEBIAN_FRONTEND=noninteractive
tools=(adduser fakeroot lintian man-db)
if ! dpkg-query --show "${tools[@]}" >/dev/null 2>&1; then
  apt-get -qq update
  apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends "${tools[@]}" >/dev/null
fi

deb=$(scripts/package-deb.sh "$folder")
lintian --allow-root --fail-on error,warning "$deb"

# Where Node.js did not come as a package of Debian's kind, dpkg cannot know that it is there. Slim images
# leave out manual pages.
options=(--path-include='/usr/share/*')
dpkg-query --show nodejs >/dev/null 2>&1 || options+=(--force-depends)
if [[ ! -e /usr/bin/node ]]; then
  node=/usr/bin/node
  ln -s "$(command -v node)" "$node"
fi
dpkg "${options[@]}" --install "$deb" >/dev/null

echo 'Uses it'
version=$(node -p "require('./package.json').version")
cd /
greyprobe --version | grep --fixed-strings "greyprobe/$version "
for page in /usr/share/man/man[15]/greyprobe*; do
  man --warnings=all --local-file "$page" >"$folder/page" 2>"$folder/warnings"
  [[ -s $folder/page && ! -s $folder/warnings ]]
done
man greyprobe >/dev/null
man 5 greyprobe.yaml >/dev/null
bash -c 'source /usr/share/bash-completion/completions/greyprobe && complete -p greyprobe'
[[ -s /usr/share/zsh/vendor-completions/_greyprobe ]]
[[ -s /usr/share/fish/vendor_completions.d/greyprobe.fish ]]
greyprobe demo --details >"$folder/demo"
grep '^Verdict: greylisted, confirmed\.' "$folder/demo"

# What the timer starts, as the user that it starts it as, for a mail host of our own.
greyprobe sandbox --delay 1s --port 0 --dns-port 0 --json >"$folder/sandbox" 2>&1 &
sandbox=$!
until [[ -s $folder/sandbox ]]; do sleep 0.2; done
read -r host port resolver < <(head -1 "$folder/sandbox" | node -e "
  const { address, smtpPort, dnsPort } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  console.log(address, smtpPort, address + ':' + dnsPort);")
mkdir /etc/greyprobe
cat >/etc/greyprobe/greyprobe.yaml <<EOF
defaults: { from: 'probe-{nonce}@sender.example', host: '$host', port: $port, resolver: '$resolver' }
targets:
  - recipient: user@grey.example
    expect: { verdict: greylisted, opensNoLaterThan: 1m }
EOF
unit=/lib/systemd/system/greyprobe-check.service
command=$(sed -n '/^ExecStart=/,/[^\\]$/p' "$unit" | sed 's/^ExecStart=//; s/\\$//' | tr -d '\n')
state=$(sed -n 's/^Environment=//p' "$unit")
# shellcheck disable=SC2086 # The words of a command.
runuser --user greyprobe -- env "$state" $command
[[ -s /var/lib/greyprobe/check.json ]]
kill "$sandbox"
wait "$sandbox" || true
sandbox=
# As `systemctl enable` does, where there is no systemd.
wants=/etc/systemd/system/timers.target.wants
install -d "$wants"
ln -s /lib/systemd/system/greyprobe-check.timer "$wants/greyprobe-check.timer"

echo 'Removes it'
dpkg --remove greyprobe >/dev/null
[[ ! -e /usr/share/greyprobe && -e /var/lib/greyprobe ]]
dpkg --purge greyprobe >/dev/null
rm -r /etc/greyprobe
# The cache of man is man's own.
left=$(find /etc /usr /var /lib -xdev -name '*greyprobe*' -not -path '/var/tmp/*' -not -path '/var/cache/man/*' -not -path "$OLDPWD/*")
[[ -z $left ]] || { echo "$left is left." >&2; exit 1; }
if getent passwd greyprobe || getent group greyprobe; then
  echo 'The user is left.' >&2
  exit 1
fi
echo 'Nothing is left'
