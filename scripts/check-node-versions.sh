#!/usr/bin/env bash
# The built program on other versions of Node.js: too old ones are told so, supported ones do the work.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GREYPROBE_STATE_DIR=$folder/state

# Ends with exit 2 and two lines, whatever the command; under --json with the same as data.
refuses() {
  local node=$1 version command status
  version=$("$node" -p process.versions.node)
  for command in --version doctor 'probe user@example.org' 'doctor --json'; do
    status=0
    # shellcheck disable=SC2086 # The words of a command.
    "$node" bin/run.js $command >"$folder/out" 2>"$folder/err" || status=$?
    [[ $status -eq 2 ]]
    case $command in
      *--json)
        "$node" -e "
          const { error } = JSON.parse(require('fs').readFileSync('$folder/out', 'utf8'));
          require('assert').strictEqual(error.code, 'node-too-old');
          require('assert').ok(error.message.includes('Node.js $version,'));
          require('assert').strictEqual(error.suggestions.length, 1);"
        [[ ! -s $folder/err ]]
        ;;
      *)
        [[ $(wc -l <"$folder/err") -eq 2 && ! -s $folder/out ]]
        grep --quiet "^Error: This is Node.js $version, and greyprobe needs .* or later\.$" "$folder/err"
        grep --quiet '^  Install a newer one from ' "$folder/err"
        ;;
    esac
  done
  echo "Node.js $version: refused"
}

smoke() {
  local node=$1 version
  version=$("$node" -p process.versions.node)
  "$node" bin/run.js --version | grep "node-v$version" >/dev/null
  "$node" bin/run.js explain '450 4.2.0 <user@example.org>: Recipient address rejected: Greylisted' |
    grep --ignore-case greylisting >/dev/null
  "$node" bin/run.js recommend --opens-by 300s --closes-after 4h --json |
    "$node" -e "JSON.parse(require('fs').readFileSync(0, 'utf8'))"
  "$node" --input-type=module -e "await import('$PWD/dist/index.js')"
  "$node" bin/run.js demo --details | grep '^Verdict: greylisted, confirmed\.' >/dev/null
  echo "Node.js $version: works"
}

for major in 12 14 16 18; do
  refuses "$(scripts/node-binary.sh $major)"
done

smokes=()
for major in 20 22 24; do
  smoke "$(scripts/node-binary.sh $major)" &
  smokes+=($!)
done
for one in "${smokes[@]}"; do
  wait "$one"
done
