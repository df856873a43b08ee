#!/bin/sh
# Installs libspyre into an empty folder, builds Examples/ from what is installed there and nothing else, runs every
# program with every instruction set of this processor, and compares what they print with plain arithmetic. A library
# that gcc made takes the place of clang's for one of them, and has to have the same ABI. The Swift
# example depends on the sources by URL and version: those of this folder, in a repository of their own with a tag.
#   scripts/check-examples.sh [--without-swift]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
CC=${CC:-clang}
CXX=${CXX:-clang++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=/opt/spyre
make -s -C "$root/CSpyreKernels" CC="$CC"
other=$root/.build/library-gcc
make -s -C "$root/CSpyreKernels" CC=gcc BUILD="$other" check
make -s -C "$root/CSpyreKernels" CC="$CC" install DESTDIR="$work/installed" PREFIX="$prefix"
libraries=$work/installed$prefix/lib
export PKG_CONFIG_SYSROOT_DIR="$work/installed" PKG_CONFIG_PATH="$libraries/pkgconfig"

# Nothing but this copy and what is installed: a path into the repository would be found missing.
cp -R "$root/Examples" "$work/examples"
cd "$work/examples"

sizes="-Wall -Wextra -Wpedantic -Werror"
# shellcheck disable=SC2046,SC2086 # flags are meant to be split into words
{
    "$CC" -std=c99 $sizes c/step.c $(pkg-config --cflags --libs spyre) -o c/step
    "$CC" -std=c99 $sizes c/step.c $(pkg-config --cflags spyre) "$libraries/libspyre.a" \
        $(pkg-config --static --libs-only-l spyre | sed 's/-lspyre//') -o c/step_static
    "$CC" -std=c99 $sizes c/matmul.c $(pkg-config --cflags --libs spyre) -o c/matmul
    "$CXX" -std=c++17 $sizes cpp/step.cpp $(pkg-config --cflags --libs spyre) -o cpp/step
}
CC=$CC cmake -S cmake -B cmake/build -DCMAKE_PREFIX_PATH="$work/installed$prefix" >"$work/cmake.log" 2>&1 &&
    cmake --build cmake/build >>"$work/cmake.log" 2>&1 || {
    cat "$work/cmake.log" >&2
    exit 1
}

python3 python/expected.py >"$work/expected"
failed=0
# compare NAME COMMAND...: what the command prints is what it should be.
compare() {
    name=$1
    shift
    if LD_LIBRARY_PATH=$libraries "$@" >"$work/printed" && cmp -s "$work/printed" "$work/expected"; then
        echo "examples: $name${SPYRE_ISA:+ on $SPYRE_ISA}: $(awk '{ print $1, $2 }' "$work/printed" | tr '\n' ' ')"
    else
        echo "examples: $name${SPYRE_ISA:+ on $SPYRE_ISA} prints other results" >&2
        diff "$work/printed" "$work/expected" >&2 || true
        failed=1
    fi
}

for isa in reference avx2 avx512; do
    # A processor without it says so; any other failure is one.
    if ! SPYRE_ISA=$isa LD_LIBRARY_PATH=$libraries c/step >/dev/null 2>"$work/refusal" &&
        grep -q SPYRE_STATUS_UNSUPPORTED "$work/refusal"; then
        echo "examples: $isa is left out: $(cat "$work/refusal")"
        continue
    fi
    export SPYRE_ISA=$isa
    compare "C" c/step
    compare "C, static library" c/step_static
    compare "C, CMake" cmake/build/step
    compare "C, CMake, static library" cmake/build/step_static
    compare "C++" cpp/step
    compare "Python" python3 python/step.py
    compare "C, library by gcc" env LD_LIBRARY_PATH="$other" c/step
done
unset SPYRE_ISA
LD_LIBRARY_PATH=$libraries c/matmul >"$work/printed"
[ "$(tr '\n' ' ' <"$work/printed")" = '-2 3 -2 7.5 ' ] || {
    echo "examples: c/matmul prints $(tr '\n' ' ' <"$work/printed")" >&2
    failed=1
}

# uninstall leaves nothing but the folders that may be others' too.
make -s -C "$root/CSpyreKernels" CC="$CC" uninstall DESTDIR="$work/installed" PREFIX="$prefix"
left=$(find "$work/installed" ! -type d)
[ -z "$left" ] || {
    echo "examples: uninstall leaves $left" >&2
    failed=1
}

# The folder's name is the package's. Its history, the products and what the package manager remembers of them stay, so
# that another run builds only what has changed; every content has a version of its own.
if [ "${1:-}" != --without-swift ]; then
    products=$root/.build/example-swift
    mkdir -p "$products/spyre" "$products/step"
    cd "$products/spyre"
    git init -q
    git rm -rq --cached . >/dev/null 2>&1 || true
    git --git-dir="$PWD/.git" --work-tree="$root" -C "$root" add Package.swift Sources CSpyreKernels Snippets Tests/Support
    version=$(sed -n 's/.*return "\([0-9.]*\)";.*/\1/p' "$root/CSpyreKernels/device/status.c")-t$(git write-tree | cut -c 1-12)
    git rev-parse -q --verify "refs/tags/$version" >/dev/null || {
        git -c user.name=check -c user.email=check@localhost commit -q --allow-empty -m 'Sources under test'
        git tag "$version"
    }
    cp -Rp "$root/Examples/swift/." "$products/step"
    SPYRE_URL=file://$products/spyre SPYRE_VERSION=$version swift build --package-path "$products/step" \
        --scratch-path "$products/build" --security-path "$products/security" >"$work/swift.log" 2>&1 || {
        cat "$work/swift.log" >&2
        exit 1
    }
    cd "$work"
    compare "Swift" "$products/build/debug/step"
fi
[ "$failed" -eq 0 ] || exit 1
