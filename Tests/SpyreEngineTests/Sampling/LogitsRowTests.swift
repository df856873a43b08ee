import Testing

@testable import SpyreEngine

@Suite struct LogitsRowTests {
    static func maximum(_ row: [Float]) throws -> LogitsRow.Maximum {
        try row.withUnsafeBufferPointer { try LogitsRow.maximum($0) }
    }

    @Test func maximumAtEveryPlaceOfEveryLength() throws {
        for count in 1...50 {
            for place in 0..<count {
                var row = [Float](repeating: -2, count: count)
                row[place] = -1
                #expect(try Self.maximum(row) == .init(value: -1, tokenID: place))
            }
        }
    }

    @Test func theLowestTokenWinsTies() throws {
        for count in 2...40 {
            for first in 0..<(count - 1) {
                var row = [Float](repeating: 0, count: count)
                row[first] = 3
                row[count - 1] = 3
                #expect(try Self.maximum(row).tokenID == first)
            }
        }
        #expect(try Self.maximum([-1, -0.0, 0.0]).tokenID == 1)
    }

    @Test func aNaNAnywhereIsFound() {
        for count in 1...40 {
            for place in 0..<count {
                var row = [Float](repeating: 1, count: count)
                row[place] = .nan
                #expect(throws: SamplingError.notANumber(tokenID: place)) { try Self.maximum(row) }
            }
        }
    }

    @Test func infinities() throws {
        #expect(throws: SamplingError.infiniteLogit(tokenID: 2)) { try Self.maximum([0, 1, .infinity, .infinity]) }
        #expect(throws: SamplingError.noTokenLeft(vocabularySize: 20, ruled: false)) {
            try Self.maximum([Float](repeating: -.infinity, count: 20))
        }
        #expect(throws: SamplingError.noTokenLeft(vocabularySize: 0, ruled: false)) { try Self.maximum([]) }
        #expect(try Self.maximum([-.infinity, -3, -.infinity]) == .init(value: -3, tokenID: 1))
    }

    @Test func indicesAboveAThreshold() {
        var generator = TestGenerator(5)
        for count in 0..<60 {
            let row = generator.row(count)
            for threshold in [Float(-100), -1, 0, 1, 100] {
                var found: [Int] = []
                row.withUnsafeBufferPointer { LogitsRow.forEachIndex(of: $0, atLeast: threshold) { found.append($0) } }
                #expect(found == row.indices.filter { row[$0] >= threshold })
                let number = row.withUnsafeBufferPointer { LogitsRow.count(of: $0, atLeast: threshold) }
                #expect(number == found.count)
            }
        }
    }
}
