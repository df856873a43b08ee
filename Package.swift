// swift-tools-version: 6.2
import PackageDescription

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "spyre",
    products: [
        .executable(name: "spyre", targets: ["spyre"]),
        .library(name: "SpyreEngine", targets: ["SpyreEngine"]),
        .library(name: "SpyreScheduler", targets: ["SpyreScheduler"]),
        .library(name: "SpyreExecutor", targets: ["SpyreExecutor"]),
        .library(name: "FMS", targets: ["FMS"]),
        .library(name: "SpyreGraph", targets: ["SpyreGraph"]),
        .library(name: "SpyreCheckpoint", targets: ["SpyreCheckpoint"]),
        .library(name: "SpyreTokenizer", targets: ["SpyreTokenizer"]),
        .library(name: "SpyreDevice", targets: ["SpyreDevice"]),
        .library(name: "CSpyreKernels", targets: ["CSpyreKernels"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    ],
    targets: [
        // From the bottom of the house to its top; a target depends only on what is above it in this list.
        .target(
            name: "CSpyreKernels",
            path: "CSpyreKernels",
            exclude: [
                "Makefile", "packaging",
                "device/variants.def", "ops/activation/activation.def", "ops/attention/attention.def",
                "ops/convert/convert.def", "ops/kv_cache/kv_cache.def", "ops/matmul/matmul.def", "ops/norm/norm.def",
                "ops/rope/rope.def", "ops/sample/sample.def", "ops/softmax/softmax.def",
            ],
            publicHeadersPath: "include",
            cSettings: [
                // Debug builds are optimised too: unoptimised kernels make the tests crawl.
                .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra"])
            ],
            linkerSettings: [.linkedLibrary("m")]
        ),
        .target(name: "SpyreDevice", dependencies: ["CSpyreKernels"]),
        .target(name: "SpyreGraph", dependencies: ["SpyreDevice", "CSpyreKernels"]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
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
            name: "CSpyreRoofline",
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-Wall", "-Wextra"])]
        ),
        .target(
            name: "SpyreBenchmark", dependencies: ["CSpyreRoofline", "CSpyreKernels", "SpyreDevice", "SpyreCheckpoint"]),
        .target(
            name: "SpyreCommands",
            dependencies: [
                "SpyreEngine", "SpyreScheduler", "SpyreExecutor", "SpyreGraph", "SpyreDevice", "SpyreCheckpoint",
                "SpyreTokenizer", "SpyreBenchmark", "CSpyreKernels", argumentParser, logging,
            ]),
        .executableTarget(name: "spyre", dependencies: ["SpyreCommands"]),

        .target(name: "SpyreTestSupport", path: "Tests/Support"),
        .testTarget(
            name: "CSpyreKernelsTests", dependencies: ["CSpyreKernels"],
            // The oracles are optimised for the same reason as the kernels.
            swiftSettings: [.unsafeFlags(["-O"])]),
        .testTarget(name: "SpyreDeviceTests", dependencies: ["SpyreDevice", "CSpyreKernels"]),
        .testTarget(name: "FMSTests", dependencies: ["FMS", "SpyreCheckpoint", "SpyreTestSupport"]),
        .testTarget(name: "SpyreGraphTests", dependencies: ["SpyreGraph", "SpyreDevice"]),
        .testTarget(
            name: "SpyreTokenizerTests", dependencies: ["SpyreTokenizer", "CPCRE2"], exclude: ["Fixtures"]),
        .testTarget(name: "SpyreCheckpointTests", dependencies: ["SpyreCheckpoint", "SpyreTestSupport"]),
        .testTarget(
            name: "SpyreExecutorTests",
            dependencies: ["SpyreExecutor", "SpyreGraph", "SpyreDevice", "SpyreCheckpoint", "SpyreTestSupport"]),
        .testTarget(name: "SpyreSchedulerTests", dependencies: ["SpyreScheduler"], exclude: ["Fixtures"]),
        .testTarget(
            name: "SpyreEngineTests",
            dependencies: [
                "SpyreEngine", "SpyreScheduler", "SpyreExecutor", "SpyreGraph", "SpyreTokenizer", "SpyreCheckpoint",
                "SpyreTestSupport",
            ]),
        .testTarget(
            name: "SpyreBenchmarkTests",
            dependencies: ["SpyreBenchmark", "CSpyreRoofline", "SpyreDevice", "SpyreCheckpoint"]),
        // The end-to-end tests run the executable.
        .testTarget(
            name: "SpyreCLITests", dependencies: ["SpyreCommands", "SpyreScheduler", "SpyreBenchmark", "spyre"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
