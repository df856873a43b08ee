#!/bin/sh
# Runs the tests of the C core under AddressSanitizer and UndefinedBehaviorSanitizer, or under ThreadSanitizer:
#   scripts/sanitize-c.sh [address|thread] [swift test arguments, such as --filter PackTests]
# The tests go into a package of their own, so that nothing else of the project has to be built. The guard pages of the
# test devices stay in place: they see what vector code does past an operand, and AddressSanitizer what scalar code does
# past the stack and the heap.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
kind=${1:-address}
[ $# -eq 0 ] || shift
case $kind in
address | thread) ;;
*)
    echo "usage: $0 [address|thread] [swift test arguments]" >&2
    exit 2
    ;;
esac

work=${SPYRE_SANITIZE_DIR:-$root/.build/sanitize-c}
sh "$root/scripts/c-package.sh" "$work" -O1 -g
cd "$work"

if [ "$kind" = address ]; then
    # The address runtime has the handlers of the undefined-behaviour checks. Leaks are the Swift runtime's own.
    ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-} UBSAN_OPTIONS=print_stacktrace=1:${UBSAN_OPTIONS:-} \
        exec swift test --sanitize=address --scratch-path .build-address -Xcc -fsanitize=undefined \
        -Xcc -fno-sanitize-recover=undefined "$@"
fi
TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1:report_thread_leaks=0:${TSAN_OPTIONS:-} \
    exec swift test --sanitize=thread --scratch-path .build-thread "$@"
