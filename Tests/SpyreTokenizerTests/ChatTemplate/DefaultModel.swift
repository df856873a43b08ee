import Foundation
import SpyreTokenizer

/// Reads the chat template out of the default model's GGUF file, when the user's cache has it.
enum DefaultModel {
    static var file: URL? {
        let directory = FileManager.default.homeDirectoryForCurrentUser
            .appendingPathComponent(".cache/spyre/models/smollm2-135m-instruct")
        let files = try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        return files?.first { $0.pathExtension == "gguf" }
    }

    /// Finds the metadata key by its bytes: in GGUF v3 a key is followed by its type (8 is a string), the length of
    /// the value and the value, all little-endian.
    static func chatTemplate() throws -> String {
        guard let file else { throw CocoaError(.fileNoSuchFile) }
        let data = try Data(contentsOf: file, options: .mappedIfSafe)
        let key = Data("tokenizer.chat_template".utf8)
        let header = data.prefix(8 << 20)
        guard let range = header.range(of: key), range.upperBound + 12 <= header.endIndex else {
            throw CocoaError(.fileReadCorruptFile)
        }
        func integer(_ offset: Int, _ width: Int) -> Int {
            data[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        let length = integer(range.upperBound + 4, 8)
        let start = range.upperBound + 12
        guard integer(range.upperBound, 4) == 8, length < data.count - start else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return String(decoding: data[start..<start + length], as: UTF8.self)
    }

    /// 64-bit FNV-1a in hexadecimal.
    static func hash(_ text: String) -> String {
        let value = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
