// swift-tools-version: 6.2
import PackageDescription

let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "spyre",
    products: [
        .executable(name: "spyre", targets: ["spyre"]),
        .library(name: "SpyreServer", targets: ["SpyreServer"]),
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
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
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
            name: "SpyreServer",
            dependencies: [
                "SpyreEngine", "SpyreScheduler", "SpyreExecutor", "SpyreTokenizer", hummingbird, hummingbirdCore,
                lifecycle, httpTypes,
                nioHTTPTypes,
                nio, nioHTTP1, logging,
            ]),
        .target(
            name: "CSpyreRoofline",
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-Wall", "-Wextra"])]
        ),
        .target(
            name: "SpyreBenchmark", dependencies: ["CSpyreRoofline", "CSpyreKernels", "SpyreDevice", "SpyreCheckpoint"]),
        .target(name: "SpyreServeBenchmark", dependencies: [asyncHTTPClient, deque, nio, nioHTTP1, nioPosix]),
        .target(
            name: "SpyreCommands",
            dependencies: [
                "SpyreServer", "SpyreEngine", "SpyreScheduler", "SpyreExecutor", "SpyreGraph", "SpyreDevice",
                "SpyreCheckpoint", "SpyreTokenizer", "SpyreBenchmark", "SpyreServeBenchmark", "CSpyreKernels",
                argumentParser, logging, lifecycle, unixSignals, nio,
            ]),
        .executableTarget(name: "spyre", dependencies: ["SpyreCommands"]),

        .target(name: "SpyreTestSupport", path: "Tests/Support"),
        .target(
            name: "SpyreEngineTestSupport",
            dependencies: ["SpyreEngine", "SpyreExecutor", "SpyreTokenizer", "SpyreCheckpoint"],
            path: "Tests/EngineSupport"),
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
                "SpyreTestSupport", "SpyreEngineTestSupport",
            ]),
        .testTarget(
            name: "SpyreServerTests",
            dependencies: [
                "SpyreServer", "SpyreEngine", "SpyreExecutor", "SpyreTokenizer", "SpyreCheckpoint",
                "SpyreEngineTestSupport", lifecycle, nio, nioHTTP1, nioPosix, logging,
            ]),
        .testTarget(
            name: "SpyreBenchmarkTests",
            dependencies: ["SpyreBenchmark", "CSpyreRoofline", "SpyreDevice", "SpyreCheckpoint"]),
        .target(name: "ScriptedServer", dependencies: [nio, nioHTTP1, nioPosix], path: "Tests/ScriptedServer"),
        .testTarget(name: "SpyreServeBenchmarkTests", dependencies: ["SpyreServeBenchmark", "ScriptedServer"]),
        // The end-to-end tests run the executable.
        .testTarget(
            name: "SpyreCLITests",
            dependencies: [
                "SpyreCommands", "SpyreScheduler", "SpyreBenchmark", "SpyreServeBenchmark", "ScriptedServer", "spyre",
            ]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
