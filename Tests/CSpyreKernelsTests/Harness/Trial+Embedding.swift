import CSpyreKernels

/// Rows of a table of one weight type, by id.
extension Trial {
    func embeds(_ format: WeightFormat) throws {
        try embedsEveryWidth(format)
        try embedsEveryBatch(format)
        try embedsSpecials(format)
    }

    /// Runs the op and holds every row. `ids` past the vocabulary give NaN.
    private func embed(
        _ weight: Weight, _ ids: [Int32], on device: Device, gap: Int, scale: Float = 1.7,
        _ place: @autoclosure () -> String
    ) throws {
        let output = try Matrix(device, rows: ids.count, columns: weight.columns, stride: weight.columns + gap)
        let desc = try device.aligned {
            try EmbeddingTests.describe(device, weight, ids, scale: scale, output: output)
        }
        try device.run(spyre_stream_embedding, desc)
        let expected = ids.map { id -> [Expected] in
            guard (0..<weight.outputs).contains(Int(id)) else {
                return (0..<weight.columns).map { _ in Expected(value: .nan, error: 0) }
            }
            return (0..<weight.columns).map { k in
                let i = Int(id) * weight.columns + k
                return Self.embedded(weight.values[i], size: weight.sizes[i], scale: scale)
            }
        }
        hold(
            try output.read(device), expected, "\(ids.count) of \(weight.outputs) rows of \(weight.columns), \(place())"
        )
    }

    /// Scale times the value, which is rounded to float32 first where it has more digits; with a minimum, two terms are
    /// added, each rounded once.
    static func embedded(_ value: Double, size: Double, scale: Float) -> Expected {
        size == abs(value) || value == 0 && size == 0
            ? .bits(Float(value) * scale)
            : Expected(value: value * Double(scale), error: gamma(2) * size * Double(scale) + 2 * tiny, size: size)
    }

    private func embedsEveryWidth(_ format: WeightFormat) throws {
        var random = SplitMix64(seed: 4001)
        for (i, columns) in Sizes.multiples(of: format.block, upTo: 4097).enumerated() {
            let vocabulary = [70, 1, 64, 63, 129][i % 5]
            let weight = Weight(format, outputs: vocabulary, columns: columns, using: &random)
            let ids = [0, Int32(vocabulary) - 1, Int32(vocabulary / 2), Int32(vocabulary), -1]
            for (p, placement) in Placement.allCases.enumerated() where columns < 300 || p == i % 5 {
                let device = try placement.device(isa, threads: Int32(1 + p % 3))
                try embed(weight, ids, on: device, gap: placement.gap, "placement \(p)")
            }
        }
    }

    private func embedsEveryBatch(_ format: WeightFormat) throws {
        var random = SplitMix64(seed: 4002)
        let weight = Weight(format, outputs: 135, columns: format.block == 1 ? 7 : format.block, using: &random)
        let ids = (0..<130).map { _ in Int32.random(in: -2...137, using: &random) } + [.min, .max]
        for (i, rows) in Sizes.upTo(130).enumerated() {
            let device = try Device(isa: isa, threads: [1, 2, 3, 5][i % 4])
            try embed(weight, Array(ids.suffix(rows)), on: device, gap: i % 3, "")
        }
    }

    /// NaN, infinities, zeros and subnormal numbers wherever the format has a 16-bit or 32-bit number.
    private func embedsSpecials(_ format: WeightFormat) throws {
        var random = SplitMix64(seed: 4003)
        let columns = format.block == 1 ? 45 : 2 * format.block
        var bytes: [UInt8] = []
        let specials = Self.specials.count
        for i in 0..<specials * columns / format.block {
            var block = format.draw(&random)
            for offset in format.halves {
                let special = Self.specials[(i + offset) % specials]
                let word = format.type == SPYRE_TYPE_BF16 ? Oracle.bfloat16(special) : Float16(special).bitPattern
                block.replaceSubrange(offset..<offset + 2, with: WeightFormat.bytes(word))
            }
            if format.type == SPYRE_TYPE_F32 { block = WeightFormat.bytes(Self.specials[i % specials]) }
            bytes += block
        }
        let scales = format.scaledRows ? Self.specials : []
        let weight = Weight(format, outputs: specials, columns: columns, bytes: bytes, scales: scales)
        for edge in Device.Edge.allCases {
            try embed(weight, (0..<specials).map(Int32.init), on: try Device(isa: isa, edge: edge), gap: 0, "special")
        }
    }
}
