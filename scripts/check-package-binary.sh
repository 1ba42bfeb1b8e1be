#!/usr/bin/env bash
# Makes the single executable of this platform and uses it where there is no Node.js.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

case $(uname -m) in
  aarch64) platform=linux-arm64 ;;
  *) platform=linux-x64 ;;
esac
binary=$(scripts/package-binary.sh "$folder" "$platform" | tail -1)
mkdir "$folder/home" "$folder/empty"
script=$PWD/bin/run.js
node=$(scripts/node-binary.sh 24)
cd "$folder/empty"
alone() {
  env -i PATH="$folder/empty" HOME="$folder/home" "$binary" "$@"
}

alone --version | grep '^greyprobe/.* node-v24\.'
[[ $(stat --format=%a "$folder/home/.cache/greyprobe") == 700 ]]
alone demo --details >"$folder/demo"
grep '^Verdict: greylisted, confirmed\.' "$folder/demo"
status=0
alone recommend --json >"$folder/error" || status=$?
[[ $status -eq 2 ]]

# Without a folder to write to, it is unpacked for this process only.
env -i HOME=/dev/null TMPDIR="$folder/empty" "$binary" --version >/dev/null 2>&1
[[ -z $(ls "$folder/empty") ]]

# Start-up beside the script on the same Node.js: the best of ten each.
best() {
  local i began ended fastest=
  for ((i = 0; i < 10; i++)); do
    began=$(date +%s%N)
    "$@" >/dev/null
    ended=$((($(date +%s%N) - began) / 1000000))
    [[ -n $fastest && $fastest -le $ended ]] || fastest=$ended
  done
  echo "$fastest"
}
binary_ms=$(best alone --version)
script_ms=$(best "$node" "$script" --version)
echo "Start-up: $binary_ms ms as an executable, $script_ms ms as a script"
# A guard against another kind of start, not a measurement: machines of build servers are noisy.
[[ $binary_ms -le $((script_ms * 2)) ]]
