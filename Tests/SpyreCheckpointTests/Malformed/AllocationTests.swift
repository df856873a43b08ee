import Foundation
import SpyreTestSupport
import Testing

@testable import SpyreCheckpoint

/// Refusing a file with giant declared lengths neither allocates much nor takes long.
///
/// The checks run in a process of their own, so that other tests do not count.
@Suite struct AllocationTests {
    @Test func giantLengthsAreRefusedInLittleMemory() async {
        await #expect(processExitsWith: .success) {
            let before = try peakResidentBytes()
            for malformed in Self.cases {
                let start = ContinuousClock.now
                try malformed.check()
                #expect(ContinuousClock.now - start < .seconds(2), "\(malformed.name)")
            }
            #expect(try peakResidentBytes() - before < 64 << 20)
        }
    }

    /// The measurement sees an allocation when there is one.
    @Test func theMeasurementSeesAllocations() async {
        await #expect(processExitsWith: .success) {
            let before = try peakResidentBytes()
            let bytes = [UInt8](repeating: 1, count: 100 << 20)
            #expect(bytes.last == 1)
            #expect(try peakResidentBytes() - before > 64 << 20)
        }
    }

    /// A sparse file: `bytes` long with only its first bytes written.
    private static func sparse(
        _ directory: TemporaryDirectory, _ name: String, _ head: [UInt8], bytes: Int
    ) throws -> String {
        let path = try directory.write(head, to: name)
        try EditableFile(path).truncate(to: bytes)
        return path
    }

    private static let gguf = Array("GGUF".utf8) + littleEndian(UInt32(3))

    private static func declares(
        _ name: String, _ expected: String, file: String = "model.gguf", head: [UInt8], bytes: Int
    ) -> MalformedCase {
        MalformedCase(name: name, expected: expected) { directory in
            if !file.hasSuffix(".gguf") {
                try MicroModel.write(to: directory)
                if file.hasSuffix("index.json") { unlink(directory.file("model.safetensors")) }
            }
            let path = try sparse(directory, file, head, bytes: bytes)
            return file.hasSuffix(".gguf") ? path : directory.path
        }
    }

    static let cases: [MalformedCase] = [
        declares(
            "array of 4 billion elements", "arrayTooLong",
            head: gguf + littleEndian(UInt64(0)) + littleEndian(UInt64(1)) + GGUFWriter.string([0x61])
                + littleEndian(UInt32(9)) + littleEndian(UInt32(0)) + littleEndian(UInt64(1 << 32)),
            bytes: 8 << 30),
        declares(
            "268 million tensors", "tooManyTensors",
            head: gguf + littleEndian(UInt64(1 << 28)) + littleEndian(UInt64(0)), bytes: 8 << 30),
        declares(
            "268 million metadata entries", "tooManyMetadataEntries",
            head: gguf + littleEndian(UInt64(0)) + littleEndian(UInt64(1 << 28)), bytes: 8 << 30),
        declares(
            "key of a gigabyte", "stringTooLong",
            head: gguf + littleEndian(UInt64(0)) + littleEndian(UInt64(1)) + littleEndian(UInt64(1 << 30)),
            bytes: 4 << 30),
        MalformedCase(name: "tensor of 2 gigabytes that the file holds", expected: "wrongShape") { directory in
            var writer = MicroGGUF.writer()
            writer.tensors = [.init("token_embd.weight", [32, 1 << 24], type: 0, data: [])]
            writer.set("llama.vocab_size", .uint32(5))
            let built = writer.build()
            return try sparse(directory, "model.gguf", built.bytes, bytes: built.dataStart + (2 << 30))
        },
        declares(
            "safetensors header of 100 megabytes", "invalidJSON", file: "model.safetensors",
            head: littleEndian(UInt64(100_000_000)) + Array("{\"".utf8), bytes: 200_000_000),
        declares(
            "configuration of a gigabyte", "fileTooLarge", file: "config.json", head: Array("{".utf8), bytes: 1 << 30),
        declares(
            "index of a gigabyte", "fileTooLarge", file: SafetensorsDirectory.indexName, head: Array("{".utf8),
            bytes: 1 << 30),
    ]
}

/// Peak resident set of this process in bytes.
private func peakResidentBytes() throws -> Int {
    #if os(Linux)
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) * 1024
    #else
        var usage = rusage()
        getrusage(RUSAGE_SELF, &usage)
        return Int(usage.ru_maxrss)
    #endif
}
