import CSpyreKernels
import Foundation

/// exp and silu on a grid over all of float32.
extension Trial {
    /// Every `step`-th number from -150 to 150, the neighbours of the places where exp overflows, turns subnormal and
    /// vanishes, and what is not a number.
    static func grid(step: Int) -> [Float] {
        let last = Float(150).bitPattern
        var bits = stride(from: 0, through: Int(last), by: step).flatMap { [UInt32($0), UInt32($0) | 1 << 31] }
        for edge: Float in [88.722_84, 89, -87.336_54, -103.278_93, -103.972_08, -104, 0.346_573_6, -0.346_573_6] {
            bits += (edge.bitPattern - 100)...(edge.bitPattern + 100)
        }
        bits += (0...100).flatMap { [$0, $0 | 1 << 31] }
        let special: [Float] = [
            .infinity, -.infinity, .nan, -.nan, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        ]
        return bits.map(Float.init(bitPattern:)) + special + [.leastNormalMagnitude, 1e30, -1e30]
    }

    /// Softmax forgives a maximum that is too low, unless the powers overflow: every element in turn far above the others.
    func peaks() throws {
        for columns in Sizes.upTo(257) {
            let op = RowOp.softmax(spread: 1)
            let x = (0..<columns * columns).map { Float($0 / columns == $0 % columns ? 200 : 0) }
            let device = try Device(isa: isa, threads: 1)
            let (input, output) = (
                try Matrix(device, x, columns: columns), try Matrix(device, rows: columns, columns: columns)
            )
            try op.enqueue(
                device,
                RowOp.Operands(
                    inputs: [input], parameters: [], outputs: [output], columns: Int64(columns),
                    rows: spyre_extent_fixed(Int64(columns))))
            for (place, row) in try output.read(device).enumerated() {
                let expected = row.indices.map { Expected.bits($0 == place ? 1 : 0) }
                hold([row], [expected], "a peak at \(place) of \(columns)")
            }
        }
    }

    /// exp is within 1.1 ulp everywhere, and zero past the last half of a subnormal number. The tail of a row goes one by
    /// one: the same bits as in a vector, and a sum that counts no other lane.
    func expGrid() throws {
        let kernel = try expKernel(isa)
        func run(_ x: [Float], count: Int, maximum: Float) -> (row: [Float], sum: Float) {
            var row = x
            let sum = row.withUnsafeMutableBufferPointer { $0.baseAddress.map { kernel($0, maximum, Int64(count)) } }
            return (row, sum ?? .nan)
        }
        let x = Self.grid(step: 16_411)
        let (y, sum) = run(x, count: x.count, maximum: 0)
        hold(sum, Expected(value: .nan, error: 0), "the sum over a grid with NaN")
        for (x, y) in zip(x, y) {
            let error = 1.1 * unitInTheLastPlace(exp(Double(x)))
            hold(y, Expected(value: exp(Double(x)), error: x < -103.98 ? tiny / 2 : error), "exp(\(x))")
        }
        var random = SplitMix64(seed: 111)
        let row = random.floats(40)
        let single = row.map { run([$0], count: 1, maximum: 0.5).row[0] }
        for count in 0...33 {
            let (got, sum) = run(row, count: count, maximum: 0.5)
            same([got], [Array(single.prefix(count) + row.dropFirst(count))], "a row of \(count)")
            let exact = single.prefix(count).reduce(0.0) { $0 + Double($1) }
            hold(sum, Expected(value: exact, error: gamma(count + 1) * exact, size: .infinity), "the sum of \(count)")
        }
    }

    /// silu is within 2.5 ulp from -88 up. Below, 1 + exp(-x) overflows and silu is zero, less than 3e-37 off;
    /// silu(-inf) is NaN.
    func siluGrid() throws {
        try grid(.siluMul, RowOp.siluAlone)
    }

    /// An op of one operand over rows, and over the grid.
    func sweep(_ op: RowOp, onGridOf expected: (Float) -> Expected) throws {
        try sweep(op)
        try grid(op, expected)
    }

    /// One row of the grid; a second operand is 1.
    private func grid(_ op: RowOp, _ expected: (Float) -> Expected) throws {
        let x = Self.grid(step: 16_411)
        let device = try Device(isa: isa, threads: 1)
        let input = try Matrix(device, x, columns: x.count)
        let output = try Matrix(device, rows: 1, columns: x.count)
        let ones = try Matrix(device, [Float](repeating: 1, count: x.count), columns: x.count)
        try op.enqueue(
            device,
            RowOp.Operands(
                inputs: op.inputs == 1 ? [input] : [input, ones], parameters: [], outputs: [output],
                columns: Int64(x.count), rows: spyre_extent_fixed(1)))
        for (x, y) in zip(x, try output.read(device)[0]) { hold(y, expected(x), "\(op.name)(\(x))") }
    }
}
