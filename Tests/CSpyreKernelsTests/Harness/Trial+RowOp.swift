import CSpyreKernels

/// Sweeps of an op over rows.
extension Trial {
    static let specials: [Float] = [
        .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
        Float.leastNormalMagnitude.nextDown, -.leastNormalMagnitude, .greatestFiniteMagnitude,
        -.greatestFiniteMagnitude, 1, -1.5,
    ]

    func sweep(_ op: RowOp) throws {
        try sweepColumns(op)
        try sweepRows(op)
        try meetSpecials(op)
        try launchNothing(op)
    }

    /// Runs an op, and makes sure that its inputs and what lies between the rows are as they were.
    private func run(_ op: RowOp, _ values: RowValues, on device: Device, alias: [Int?], gap: Int, limit: Int64? = nil)
        throws -> [[[Float]]]
    {
        // Operands with one stride have one gap; the others have different ones, but for those that are the same.
        func stride(_ operand: Int) -> Int {
            values.columns + gap + (op.oneStride || alias.contains { $0 != nil } ? 0 : operand)
        }
        let inputs = try values.inputs.enumerated().map { i, x in
            try Matrix(device, x, columns: values.columns, stride: stride(i))
        }
        let outputs = try alias.enumerated().map { i, input in
            try input.map { inputs[$0] }
                ?? Matrix(device, rows: values.rows, columns: values.columns, stride: stride(op.inputs + i))
        }
        let operands = RowOp.Operands(
            inputs: inputs, parameters: try values.parameters.map { try device.span($0) }, outputs: outputs,
            columns: Int64(values.columns), rows: spyre_extent_fixed(Int64(values.rows)))
        if let limit {
            var some = operands
            some.rows = spyre_extent_scalar(Int64(values.rows), 1)
            try device.capture {
                try op.enqueue(device, some)
            } use: {
                try device.launch($0, scalars: [limit])
            }
        } else {
            try op.enqueue(device, operands)
        }
        for (i, input) in inputs.enumerated() where !alias.contains(i) {
            let before = (0..<values.rows).map { values.row($0)[i] }
            same(try input.read(device), before, "\(op.name), input \(i) after the call")
        }
        return try outputs.map { try $0.read(device) }
    }

    /// Every width, at every place, in place and not.
    private func sweepColumns(_ op: RowOp) throws {
        var random = SplitMix64(seed: 1001)
        for columns in op.columns {
            let values = RowValues(op, rows: 1 + columns % 3, columns: columns, using: &random)
            let expected = values.expected(op)
            for (p, placement) in Placement.allCases.enumerated() {
                for alias in op.aliases {
                    let device = try placement.device(isa)
                    let outputs = try run(op, values, on: device, alias: alias, gap: placement.gap)
                    for (output, expected) in zip(outputs, expected) {
                        hold(output, expected, "\(op.name), \(columns) columns, placement \(p), \(alias)")
                    }
                }
            }
        }
    }

    /// Every number of rows on 1, 2, 3 and 5 threads, twice: the bits of each row alone.
    private func sweepRows(_ op: RowOp) throws {
        var random = SplitMix64(seed: 1002)
        let columns = op.columns.last { $0 <= 37 } ?? op.columns[0]
        let counts = Sizes.upTo(Sizes.small.upperBound)
        let values = RowValues(op, rows: counts.last ?? 1, columns: columns, using: &random)
        let single = try Device(isa: isa, threads: 1)
        let alone = try (0..<values.rows).map { row in
            try run(op, values.rows(row..<row + 1), on: single, alias: op.aliases[0], gap: 0).map { $0[0] }
        }
        for threads: Int32 in [1, 2, 3, 5] {
            for (i, rows) in counts.enumerated() {
                let placement = Placement.allCases[i % Placement.allCases.count]
                let device = try placement.device(isa, threads: threads)
                let alias = op.aliases[i % op.aliases.count]
                for repetition in 0..<2 {
                    let got = try run(op, values.rows(0..<rows), on: device, alias: alias, gap: placement.gap)
                    for (o, output) in got.enumerated() {
                        same(
                            output, alone.prefix(rows).map { $0[o] },
                            "\(op.name), \(rows) rows on \(threads) threads, call \(repetition)")
                    }
                }
            }
        }
    }

    /// One special value a row, first, in the middle and last; and all pairs of them where elements do not mix.
    private func meetSpecials(_ op: RowOp) throws {
        var random = SplitMix64(seed: 1003)
        let width = op.columns.last { $0 <= 53 } ?? op.columns[0]
        var cases: [RowValues] = []
        for columns in Set([width, op.columns.first { $0 >= 16 } ?? width]) {
            for operand in 0..<op.inputs {
                var values = RowValues(op, rows: 3 * Self.specials.count, columns: columns, using: &random)
                for (i, special) in Self.specials.enumerated() {
                    for (j, place) in [0, columns / 2, columns - 1].enumerated() {
                        values.inputs[operand][(3 * i + j) * columns + place] = special
                    }
                }
                cases.append(values)
            }
        }
        if op.elementwise, op.columns.contains(Self.specials.count) {
            let n = Self.specials.count
            var values = RowValues(op, rows: n, columns: n, using: &random)
            for i in 0..<n * n {
                values.inputs[0][i] = Self.specials[i / n]
                if op.inputs > 1 { values.inputs[1][i] = Self.specials[i % n] }
            }
            cases.append(values)
        }
        for values in cases {
            let expected = values.expected(op)
            let device = try Device(isa: isa, threads: 2)
            let outputs = try run(op, values, on: device, alias: op.aliases[0], gap: 0)
            for (output, expected) in zip(outputs, expected) {
                hold(output, expected, "\(op.name), special values, \(values.columns) columns")
            }
        }
    }

    /// A launch of no rows writes nothing, and one of fewer rows than were captured writes those.
    private func launchNothing(_ op: RowOp) throws {
        var random = SplitMix64(seed: 1004)
        let columns = op.columns.last { $0 <= 19 } ?? op.columns[0]
        let values = RowValues(op, rows: 7, columns: columns, using: &random)
        guard let alias = op.aliases.first(where: { $0.allSatisfy { $0 == nil } }) else { return }
        let expected = values.expected(op)
        for rows in [0, 1, 6] {
            let device = try Device(isa: isa, threads: 3)
            let outputs = try run(op, values, on: device, alias: alias, gap: 1, limit: Int64(rows))
            for (output, expected) in zip(outputs, expected) {
                hold(Array(output.prefix(rows)), Array(expected.prefix(rows)), "\(op.name), \(rows) of 7 rows")
                let rest = output.dropFirst(rows)
                same(
                    Array(rest), rest.map { $0.map { _ in Matrix.sentinel } }, "\(op.name), past \(rows) of 7 rows")
            }
        }
    }
}
