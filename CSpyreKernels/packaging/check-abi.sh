#!/bin/sh
# Compares what a built library exports, and the layout of the public structures, with exports.txt and layout.txt.
#   packaging/check-abi.sh BUILD            from CSpyreKernels: says what came and what went
#   packaging/check-abi.sh BUILD --update   takes what there is
# A change of either is a change for everyone who links the library: raise the ABI version in status.h with it.
set -eu
build=$1
library=$build/libspyre.so
CC=${CC:-clang}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "abi: $*" >&2
    failed=1
}

nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | LC_ALL=C sort >"$work/exports.txt"

cat include/spyre/*.h | awk -f packaging/layout.awk >"$work/layout.c"
"$CC" -std=c11 -Iinclude "$work/layout.c" -o "$work/layout"
"$work/layout" | LC_ALL=C sort -u >"$work/layout.txt"

# What the headers declare is there, and nothing else: a function that no header has is nobody's contract.
sed 's|//.*||' include/spyre/*.h | grep -v '^static\|^#' | grep -o '\bspyre_[a-z0-9_]*(' | tr -d '(' | LC_ALL=C sort -u \
    >"$work/declared.txt"
LC_ALL=C comm -23 "$work/declared.txt" "$work/exports.txt" >"$work/missing"
[ ! -s "$work/missing" ] || fail "declared in a header, not exported: $(tr '\n' ' ' <"$work/missing")"
LC_ALL=C comm -13 "$work/declared.txt" "$work/exports.txt" >"$work/undeclared"
[ ! -s "$work/undeclared" ] || fail "exported, declared in no header: $(tr '\n' ' ' <"$work/undeclared")"

# Programs name the major version; nothing but the C library is needed.
major=$(sed -n 's/^#define SPYRE_ABI_MAJOR //p' include/spyre/status.h)
readelf -dW "$library" >"$work/dynamic"
grep -q "SONAME.*\[libspyre.so.$major\]" "$work/dynamic" || fail "the SONAME is not libspyre.so.$major"
needed=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "$work/dynamic" | grep -v '^libpthread\.so\|^libdl\.so\|^libm\.so\|^libc\.so' || true)
[ -z "$needed" ] || fail "needs a library that it should not need: $needed"
! grep -q 'RPATH\|RUNPATH\|TEXTREL' "$work/dynamic" || fail "has an RPATH, RUNPATH or TEXTREL"
nm -g --defined-only "$build/libspyre.a" | awk 'NF == 3 && $3 !~ /^spyre_/ { print $3 }' >"$work/foreign"
[ ! -s "$work/foreign" ] || fail "libspyre.a defines names that are not its own: $(tr '\n' ' ' <"$work/foreign")"

if [ "${2:-}" = --update ]; then
    cp "$work/exports.txt" "$work/layout.txt" packaging/
else
    for list in exports layout; do
        diff "packaging/$list.txt" "$work/$list.txt" >"$work/changes" && continue
        sed -n 's/^>/abi: came:/p; s/^</abi: went:/p' "$work/changes" >&2
        fail "packaging/$list.txt is not what was built; if that is meant, run make -C CSpyreKernels update-abi"
    done
fi
[ "$failed" -eq 0 ] || exit 1
echo "abi: $(wc -l <"$work/exports.txt") functions, $(grep -c '^struct' "$work/layout.txt") structures," \
    "$(grep -c '^SPYRE_' "$work/layout.txt") constants"
