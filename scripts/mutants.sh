#!/bin/sh
# Puts one mistake at a time into a copy of the C core and expects its tests to fail:
#   scripts/mutants.sh [NAME...]    those of Tests/Mutants, or all of them
# A patch there begins with what the mistake is, then names what has to see it: "Kernels:" of the registry (RegistryTests
# checks them) or "Tests:", a filter, and "ISA:", the instruction set to test. A mutant that survives is a hole in the
# tests. Takes under a minute for each.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
swift=${SWIFT:-swift}
work=${SPYRE_MUTANTS_DIR:-$root/.build/mutants}
log=$work/log.txt
command -v patch >/dev/null || { echo "$0: the command 'patch' is missing; install the package of this name" >&2; exit 1; }

# Copies of both, so that the sources may be worked on meanwhile.
mkdir -p "$work/Tests"
rm -rf "$work/CSpyreKernels" "$work/Tests/CSpyreKernelsTests"
cp -Rp "$root/CSpyreKernels" "$work/CSpyreKernels"
cp -Rp "$root/Tests/CSpyreKernelsTests" "$work/Tests/CSpyreKernelsTests"
sh "$root/scripts/c-package.sh" "$work" -O3
cd "$work"

build() { "$swift" build --build-tests >"$log" 2>&1; }
header() { sed -n "s/^$1: //p;/^--- /q" "$2"; }
read_headers() {
    kernels=$(header Kernels "$1") filter=$(header Tests "$1") isa=$(header ISA "$1")
    filter=${filter:-RegistryTests}
}
# Those that should see the mutant, of few sizes. What hangs was seen too.
tests() {
    SPYRE_ISA=$isa SPYRE_TEST_KERNELS=$kernels SPYRE_TEST_SIZES=few \
        timeout 300 "$swift" test --skip-build --filter "$filter" >"$log" 2>&1
}
# The first line that says what a test saw; where the process was stopped there is none.
reason() {
    signal=$(sed -n 's/.*unexpected signal code \([0-9]*\).*/\1/p' "$log" | head -n 1)
    line=$(grep -m 1 -o -e '↳ [^/].* on .*' -e 'Expectation failed.*' -e 'Caught error.*' "$log") ||
        line=${signal:+signal $signal}
    printf '%.150s' "${line:-the tests failed}"
}

build || { cat "$log" >&2; exit 1; }
[ $# -gt 0 ] || set -- $(cd "$root/Tests/Mutants" && ls ./*.patch | sed 's|^\./\(.*\)\.patch$|\1|')
# Without a mistake all of them pass, or their failures would mean nothing.
left=''
for name; do
    read_headers "$root/Tests/Mutants/$name.patch"
    if tests; then
        left="$left $name"
    elif grep -q 'does not have the instruction set' "$log"; then
        echo "SKIPPED   $name: this processor does not have $isa"
    else
        echo "$0: the tests that should see '$name' fail without it: $(reason)" >&2
        exit 1
    fi
done

seen=0 unseen=0
for name in $left; do
    file=$root/Tests/Mutants/$name.patch
    read_headers "$file"
    path=$(sed -n 's|^+++ b/||p' "$file")
    cp "$path" "$work/original"
    if ! patch -p1 -s -N -r - --no-backup-if-mismatch <"$file" >"$log" 2>&1; then
        echo "STALE     $name: the patch does not fit the sources; bring it up to date"
    elif ! build; then
        echo "BROKEN    $name: $(grep -m 1 'error:' "$log")"
    elif tests; then
        echo "SURVIVED  $name ($isa ${kernels:-$filter}): $(sed -n 1p "$file")"
    else
        echo "seen      $name ($isa ${kernels:-$filter}): $(reason)"
        seen=$((seen + 1)) unseen=$((unseen - 1))
    fi
    unseen=$((unseen + 1))
    # With a new time, so that it is compiled again.
    cp "$work/original" "$path"
done
echo "$seen mutants seen, $unseen not"
[ "$unseen" -eq 0 ]
