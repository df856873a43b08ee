#!/bin/sh
# Runs every Swift test of the built package, then again what depends on kernels with each older instruction set that
# the processor has, then the tests of the C core under sanitizers. Goes on after a failure; the last line counts all runs.
#   SPYRE_TEST_ONLY="package kernels sanitizers" chooses runs; SWIFT names another swift.
set -u
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
only=${SPYRE_TEST_ONLY:-package kernels sanitizers}
log=.build/test-run.log
passed=0 failed=0

# run TITLE COMMAND...: adds the tests that a `swift test` ran and failed to the sums. One that ends without its closing
# line, as after a crash or a failed build, is a failure of its own.
run() {
    title=$1
    shift
    started=$(date +%s)
    echo "== $title"
    { "$@" 2>&1; echo "exit status $?"; } | tee "$log" | grep -v '^exit status'
    total=$(sed -n 's/^.*Test run with \([0-9]*\) tests* .*$/\1/p' "$log" | tail -n 1)
    bad=$(grep -c '^✘ Test .* failed after ' "$log")
    # The closing line of a run that failed has the same form as that of a test.
    grep -q '^✘ Test run with ' "$log" && bad=$((bad - 1))
    skipped=$(grep -c '^➜ Test .* skipped' "$log")
    if ! grep -q '^exit status 0$' "$log" && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ -z "$total" ]; then total=$bad; [ "$bad" -gt 0 ] || { total=1; bad=1; }; fi
    good=$((total - bad - skipped))
    passed=$((passed + good)) failed=$((failed + bad))
    echo "== $title: $good passed, $bad failed, $skipped skipped in $(($(date +%s) - started)) s"
}

# isa_runs NAME: whether the processor has the instruction set.
isa_runs() { SPYRE_ISA=$1 .build/debug/spyre doctor 2>/dev/null | grep -q "^ok  *device .* $1,"; }

kernel_tests='CSpyreKernelsTests|SpyreDeviceTests|SpyreGraphTests|SpyreExecutorTests|SpyreEngineTests'
# Kernels in plain C take minutes for what the default model does in seconds with vectors.
real_model_tests='SmolLM2Tests|RealModel(Policy)?Tests'

case " $only " in *" package "*)
    SPYRE_ERROR_TABLE=$PWD/.build/kernel-errors.md run 'all tests' "$swift" test --skip-build ;;
esac
case " $only " in *" kernels "*)
    ! isa_runs avx512 || ! isa_runs avx2 ||
        SPYRE_ISA=avx2 run 'kernels, models and engine with SPYRE_ISA=avx2' \
            "$swift" test --skip-build --filter "^($kernel_tests)\\."
    SPYRE_ISA=reference run 'kernels, models and engine with SPYRE_ISA=reference' \
        "$swift" test --skip-build --filter "^($kernel_tests)\\." --skip "$real_model_tests" ;;
esac
case " $only " in *" sanitizers "*)
    # What the registry's sweeps find in arithmetic they find without sanitizers; here they look at memory, and some of
    # the sizes are enough for that.
    SPYRE_TEST_SIZES=few run 'C core under AddressSanitizer and UndefinedBehaviorSanitizer' \
        sh scripts/sanitize-c.sh address
    SPYRE_TEST_SIZES=few run 'programs and threads under ThreadSanitizer' sh scripts/sanitize-c.sh thread \
        --filter 'ProgramTests|RandomProgramTests|TeamTests|DeviceTests|AttentionWriteTests'
    run 'online engine under ThreadSanitizer' sh scripts/sanitize-engine.sh ;;
esac

rm -f "$log"
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
