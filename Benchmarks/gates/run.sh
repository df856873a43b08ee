#!/bin/sh
# Counts the instructions of the main kernels on one thread and compares them with counts.txt, which is in the
# repository: with callgrind for the reference and AVX2 kernels, by single steps for AVX-512, which callgrind 3.19 does
# not know. Counts do not depend on the machine's speed or load. They do on the compiler, so that they are compared
# only with the one that counts.txt names; with another, this says so and succeeds, or fails when SPYRE_REQUIRE_GATES
# is set, as it is in continuous integration.
#   Benchmarks/gates/run.sh             fails when a kernel needs more than 2 % more instructions than in counts.txt
#   Benchmarks/gates/run.sh --update    writes counts.txt
# Barriers of a decode step are gated by the Swift test barriersOfALayer.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
CC=${CC:-clang}
tolerance=0.02
committed=$root/Benchmarks/gates/counts.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compiler=$("$CC" --version | head -n 1 | sed 's/ (http.*//')

if [ "${1:-}" != --update ]; then
    [ -f "$committed" ] || { echo "gates: $committed is missing; make gates-update writes it" >&2; exit 1; }
    of=$(sed -n 's/^compiler //p' "$committed")
    if [ "$of" != "$compiler" ]; then
        echo "gates: counts.txt is for $of and this is $compiler: not compared; make gates-update counts anew" >&2
        [ -z "${SPYRE_REQUIRE_GATES:-}" ]
        exit
    fi
fi

make -s -C "$root/CSpyreKernels" CC="$CC" static
"$CC" -std=gnu11 -O1 -Wall -Wextra -Werror -I"$root/CSpyreKernels/include" "$root/Benchmarks/gates/kernels.c" \
    "$root/.build/library/libspyre.a" -lpthread -ldl -lm -o "$work/kernels"
export OMP_NUM_THREADS=1

for isa in reference avx2; do
    if ! SPYRE_ISA=$isa valgrind -q --tool=callgrind --callgrind-out-file="$work/$isa" \
        "$work/kernels" >"$work/log" 2>&1; then
        grep -q SPYRE_STATUS_UNSUPPORTED "$work/log" || { cat "$work/log" >&2; exit 1; }
        echo "gates: $isa is left out: $(cat "$work/log")"
        continue
    fi
    for profile in "$work/$isa".*; do
        awk -v isa=$isa '/^desc: Trigger: Client Request: / { name = $5 } /^summary: / { print isa, name, $2 }' "$profile"
    done
done >"$work/counts"
if SPYRE_ISA=avx512 "$work/kernels" --step >"$work/steps" 2>"$work/log"; then
    sed 's/^/avx512 /' "$work/steps" >>"$work/counts"
else
    grep -q SPYRE_STATUS_UNSUPPORTED "$work/log" || { cat "$work/log" >&2; exit 1; }
    echo "gates: avx512 is left out: $(cat "$work/log")"
fi
LC_ALL=C sort "$work/counts" | grep -v '^gates:' >"$work/sorted" || true
grep '^gates:' "$work/counts" >&2 || true

if [ "${1:-}" = --update ]; then
    {
        echo '# Instructions of a call of each kernel on one thread: instruction set, kernel, count. make gates-update writes this.'
        echo "compiler $compiler"
        cat "$work/sorted"
    } >"$work/new"
    [ ! -f "$committed" ] || diff "$committed" "$work/new" || true
    cp "$work/new" "$committed"
    echo "gates: $(wc -l <"$work/sorted") counts written"
    exit
fi

# Instruction sets that this processor does not have are not compared.
awk -v tolerance=$tolerance '
    NR == FNR { if ($1 != "#" && $1 != "compiler") limit[$1 " " $2] = $3; next }
    { measured[$1 " " $2] = $3; has[$1] = 1 }
    END {
        for (kernel in measured) {
            kernels++
            if (!(kernel in limit)) {
                print "gates: " kernel " has no count; make gates-update adds it"
                failed = 1
                continue
            }
            ratio = measured[kernel] / limit[kernel]
            change = sprintf("%s needs %d instructions, %+.1f %% of %d", kernel, measured[kernel], (ratio - 1) * 100,
                limit[kernel])
            if (ratio > 1 + tolerance) {
                print "gates: " change ": too many; make gates-update if that is meant, and say why in the commit"
                failed = 1
            } else if (ratio < 1 - tolerance) print "gates: " change ": better; make gates-update keeps it"
        }
        for (kernel in limit) {
            split(kernel, parts, " ")
            if ((parts[1] in has) && !(kernel in measured)) {
                print "gates: " kernel " is counted no more; make gates-update drops it"
                failed = 1
            }
        }
        printf "gates: %d kernels within %g %% of their instruction counts\n", kernels, 100 * tolerance > "/dev/stderr"
        exit failed
    }' "$committed" "$work/sorted" >"$work/report" 2>"$work/summary" || {
    LC_ALL=C sort "$work/report" >&2
    exit 1
}
LC_ALL=C sort "$work/report"
cat "$work/summary"
