#!/bin/sh
# Compiles every public header alone, twice included, as C99 to C23 and C++11 to C++20, with all warnings as errors, and
# a small user of the umbrella header, with clang and with gcc. CC and CXX choose one other pair of compilers.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/body" <<'EOF'
int use(void);
int use(void) {
    spyre_device_desc desc;
    spyre_device *device = 0;
    spyre_error *error = 0;
    SPYRE_INIT(&desc);
    desc.threads = 1;
    if (spyre_device_open(&desc, &device, &error) != SPYRE_STATUS_OK) spyre_error_release(error);
    return (int)spyre_span_at(0, 4).offset + (int)spyre_extent_fixed(3).maximum + (int)spyre_device_close(device, 0);
}
EOF

# check COMPILER LANGUAGE STANDARD...: every header in every standard. 2x is what older compilers call C23.
check() {
    compiler=$1
    language=$2
    shift 2
    checked=''
    for standard; do
        if [ "$standard" = c23 ] && ! echo 'int c23;' | "$compiler" -std=c23 -x c -fsyntax-only - 2>"$work/refusal"; then
            standard=c2x
        fi
        for header in CSpyreKernels/include/spyre/*.h; do
            name=$(basename "$header")
            # Twice: the guard holds.
            printf '#include "spyre/%s"\n#include "spyre/%s"\n' "$name" "$name" >"$work/alone"
            [ "$name" != spyre.h ] || cat "$work/body" >>"$work/alone"
            # A header that declares nothing but types still has to be a translation unit.
            echo 'typedef int spyre_not_empty;' >>"$work/alone"
            strict=''
            [ "$language" != c ] || strict=-Wstrict-prototypes
            # shellcheck disable=SC2086 # absent, when it is empty
            "$compiler" -x "$language" -std="$standard" -Wall -Wextra -Wpedantic -Werror -pedantic-errors $strict \
                -ICSpyreKernels/include -fsyntax-only "$work/alone"
        done
        checked="$checked $standard"
    done
    echo "headers: each compiles alone with $("$compiler" --version | head -n 1 | sed 's/ (http.*//'):$checked"
}

if [ -n "${CC:-}${CXX:-}" ]; then
    compilers="${CC:-clang},${CXX:-clang++}"
else
    compilers='clang,clang++ gcc,g++'
fi
for pair in $compilers; do
    check "${pair%,*}" c c99 c11 c17 c23
    check "${pair#*,}" c++ c++11 c++14 c++17 c++20
done
