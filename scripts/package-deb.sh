#!/usr/bin/env bash
# Makes greyprobe_VERSION-1_all.deb in the folder named (or in this one): the npm package, its production
# dependencies, manual pages, completions and the units of systemd. Needs dpkg-deb and fakeroot or root.
set -euo pipefail
target=$(realpath "${1:-.}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
packaging=$PWD/packaging/debian
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

root=$work/root
share=$root/usr/share
doc=$share/doc/greyprobe
install -d "$share/greyprobe" "$doc" "$root/usr/bin" "$root/DEBIAN"
GREYPROBE_TARBALL=$(scripts/tarball.sh "$work")
export GREYPROBE_TARBALL
scripts/stage.sh "$share/greyprobe"
mv "$share/greyprobe.copyright" "$doc/copyright"
version=$(node -p "require('$share/greyprobe/package.json').version")-1

cp -r docs examples "$doc"
install -m 644 README.md "$packaging/README.Debian" "$doc"

packed=$work/package
tar -xzf "$GREYPROBE_TARBALL" -C "$work" package/completions package/man
install -Dm 644 "$packed/completions/greyprobe.bash" "$share/bash-completion/completions/greyprobe"
install -Dm 644 "$packed/completions/_greyprobe" "$share/zsh/vendor-completions/_greyprobe"
install -Dm 644 "$packed/completions/greyprobe.fish" "$share/fish/vendor_completions.d/greyprobe.fish"
install -Dm 644 -t "$share/man/man1" "$packed"/man/*.1
install -Dm 644 -t "$share/man/man5" "$packed"/man/*.5
install -Dm 644 -t "$root/lib/systemd/system" examples/systemd/greyprobe-check.*
install -Dm 644 "$packaging/lintian-overrides" "$share/lintian/overrides/greyprobe"

# By its path, so that no other node of a user's PATH takes its place.
sed -i '1s|.*|#!/usr/bin/node|' "$share/greyprobe/bin/run.js"
find "$root" -type f -exec chmod 644 {} +
find "$root" -type d -exec chmod 755 {} +
chmod 755 "$share/greyprobe/bin/run.js"
ln -s ../share/greyprobe/bin/run.js "$root/usr/bin/greyprobe"

date=$(git log -1 --format=%cD 2>/dev/null || date --rfc-email)
maintainer=$(sed -n 's/^Maintainer: //p' "$packaging/control")
gzip -9n >"$doc/changelog.gz" <CHANGELOG.md
gzip -9n >"$doc/changelog.Debian.gz" <<EOF
greyprobe ($version) unstable; urgency=medium

  * See changelog.gz.

 -- $maintainer  $date
EOF
gzip -9n "$share"/man/man?/*

size=$(du --summarize --apparent-size --block-size=1024 "$root" | cut -f1)
sed "s/@version@/$version/; s/@size@/$size/" "$packaging/control" >"$root/DEBIAN/control"
install -m 755 -t "$root/DEBIAN" "$packaging"/{postinst,prerm,postrm}
(cd "$root" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
chmod 644 "$root/DEBIAN/md5sums"

deb=$target/greyprobe_${version}_all.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$deb" >/dev/null
echo "$deb"
