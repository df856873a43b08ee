import SpyreTestSupport
import Testing

@testable import SpyreCheckpoint

/// Broken safetensors files: byte layout, header entries, and how the tensors cover the data.
@Suite struct MalformedSafetensorsTests {
    @Test(arguments: layouts + entries + coverage)
    func isRefused(_ malformed: MalformedCase) throws { try malformed.check() }

    /// A directory whose model.safetensors has these bytes.
    static func file(_ name: String, _ expected: String, _ bytes: [UInt8]) -> MalformedCase {
        MalformedCase(name: name, expected: expected) { directory in
            try directory.write(MicroModel.json(MicroModel.llamaFields), to: "config.json")
            try directory.write(bytes, to: "model.safetensors")
            return directory.path
        }
    }

    /// A file with this header text and `data` zero bytes.
    static func header(_ name: String, _ expected: String, _ header: String, data: Int = 4) -> MalformedCase {
        file(name, expected, SafetensorsWriter.file(header: header, data: [UInt8](repeating: 0, count: data)))
    }

    /// A header with one tensor "a", given the text of its entry.
    static func entry(_ name: String, _ expected: String, _ text: String, data: Int = 4) -> MalformedCase {
        header(name, expected, #"{"a":\#(text)}"#, data: data)
    }

    static func typed(_ name: String, _ expected: String, _ type: String, _ shape: String, _ offsets: String)
        -> MalformedCase
    {
        entry(name, expected, #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#)
    }

    private static func length(_ value: UInt64) -> [UInt8] { littleEndian(value) }
    private static let braces = Array("{}".utf8)

    static let layouts: [MalformedCase] = [
        file("empty file", "emptyFile", []),
        file("1 byte", "truncatedHeader", [2]),
        file("7 bytes", "truncatedHeader", [2, 0, 0, 0, 0, 0, 0]),
        file("length 0 and nothing else", "headerNotAnObject", length(0)),
        file("length 0, header follows", "headerNotAnObject", length(0) + braces),
        file("length 1", "invalidJSON", length(1) + braces),
        file("length one too long", "truncatedHeader", length(3) + braces),
        file("length without header", "truncatedHeader", length(2)),
        file("length at the limit, file short", "truncatedHeader", length(100_000_000) + braces),
        file("length above the limit", "headerTooLong", length(100_000_001) + braces),
        file("length 2^31 - 1", "headerTooLong", length(0x7FFF_FFFF) + braces),
        file("length 2^31", "headerTooLong", length(1 << 31) + braces),
        file("length 2^32 - 1", "headerTooLong", length(0xFFFF_FFFF) + braces),
        file("length 2^63 - 1", "headerTooLong", length(UInt64(Int64.max)) + braces),
        file("length 2^63", "headerTooLong", length(1 << 63) + braces),
        file("length 2^64 - 1", "headerTooLong", length(.max) + braces),
        file("length 2^64 - 8 wraps to the start", "headerTooLong", length(.max - 7) + braces),
        file("big-endian length", "headerTooLong", length(UInt64(2).byteSwapped) + braces),
        file("a GGUF file under this name", "headerTooLong", MicroGGUF.writer().bytes),
        file("a zip archive (PyTorch)", "headerTooLong", Array("PK\u{3}\u{4}".utf8) + [20, 0, 8, 8, 0, 0, 0, 0]),
        file("a pickle", "headerTooLong", [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20]),
        file("an LFS pointer", "headerTooLong", Array("version https://git-lfs.github.com/spec/v1\n".utf8)),
        file("an HTML page", "headerTooLong", Array("<!DOCTYPE html><html></html>".utf8)),
        header("header is an array", "headerNotAnObject", "[]", data: 0),
        header("header starts with a space", "headerNotAnObject", " {}", data: 0),
        header("header starts with a byte order mark", "headerNotAnObject", "\u{FEFF}{}", data: 0),
        header("header is null", "headerNotAnObject", "null", data: 0),
        header("header is a string", "headerNotAnObject", #""{}""#, data: 0),
        header("header not closed", "invalidJSON", "{", data: 0),
        header("text after the header", "invalidJSON", "{}{}", data: 0),
        header("NUL after the header", "invalidJSON", "{}\0\0", data: 0),
        header("single quotes", "invalidJSON", "{'a':1}"),
        header("trailing comma", "invalidJSON", #"{"__metadata__":{},}"#),
        header("comment", "invalidJSON", "{/**/}"),
        header("key without value", "invalidJSON", #"{"__metadata__"}"#),
        header("metadata is an array", "invalidMetadata", #"{"__metadata__":[]}"#),
        header("metadata is null", "invalidMetadata", #"{"__metadata__":null}"#),
        header("metadata holds a number", "invalidMetadata", #"{"__metadata__":{"a":1}}"#),
        header("metadata holds an object", "invalidMetadata", #"{"__metadata__":{"a":{}}}"#),
        header("metadata twice", "duplicateKey", #"{"__metadata__":{},"__metadata__":{}}"#),
        header("metadata key twice", "duplicateKey", #"{"__metadata__":{"a":"1","a":"1"}}"#),
        header(
            "metadata nested too deep", "invalidMetadata",
            #"{"__metadata__":{"a":"# + String(repeating: "[", count: 1000) + "}}"),
    ]

    static let entries: [MalformedCase] = [
        entry("entry is null", "invalidTensorEntry", "null"),
        entry("entry is a number", "invalidTensorEntry", "1"),
        entry("entry is an array", "invalidTensorEntry", "[]"),
        entry("entry is a string", "invalidTensorEntry", #""F32""#),
        entry("entry is empty", "invalidTensorEntry", "{}"),
        entry("no dtype", "invalidTensorEntry", #"{"shape":[1],"data_offsets":[0,4]}"#),
        entry("no shape", "invalidTensorEntry", #"{"dtype":"F32","data_offsets":[0,4]}"#),
        entry("no offsets", "invalidTensorEntry", #"{"dtype":"F32","shape":[1]}"#),
        entry(
            "unknown field", "invalidTensorEntry",
            #"{"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]}"#),
        entry("dtype twice", "duplicateKey", #"{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}"#),
        entry("shape twice", "duplicateKey", #"{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}"#),
        entry(
            "offsets twice", "duplicateKey",
            #"{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}"#),
        entry("dtype is a number", "invalidTensorEntry", #"{"dtype":32,"shape":[1],"data_offsets":[0,4]}"#),
        entry("dtype is null", "invalidTensorEntry", #"{"dtype":null,"shape":[1],"data_offsets":[0,4]}"#),
        typed("dtype is empty", "unknownElementType", "", "[1]", "[0,4]"),
        typed("dtype in lower case", "unknownElementType", "f32", "[1]", "[0,4]"),
        typed("dtype of PyTorch", "unknownElementType", "torch.float32", "[1]", "[0,4]"),
        typed("dtype of another size", "unknownElementType", "F128", "[1]", "[0,4]"),
        typed("dtype of GGUF", "unknownElementType", "Q4_1", "[32]", "[0,4]"),
        typed("dtype with a line break", "unknownElementType", #"F\n32"#, "[1]", "[0,4]"),
        typed("dtype with a NUL", "unknownElementType", #"F32\u0000"#, "[1]", "[0,4]"),
        typed("shape is a number", "invalidTensorEntry", "F32", "1", "[0,4]"),
        typed("shape is null", "invalidTensorEntry", "F32", "null", "[0,4]"),
        typed("shape is an object", "invalidTensorEntry", "F32", "{}", "[0,4]"),
        typed("dimension is a string", "invalidTensorEntry", "F32", #"["1"]"#, "[0,4]"),
        typed("dimension is null", "invalidTensorEntry", "F32", "[null]", "[0,4]"),
        typed("dimension is a fraction", "invalidTensorEntry", "F32", "[1.0]", "[0,4]"),
        typed("dimension has an exponent", "invalidTensorEntry", "F32", "[1e0]", "[0,4]"),
        typed("dimension is an array", "invalidTensorEntry", "F32", "[[1]]", "[0,4]"),
        typed("dimension is true", "invalidTensorEntry", "F32", "[true]", "[0,4]"),
        typed("dimension -1", "invalidDimension", "F32", "[-1]", "[0,4]"),
        typed("dimension -2^63", "invalidDimension", "F32", "[-9223372036854775808]", "[0,4]"),
        typed("dimension 2^63", "invalidTensorEntry", "F32", "[9223372036854775808]", "[0,4]"),
        typed("dimension 2^64", "invalidTensorEntry", "F32", "[18446744073709551616]", "[0,4]"),
        typed("dimension of 400 digits", "invalidJSON", "F32", "[" + String(repeating: "9", count: 401) + "]", "[0,4]"),
        typed("leading zero", "invalidJSON", "F32", "[01]", "[0,4]"),
        typed("plus sign", "invalidJSON", "F32", "[+1]", "[0,4]"),
        typed("hexadecimal", "invalidJSON", "F32", "[0x1]", "[0,4]"),
        typed("NaN", "invalidJSON", "F32", "[NaN]", "[0,4]"),
        typed("9 dimensions", "tooManyDimensions", "F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"),
        typed(
            "100,000 dimensions", "tooManyDimensions", "F32",
            "[" + Array(repeating: "1", count: 100_000).joined(separator: ",") + "]", "[0,4]"),
        typed("product 2^64", "tensorTooLarge", "F32", "[4294967296,4294967296]", "[0,4]"),
        typed("product wraps to 1", "tensorTooLarge", "F32", "[9223372036854775807,9223372036854775807]", "[0,4]"),
        typed("product overflows beside a zero", "tensorTooLarge", "F32", "[4294967296,4294967296,0]", "[0,0]"),
        typed("bytes overflow", "tensorTooLarge", "F32", "[4611686018427387904]", "[0,4]"),
        typed("bytes overflow by one element", "tensorTooLarge", "F64", "[1152921504606846976]", "[0,4]"),
        typed("odd number of 4-bit elements", "partialBlock", "F4", "[3]", "[0,2]"),
        typed("three 6-bit elements", "partialBlock", "F6_E2M3", "[3]", "[0,3]"),
        typed("offsets missing one", "invalidTensorEntry", "F32", "[1]", "[4]"),
        typed("offsets empty", "invalidTensorEntry", "F32", "[1]", "[]"),
        typed("three offsets", "invalidTensorEntry", "F32", "[1]", "[0,4,8]"),
        typed("offsets are a number", "invalidTensorEntry", "F32", "[1]", "4"),
        typed("offsets are an object", "invalidTensorEntry", "F32", "[1]", #"{"begin":0,"end":4}"#),
        typed("offset is a string", "invalidTensorEntry", "F32", "[1]", #"["0","4"]"#),
        typed("offset is a fraction", "invalidTensorEntry", "F32", "[1]", "[0.0,4.0]"),
        typed("offset is negative", "invalidTensorEntry", "F32", "[1]", "[-4,0]"),
        typed("offset 2^63", "invalidTensorEntry", "F32", "[1]", "[0,9223372036854775808]"),
        typed("offset 2^64 + 4", "invalidTensorEntry", "F32", "[1]", "[0,18446744073709551620]"),
        typed("offsets reversed", "reversedOffsets", "F32", "[1]", "[4,0]"),
        typed("span one short", "sizeMismatch", "F32", "[1]", "[0,3]"),
        typed("span one long", "sizeMismatch", "F32", "[1]", "[0,5]"),
        typed("span of a scalar is 0", "sizeMismatch", "F32", "[]", "[0,0]"),
        typed("span of an empty tensor is 4", "sizeMismatch", "F32", "[0]", "[0,4]"),
        typed("span of half elements", "sizeMismatch", "F16", "[1]", "[0,4]"),
        typed("span 2^63 - 1", "sizeMismatch", "F32", "[1]", "[0,9223372036854775807]"),
        header("empty name", "invalidTensorName", #"{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#),
        header("name with NUL", "invalidTensorName", #"{"a\u0000":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#),
        header(
            "name with an escape sequence", "invalidTensorName",
            #"{"\u001b[2J":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#),
        header("name with a line break", "invalidTensorName", #"{"a\nb":{}}"#),
        header("name of 513 bytes", "invalidTensorName", "{\"" + String(repeating: "n", count: 513) + "\":{}}"),
        header("name with a raw line break", "invalidJSON", "{\"a\nb\":{}}"),
        header("name with a lone surrogate", "invalidJSON", #"{"\ud800":{}}"#),
        file(
            "name not UTF-8", "invalidJSON",
            length(9) + [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x7B, 0x7D, 0x7D, 0x20]),
    ]

    private static func two(_ first: String, _ second: String, names: (String, String) = ("a", "b")) -> String {
        #"{"\#(names.0)":{"dtype":"U8","shape":[4],"data_offsets":\#(first)},"#
            + #""\#(names.1)":{"dtype":"U8","shape":[4],"data_offsets":\#(second)}}"#
    }

    static let coverage: [MalformedCase] = [
        header("data without tensors", "trailingBytes", "{}", data: 1),
        header("data with metadata only", "trailingBytes", #"{"__metadata__":{"format":"pt"}}"#, data: 4096),
        header("second tensor overlaps by one byte", "overlappingTensors", two("[0,4]", "[3,7]"), data: 7),
        header("both tensors the same bytes", "overlappingTensors", two("[0,4]", "[0,4]"), data: 4),
        header("one byte between the tensors", "holeBeforeTensor", two("[0,4]", "[5,9]"), data: 9),
        header("hole at the start", "holeBeforeTensor", two("[1,5]", "[5,9]"), data: 9),
        header("one byte after the last", "trailingBytes", two("[0,4]", "[4,8]"), data: 9),
        header("a polyglot's megabyte after the last", "trailingBytes", two("[0,4]", "[4,8]"), data: 1 << 20),
        header("last tensor one byte past the end", "tensorOutOfBounds", two("[0,4]", "[4,8]"), data: 7),
        header("last tensor wholly past the end", "tensorOutOfBounds", two("[0,4]", "[4,8]"), data: 4),
        header("no data at all", "tensorOutOfBounds", two("[0,4]", "[4,8]"), data: 0),
        header("second tensor first and beyond", "tensorOutOfBounds", two("[4,8]", "[0,4]"), data: 5),
        header("far beyond the end", "tensorOutOfBounds", two("[0,4]", "[1099511627776,1099511627780]"), data: 8),
        header("the same name twice", "duplicateTensor", two("[0,4]", "[4,8]", names: ("a", "a")), data: 8),
        header(
            "the same name once escaped", "duplicateTensor", two("[0,4]", "[4,8]", names: ("a", #"\u0061"#)), data: 8),
        header(
            "empty tensor inside a hole", "holeBeforeTensor",
            #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[2,2]},"#
                + #""b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}"#,
            data: 7),
        header(
            "empty tensor past the end", "tensorOutOfBounds",
            #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[9,9]}}"#, data: 4),
        header(
            "empty tensor inside another", "overlappingTensors",
            #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[2,2]},"#
                + #""b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#
        ),
    ]
}
