import Foundation
import SpyreTokenizer

/// The goldens in `Fixtures`, made by make_tokenizer_fixtures.py with Hugging Face `tokenizers`.
enum TokenizerFixtures {
    /// What Hugging Face `tokenizers` made of one text.
    struct Golden: Sendable {
        let text: String
        let ids: [Int]
        /// Without the post-processor's tokens, and with special-token text left as text.
        let plainIDs: [Int]
        let decoded: String
        let decodedWithoutSpecialTokens: String
    }

    /// A random sequence of ids, most of them parts of characters, and what they decode to.
    struct Stream: Sendable {
        let ids: [Int]
        let decoded: String
        let decodedWithoutSpecialTokens: String
    }

    /// Small vocabularies with the published pipelines of these models; `flags` has every option that no model uses.
    static let pipelines = ["gpt2", "llama3", "qwen2", "starcoder", "flags"]

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static func tokenizer(_ name: String) throws -> BPETokenizer {
        try BPETokenizer(directory: folder.appendingPathComponent(name).path)
    }

    /// The default model's tokenizer, from the compact copy of its GGUF metadata.
    static let smolLM2 = Result { try BPETokenizer(definition: try smolLM2Definition()) }

    static func smolLM2Definition() throws -> BPEDefinition {
        var tokens: [String] = []
        var types: [Int] = []
        var merges: [String] = []
        let content = try Data(contentsOf: folder.appendingPathComponent("smollm2.vocab.txt"))
        for line in content.split(separator: UInt8(ascii: "\n")) {
            guard let space = line.firstIndex(of: 0x20) else { throw FixtureError.damaged("smollm2.vocab.txt") }
            let head = String(decoding: line[..<space], as: UTF8.self)
            let name = String(decoding: line[(space + 1)...], as: UTF8.self)
            tokens.append(name)
            types.append(head == "!" ? 3 : 1)
            guard let length = Int(head, radix: 36) else { continue }
            let middle = name.unicodeScalars.index(name.unicodeScalars.startIndex, offsetBy: length)
            merges.append("\(name[..<middle]) \(name[middle...])")
        }
        return BPEDefinition(
            tokens: tokens, merges: merges, tokenTypes: types, preTokenizer: try PreTokenizer(ggufName: "smollm"),
            bosID: 1, eosID: 2, unkID: 0, padID: 2)
    }

    static func goldens(_ path: String) throws -> [Golden] {
        try rows(path).map { row in
            guard row.count == 5, let text = Self.text(row[0]), let ids = row[1] as? [Int] else {
                throw FixtureError.damaged(path)
            }
            let decoded = Self.text(row[3]) ?? text
            return Golden(
                text: text, ids: ids, plainIDs: row[2] as? [Int] ?? ids, decoded: decoded,
                decodedWithoutSpecialTokens: Self.text(row[4]) ?? decoded)
        }
    }

    static func streams(_ path: String) throws -> [Stream] {
        try rows(path).map { row in
            guard row.count == 3, let ids = row[0] as? [Int], let all = text(row[1]), let shown = text(row[2]) else {
                throw FixtureError.damaged(path)
            }
            return Stream(ids: ids, decoded: all, decodedWithoutSpecialTokens: shown)
        }
    }

    /// Texts in the files start with a bar, because Foundation drops a U+FEFF at the start of a JSON string.
    private static func text(_ field: Any) -> String? {
        (field as? String).map { String($0.unicodeScalars.dropFirst()) }
    }

    private static func rows(_ path: String) throws -> [[Any]] {
        let content = try Data(contentsOf: folder.appendingPathComponent(path))
        return try content.split(separator: UInt8(ascii: "\n")).map { line in
            guard let row = try JSONSerialization.jsonObject(with: Data(line)) as? [Any] else {
                throw FixtureError.damaged(path)
            }
            return row
        }
    }
}

enum FixtureError: Error {
    case damaged(String)
}

/// Strings are compared by their bytes here: `==` on `String` takes canonically equivalent ones for equal.
func sameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}

/// A small generator with a fixed sequence (SplitMix64; Steele, Lea and Flood, 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Any text: ASCII, neighbouring code points, anything.
    mutating func text(maximumLength: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...maximumLength, using: &self) {
            let value: UInt32 =
                switch Int.random(in: 0..<10, using: &self) {
                case 0..<5: .random(in: 0x20...0x7E, using: &self)
                case 5: [0x20, 0x0A, 0x09, 0x0D, 0xA0, 0x2019].randomElement(using: &self) ?? 0x20
                case 6..<8: .random(in: 0...0x3000, using: &self)
                default: .random(in: 0...0x10FFFF, using: &self)
                }
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
