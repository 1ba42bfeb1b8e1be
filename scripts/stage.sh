#!/usr/bin/env bash
# Puts the program with its production dependencies into an empty folder, as packages that bring their own
# need it: stage.sh FOLDER. Beside it, in FOLDER.copyright, are the terms of all that is in it.
set -euo pipefail
target=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# As a user would install it.
tarball=$(scripts/tarball.sh "$work")
npm install --silent --omit=dev --ignore-scripts --no-package-lock --prefix "$work" "$tarball"
modules=$work/node_modules
mv "$modules/greyprobe"/{bin,dist,schemas,oclif.manifest.json,package.json} "$target"

# The terms are read before the files that repeat them go, with what only developers read.
rm -rf "$modules/greyprobe" "$modules/.bin" "$modules/.package-lock.json"
node scripts/copyright.js . "$modules" >"$target.copyright"
find "$modules" -type f \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' -o -name '.*' \
  -o -iname '*.md' -o -iname 'licen[cs]e*' -o -iname 'copying*' \) -delete
find "$modules" -type d -empty -delete
mv "$modules" "$target"
