#!/bin/sh
# Runs the tests of the online engine under ThreadSanitizer:
#   scripts/sanitize-engine.sh [swift test arguments, such as --filter OnlineFailureTests]
# Engine and toy model go into a package of their own, so that neither server nor commands have to be built. The C core is
# not instrumented there: scripts/sanitize-c.sh thread looks at its threads.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=${SPYRE_SANITIZE_DIR:-$root/.build/sanitize-engine}
mkdir -p "$work/Sources" "$work/Tests/OnlineTests"
for module in CPCRE2 SpyreDevice SpyreGraph SpyreTokenizer SpyreCheckpoint FMS SpyreExecutor SpyreScheduler SpyreEngine; do
    ln -sfn "$root/Sources/$module" "$work/Sources/$module"
done
ln -sfn "$root/CSpyreKernels" "$work/CSpyreKernels"
ln -sfn "$root/Tests/EngineSupport" "$work/Tests/EngineSupport"
ln -sfn "$root/Tests/SpyreEngineTests/Online" "$work/Tests/OnlineTests/Online"
ln -sfn "$root/Tests/SpyreEngineTests/Support/TestGenerator.swift" "$work/Tests/OnlineTests/TestGenerator.swift"
excluded=$(cd "$root/CSpyreKernels" && find . -name '*.def' -o -name Makefile -o -name packaging | sed 's|^\./\(.*\)$|"\1",|' | tr '\n' ' ')
cat >"$work/Package.swift" <<EOF
// swift-tools-version: 6.2
import PackageDescription

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")

let package = Package(
    name: "spyre",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    ],
    targets: [
        .target(
            name: "CSpyreKernels", path: "CSpyreKernels", exclude: [$excluded], publicHeadersPath: "include",
            cSettings: [.unsafeFlags(["-O1", "-fno-sanitize=all", "-ffp-contract=off", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("m")]),
        .target(name: "SpyreDevice", dependencies: ["CSpyreKernels"]),
        .target(name: "SpyreGraph", dependencies: ["SpyreDevice", "CSpyreKernels"]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8"),
        .target(name: "SpyreTokenizer", dependencies: ["CPCRE2"]),
        .target(name: "SpyreCheckpoint"),
        .target(name: "FMS", dependencies: ["SpyreGraph", "SpyreCheckpoint"]),
        .target(name: "SpyreExecutor", dependencies: ["FMS", "SpyreGraph", "SpyreDevice", "SpyreCheckpoint"]),
        .target(name: "SpyreScheduler", dependencies: [crypto, deque, heap]),
        .target(
            name: "SpyreEngine",
            dependencies: [
                "SpyreScheduler", "SpyreExecutor", "SpyreGraph", "SpyreTokenizer", "SpyreCheckpoint", crypto, heap,
            ]),
        .target(
            name: "SpyreEngineTestSupport",
            dependencies: ["SpyreEngine", "SpyreExecutor", "SpyreTokenizer", "SpyreCheckpoint"],
            path: "Tests/EngineSupport"),
        .testTarget(name: "OnlineTests", dependencies: ["SpyreEngine", "SpyreExecutor", "SpyreEngineTestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
EOF
cd "$work"
# The Swift runtime's own libraries are not instrumented.
TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1:report_thread_leaks=0:${TSAN_OPTIONS:-} \
    exec swift test --sanitize=thread --scratch-path .build-thread "$@"
