import CSpyreKernels

/// The largest values of rows.
extension Trial {
    func topOfRows() throws {
        try topOfEveryWidth()
        try everyCountOfTheTop()
        try topOfEveryBatch()
    }

    /// Few different values make many ties; every fifth is special.
    private func valuesWithTies(_ count: Int, using random: inout SplitMix64) -> [Float] {
        (0..<count).map { i in
            i % 5 == 0
                ? Self.specials[i / 5 % Self.specials.count] : Float(Int.random(in: -40...40, using: &random)) / 16
        }
    }

    private func hold(
        _ got: (indices: [Int32], values: [Float]), _ x: [Float], columns: Int, count: Int,
        _ place: @autoclosure () -> String
    ) {
        let rows = (0..<x.count / columns).map { Array(x[$0 * columns..<($0 + 1) * columns]) }
        let expected = rows.map { Oracle.topK($0, count) }
        same([got.indices.map(Float.init)], [expected.flatMap { $0.map(Float.init) }], "places, \(place())")
        same([got.values], [zip(rows, expected).flatMap { row, top in top.map { row[Int($0)] } }], "values, \(place())")
    }

    private func topOfEveryWidth() throws {
        var random = SplitMix64(seed: 1_012)
        for columns in Sizes.upTo(4_097) {
            let count = min(columns, 1 + columns % 7)
            let x = valuesWithTies(2 * columns, using: &random)
            for (p, placement) in Placement.allCases.enumerated() {
                let got = try TopKTests.run(try placement.device(isa, threads: 2), x, columns: columns, count: count)
                hold(got, x, columns: columns, count: count, "\(count) of \(columns) columns, placement \(p)")
            }
        }
    }

    private func everyCountOfTheTop() throws {
        var random = SplitMix64(seed: 1_013)
        for (i, count) in Sizes.upTo(1_024).enumerated() {
            let columns = count + [0, 1, 70][i % 3]
            let x = valuesWithTies(2 * columns, using: &random)
            let device = try Placement.allCases[i % Placement.allCases.count].device(isa)
            let got = try TopKTests.run(device, x, columns: columns, count: count)
            hold(got, x, columns: columns, count: count, "\(count) of \(columns) columns")
        }
    }

    /// Every number of rows on 1, 2, 3 and 5 threads.
    private func topOfEveryBatch() throws {
        var random = SplitMix64(seed: 1_014)
        let (columns, count) = (67, 3)
        let x = valuesWithTies(130 * columns, using: &random)
        for rows in Sizes.upTo(130) {
            for threads: Int32 in [1, 2, 3, 5] {
                let some = Array(x.prefix(rows * columns))
                let got = try TopKTests.run(
                    try Device(isa: isa, threads: threads), some, columns: columns, count: count)
                hold(got, some, columns: columns, count: count, "\(rows) rows on \(threads) threads")
            }
        }
    }
}
