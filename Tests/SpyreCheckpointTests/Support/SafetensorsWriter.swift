import SpyreTestSupport

@testable import SpyreCheckpoint

/// Writes safetensors files, valid or with a header given as text.
struct SafetensorsWriter {
    struct Tensor {
        var name: String
        var type: ElementType
        var shape: [Int]
        var bytes: [UInt8]
    }

    var tensors: [Tensor] = []

    /// The header as JSON, tensors in order, offsets without holes.
    var header: String {
        var entries: [String] = []
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.bytes.count
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                #""\#(tensor.name)":{"dtype":"\#(tensor.type.rawValue)","shape":[\#(shape)],"#
                    + #""data_offsets":[\#(offset),\#(end)]}"#)
            offset = end
        }
        return "{" + entries.joined(separator: ",") + "}"
    }

    var data: [UInt8] { tensors.flatMap(\.bytes) }

    var bytes: [UInt8] { Self.file(header: header, data: data) }

    static func file(header: String, data: [UInt8]) -> [UInt8] {
        let text = Array(header.utf8)
        return littleEndian(UInt64(text.count)) + text + data
    }
}
