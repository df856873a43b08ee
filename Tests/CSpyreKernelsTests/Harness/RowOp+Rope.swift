import CSpyreKernels

extension RowOp {
    /// Rotation of rows of one head, or of three where the columns are so many, in place. All rows have the last
    /// position of the table, so that what is read past it lies behind the operand.
    static func rope(_ layout: Int) -> RowOp {
        let position: Int32 = 3
        func heads(_ columns: Int) -> Int { columns % 6 == 0 ? 3 : 1 }
        func table(_ headSize: Int) -> [Float] { RopeTests.table(positions: Int(position) + 1, headSize: headSize) }
        return RowOp(
            name: layout == SPYRE_ROPE_HALF_SPLIT ? "rope of halves" : "rope of pairs", aliases: [[0]],
            columns: Sizes.upTo(2048).map { 2 * $0 },
            enqueue: { device, operands in
                var desc = descriptor(spyre_rope_desc.self)
                desc.layout = spyre_rope_layout(layout)
                (desc.data, desc.stride) = (operands.outputs[0].span, Int64(operands.outputs[0].stride))
                let heads = heads(Int(operands.columns)), headSize = Int(operands.columns) / heads
                (desc.heads, desc.head_size) = (Int64(heads), Int64(headSize))
                desc.positions = try device.span([Int32](repeating: position, count: Int(operands.rows.maximum)))
                (desc.table, desc.table_positions) = (try device.span(table(headSize)), Int64(position) + 1)
                desc.rows = operands.rows
                try device.run(spyre_stream_rope, desc)
            },
            expected: { rows, _ in
                let headSize = rows[0].count / heads(rows[0].count)
                let angles = table(headSize).suffix(headSize)
                return [
                    stride(from: 0, to: rows[0].count, by: headSize).flatMap { start in
                        rotated(Array(rows[0][start..<start + headSize]), layout: layout, angles: angles)
                    }
                ]
            })
    }

    /// Two products and a sum: gamma(2) of the sizes of the products.
    static func rotated(_ head: [Float], layout: Int, angles: ArraySlice<Float>) -> [Expected] {
        Oracle.rotate(head, halfSplit: layout == SPYRE_ROPE_HALF_SPLIT, angles: angles).map {
            Expected(value: $0.value, error: gamma(2) * $0.size + tiny, size: $0.size)
        }
    }
}
