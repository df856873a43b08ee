#!/bin/sh
# Compiles every public header alone, twice included, as C99 to C17 and C++11 to C++20, with all warnings as errors, and
# a small user of the umbrella header. CC and CXX choose the compilers.
set -eu
cd "$(dirname "$0")/.."
CC=${CC:-clang}
CXX=${CXX:-clang++}
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
for header in CSpyreKernels/include/spyre/*.h; do
    name=$(basename "$header")
    echo "#include \"spyre/$name\"" >"$work/alone.c"
    # Twice: the guard holds.
    echo "#include \"spyre/$name\"" >>"$work/alone.c"
    [ "$name" != spyre.h ] || cat "$work/body" >>"$work/alone.c"
    cp "$work/alone.c" "$work/alone.cpp"
    # A header that declares nothing but types still has to be a translation unit.
    echo "typedef int spyre_not_empty;" >>"$work/alone.c"
    for standard in c99 c11 c17; do
        "$CC" -std=$standard -pedantic-errors -Wall -Wextra -Werror -Wstrict-prototypes -ICSpyreKernels/include \
            -fsyntax-only "$work/alone.c"
    done
    for standard in c++11 c++17 c++20; do
        "$CXX" -std=$standard -pedantic-errors -Wall -Wextra -Werror -ICSpyreKernels/include -fsyntax-only \
            "$work/alone.cpp"
    done
done
echo "headers: every one compiles alone as C99, C11, C17, C++11, C++17 and C++20"
