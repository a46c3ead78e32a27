#!/bin/sh
# Unpack the model checker CBMC into a folder, with the C library that it needs, beside the system and not into it.
# Debian 12 has no CBMC: this is that of Debian 13, by version and checksum. apt verifies the other packages by Debian's
# signatures.
# Usage: install.sh FOLDER
set -eu
version=6.6.0-4
checksum=02560859a17049c976961c232c4fc58f0747b57f9b751a466b1f368a438b0e41
folder=$1
[ "$(cat "$folder/version" 2>/dev/null)" = "$version $checksum" ] && exit 0
[ "$(uname -m)" = x86_64 ] || { echo "CBMC $version is pinned for x86-64 only" >&2 && exit 1; }

rm -rf "$folder"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/deb"
folder=$(cd "$folder" && pwd)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] ${DEBIAN:-http://deb.debian.org/debian} trixie main" >"$folder/apt/sources.list"

apt() { # apt-get with lists of its own
    apt-get -q -o Dir::Etc::sourcelist="$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" -o APT::Architectures=amd64 \
        -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

echo "unpacking CBMC $version"
apt update >"$folder/log" 2>&1 &&
    (cd "$folder/deb" && apt download "cbmc=$version" minisat libc6 libstdc++6 libgcc-s1 zlib1g) >>"$folder/log" 2>&1 &&
    echo "$checksum  $(ls "$folder"/deb/cbmc_*.deb)" | sha256sum -c >>"$folder/log" 2>&1 || {
    tail -n 5 "$folder/log" >&2
    exit 1
}
for package in "$folder"/deb/*.deb; do
    dpkg -x "$package" "$folder"
done
rm -rf "$folder/deb" "$folder/apt"

cat >"$folder/cbmc" <<'END'
#!/bin/sh
usr=$(dirname "$0")/usr
exec "$usr/lib64/ld-linux-x86-64.so.2" --library-path "$usr/lib/x86_64-linux-gnu:$usr/lib" "$usr/bin/cbmc" "$@"
END
chmod +x "$folder/cbmc"
"$folder/cbmc" --version >"$folder/log"
echo "$version $checksum" >"$folder/version"
