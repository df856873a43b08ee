import Foundation

/// A line of a file of token ids: `{"ids": […]}`. Other fields may stand beside it.
struct IDsRecord: Decodable, Equatable {
    let ids: [Int]

    static let expected = #"{"ids": [1, 2, …]}"#

    init(line: Data) throws(CommandFailure) {
        self = try JSONRecord.decode(IDsRecord.self, from: line, expected: Self.expected)
    }
}
