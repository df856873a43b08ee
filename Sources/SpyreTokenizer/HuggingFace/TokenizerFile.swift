import Foundation

/// Reads the files of a Hugging Face tokenizer.
enum TokenizerFile {
    /// The largest file that is read; published tokenizers stay below 40 MB.
    private static let maximumSize = 256 << 20

    /// The content of a file, or nil if there is no such file.
    static func read(_ path: String) throws(TokenizerError) -> Data? {
        let attributes: [FileAttributeKey: Any]
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            attributes = try FileManager.default.attributesOfItem(
                atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        } catch {
            throw .unreadable(source: path, reason: "cannot be inspected")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw .unreadable(source: path, reason: "is not a regular file")
        }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= maximumSize else {
            throw .unreadable(source: path, reason: "has \(size) bytes, more than \(maximumSize) are not read")
        }
        // Foundation leaks its buffer when it reads an empty file.
        if size == 0 { return Data() }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(source: path, reason: "cannot be read")
        }
    }

    /// Calls `body` with a reader at the start of `data`, checked to be UTF-8.
    static func parse<Value>(
        _ data: Data, source: String, _ body: (inout JSONReader) throws(TokenizerError) -> Value
    ) throws(TokenizerError) -> Value {
        guard String(validating: data, as: UTF8.self) != nil else {
            throw .malformed(source: source, reason: "the file is not valid UTF-8")
        }
        let result: Result<Value, TokenizerError> = data.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { bytes in
                var reader = JSONReader(bytes)
                do throws(TokenizerError) {
                    let value = try body(&reader)
                    do throws(JSONReadError) { try reader.expectEnd() } catch { throw syntax(error, source) }
                    return .success(value)
                } catch {
                    return .failure(error)
                }
            }
        }
        return try result.get()
    }

    /// The object that a small file consists of.
    static func parseObject(_ data: Data, source: String) throws(TokenizerError) -> JSONObject {
        let value = try parse(data, source: source) { (reader) throws(TokenizerError) -> JSONValue in
            try Self.value(&reader, source)
        }
        return try JSONObject(value, source: source, path: "")
    }

    /// The next value.
    static func value(_ reader: inout JSONReader, _ source: String) throws(TokenizerError) -> JSONValue {
        do throws(JSONReadError) { return try reader.readValue() } catch { throw syntax(error, source) }
    }

    static func syntax(_ error: JSONReadError, _ source: String) -> TokenizerError {
        .malformed(source: source, reason: "\(error.reason) (byte \(error.offset))")
    }
}
