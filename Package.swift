// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "spyre",
    products: [
        .library(name: "CSpyreKernels", targets: ["CSpyreKernels"]),
        .library(name: "SpyreCheckpoint", targets: ["SpyreCheckpoint"]),
        .library(name: "SpyreTokenizer", targets: ["SpyreTokenizer"]),
        .library(name: "SpyreGraph", targets: ["SpyreGraph"]),
        .library(name: "FMS", targets: ["FMS"]),
        .library(name: "SpyreExecutor", targets: ["SpyreExecutor"]),
        .library(name: "SpyreEngine", targets: ["SpyreEngine"]),
    ],
    targets: [
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .target(
            name: "CSpyreKernels",
            path: "CSpyreKernels",
            exclude: [
                "device/variants.def", "ops/activation/activation.def", "ops/attention/attention.def",
                "ops/matmul/matmul.def", "ops/norm/norm.def", "ops/softmax/softmax.def",
            ],
            publicHeadersPath: "include",
            cSettings: [
                // Debug builds are optimised too: unoptimised kernels make the tests crawl.
                .unsafeFlags(["-O3", "-fopenmp=libomp", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra"])
            ],
            linkerSettings: [.linkedLibrary("omp5"), .linkedLibrary("m")]
        ),
        .target(name: "SpyreCheckpoint"),
        .target(name: "SpyreTokenizer", dependencies: ["CPCRE2"]),
        .target(name: "SpyreDevice", dependencies: ["CSpyreKernels"]),
        .target(name: "SpyreGraph", dependencies: ["CSpyreKernels", "SpyreDevice"]),
        .target(name: "FMS", dependencies: ["SpyreGraph", "SpyreCheckpoint"]),
        .target(
            name: "SpyreExecutor",
            dependencies: ["FMS", "SpyreGraph", "SpyreDevice", "SpyreCheckpoint"]),
        .target(name: "SpyreEngine"),
        .target(name: "Support", path: "Tests/Support"),
        .testTarget(name: "SpyreGraphTests", dependencies: ["SpyreGraph", "SpyreDevice"]),
        .testTarget(
            name: "SpyreExecutorTests",
            dependencies: ["SpyreExecutor", "SpyreGraph", "SpyreDevice", "SpyreCheckpoint", "Support"]),
        .testTarget(name: "CSpyreKernelsTests", dependencies: ["CSpyreKernels"]),
        .testTarget(name: "SpyreCheckpointTests", dependencies: ["SpyreCheckpoint"]),
        .testTarget(
            name: "SpyreTokenizerTests", dependencies: ["SpyreTokenizer", "CPCRE2"], exclude: ["Fixtures"]),
        .testTarget(name: "SpyreEngineTests", dependencies: ["SpyreEngine"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
