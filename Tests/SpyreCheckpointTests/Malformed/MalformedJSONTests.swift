import Testing

@testable import SpyreCheckpoint

/// Text that is not JSON, as config.json (the same parser reads every JSON file).
@Suite struct MalformedJSONTests {
    @Test(arguments: syntax + limits)
    func isRefused(_ malformed: MalformedCase) throws { try malformed.check() }

    private static func text(_ name: String, _ expected: String, _ bytes: [UInt8]) -> MalformedCase {
        MalformedCase(name: name, expected: expected) { directory in
            try MicroModel.write(to: directory)
            try directory.write(bytes, to: "config.json")
            return directory.path
        }
    }

    private static func invalid(_ text: String) -> MalformedCase { self.text(text, "invalidJSON", Array(text.utf8)) }

    static let syntax: [MalformedCase] =
        [
            " ", "\n\n", "{", "}", "[", "{]", "[}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#,
            #"{"a":1 "b":2}"#,
            #"{"a" 1}"#, #"{a:1}"#, #"{'a':1}"#, #"{1:1}"#, #"{null:1}"#, #"{"a":1}}"#, #"{"a":1}x"#, #"{"a":1}//"#,
            #"{"a":/**/1}"#, #"{"a":nul}"#, #"{"a":True}"#, #"{"a":None}"#, #"{"a":undefined}"#, #"{"a":inf}"#,
            #"{"a":-}"#, #"{"a":+1}"#, #"{"a":.5}"#, #"{"a":1.}"#, #"{"a":1.e5}"#, #"{"a":1e}"#, #"{"a":1e+}"#,
            #"{"a":01}"#, #"{"a":-01}"#, #"{"a":0x10}"#, #"{"a":1_000}"#, #"{"a":1e999}"#, #"{"a":-1e999}"#,
            #"{"a":--1}"#, #"{"a":1.2.3}"#, #"{"a":"x}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\u12G4"}"#,
            #"{"a":"\ud800"}"#, #"{"a":"\udc00"}"#, #"{"a":"\ud800\u0041"}"#, #"{"a":"\ud800x"}"#, #"{"a":"\"}"#,
            "{\"a\":\"\t\"}", "{\"a\":\"\0\"}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\":[1}",
            "\u{FEFF}{}", "{\u{A0}}", "{}\0",
        ].map(invalid) + [
            text(
                "invalid UTF-8 in a string", "invalidJSON", Array("{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)),
            text("overlong UTF-8", "invalidJSON", Array("{\"a\":\"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)),
            text(
                "surrogate in UTF-8", "invalidJSON", Array("{\"a\":\"".utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8)),
            text("UTF-8 that ends early", "invalidJSON", Array("{\"a\":\"".utf8) + [0xE2, 0x82]),
            text("UTF-16", "invalidJSON", [0xFF, 0xFE, 0x7B, 0, 0x7D, 0]),
            text("binary", "invalidJSON", (0...255).map { UInt8($0) }),
        ]

    static let limits: [MalformedCase] = [
        text("empty file", "emptyFile", []),
        text("key twice", "duplicateKey", Array(#"{"a":1,"a":1}"#.utf8)),
        text("key twice, once escaped", "duplicateKey", Array(#"{"a":1,"\u0061":1}"#.utf8)),
        text("key twice inside", "duplicateKey", Array(#"{"x":{"a":1,"a":2}}"#.utf8)),
        text("top level is an array", "wrongFieldType", Array("[]".utf8)),
        text("top level is null", "wrongFieldType", Array("null".utf8)),
        text("top level is a number", "wrongFieldType", Array("1".utf8)),
        text("65 arrays deep", "jsonTooDeep", Array(String(repeating: "[", count: 65).utf8)),
        text("a million arrays deep", "jsonTooDeep", [UInt8](repeating: 0x5B, count: 1_000_000)),
        text(
            "a hundred thousand objects deep", "jsonTooDeep",
            Array(String(repeating: "{\"a\":", count: 100_000).utf8)),
        text(
            "more values than allowed", "jsonTooLarge",
            Array(("[" + String(repeating: "0,", count: 200_000) + "0]").utf8)),
        text("5 MB", "fileTooLarge", [UInt8](repeating: 0x20, count: 5 << 20)),
    ]
}
