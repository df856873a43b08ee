// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "spyre",
    products: [
        .library(name: "SpyreCheckpoint", targets: ["SpyreCheckpoint"]),
        .library(name: "SpyreTokenizer", targets: ["SpyreTokenizer"]),
        .library(name: "SpyreEngine", targets: ["SpyreEngine"]),
    ],
    targets: [
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .target(name: "SpyreCheckpoint"),
        .target(name: "SpyreTokenizer", dependencies: ["CPCRE2"]),
        .target(name: "SpyreEngine"),
        .testTarget(name: "SpyreCheckpointTests", dependencies: ["SpyreCheckpoint"]),
        .testTarget(
            name: "SpyreTokenizerTests", dependencies: ["SpyreTokenizer", "CPCRE2"], exclude: ["Fixtures"]),
        .testTarget(name: "SpyreEngineTests", dependencies: ["SpyreEngine"]),
    ],
    swiftLanguageModes: [.v6]
)
