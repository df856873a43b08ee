import Foundation

/// Reads the small safetensors files of expected values; a reader of its own, so that tests of ours do not rest on it.
public struct ExpectedTensors {
    public struct Failure: Error { public let reason: String }

    private let bytes: Data
    private let entries: [String: [String: Any]]

    public init(_ path: String) throws {
        bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        guard let header = try JSONSerialization.jsonObject(with: bytes[8..<(8 + length)]) as? [String: Any] else {
            throw Failure(reason: "no header in \(path)")
        }
        entries = header.compactMapValues { $0 as? [String: Any] }
    }

    public func floats(_ name: String) throws -> [Float] { try values(name, "F32", Float.init(bitPattern:)) }

    public func integers(_ name: String) throws -> [Int32] { try values(name, "I32", Int32.init(bitPattern:)) }

    private func values<T>(_ name: String, _ type: String, _ convert: (UInt32) -> T) throws -> [T] {
        guard let entry = entries[name], entry["dtype"] as? String == type,
            let range = entry["data_offsets"] as? [Int], range.count == 2
        else { throw Failure(reason: "no \(type) tensor \(name)") }
        let length = bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        return bytes.withUnsafeBytes { raw in
            stride(from: 8 + length + range[0], to: 8 + length + range[1], by: 4).map {
                convert(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
            }
        }
    }
}
