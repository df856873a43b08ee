#!/bin/sh
# Makes a package of the C core and its tests alone, so that nothing else of the project has to be built:
#   scripts/c-package.sh FOLDER FLAGS...
# Both are linked from the package, unless the folder has copies of them. FLAGS go to the C compiler.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
shift

mkdir -p "$folder/Tests"
for part in CSpyreKernels Tests/CSpyreKernelsTests; do
    [ -d "$folder/$part" ] && [ ! -L "$folder/$part" ] || ln -sfn "$root/$part" "$folder/$part"
done
excluded=$(cd "$folder/CSpyreKernels" && find . -name '*.def' -o -name Makefile -o -name packaging | sed 's|^\./\(.*\)$|"\1",|' | tr '\n' ' ')
flags=$(printf '"%s", ' "$@")
cat >"$folder/Package.swift" <<EOF
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "c-core",
    targets: [
        .target(
            name: "CSpyreKernels", path: "CSpyreKernels", exclude: [$excluded], publicHeadersPath: "include",
            cSettings: [.unsafeFlags([$flags"-ffp-contract=off", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("m")]),
        .testTarget(
            name: "CSpyreKernelsTests", dependencies: ["CSpyreKernels"], swiftSettings: [.unsafeFlags(["-O"])]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
EOF
