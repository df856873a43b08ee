// swift-tools-version: 6.2
import PackageDescription

// Any URL that git can clone, and a tag that is a version.
let repository = Context.environment["SPYRE_URL"] ?? "file:///usr/src/spyre"
let version = Version(Context.environment["SPYRE_VERSION"] ?? "") ?? "0.1.0"

let package = Package(
    name: "step",
    dependencies: [.package(url: repository, exact: version)],
    targets: [
        .executableTarget(name: "step", dependencies: [.product(name: "CSpyreKernels", package: "spyre")])
    ]
)
