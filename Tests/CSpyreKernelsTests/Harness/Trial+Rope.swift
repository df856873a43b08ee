import CSpyreKernels

/// Rotary embedding of rows in place.
extension Trial {
    func rotates() throws {
        for layout in [SPYRE_ROPE_INTERLEAVED, SPYRE_ROPE_HALF_SPLIT] {
            try sweep(.rope(layout))
            try rotatesByPosition(layout)
        }
    }

    /// Every position of a table, and those around it, which give NaN; fewer rows than were captured leave the others.
    private func rotatesByPosition(_ layout: Int) throws {
        var random = SplitMix64(seed: 3103)
        let positions: [Int32] = (-2..<22) + [.min, .max]
        for size in [2, 14, 16, 30, 48, 130] {
            let table = RopeTests.table(positions: 20, headSize: size)
            let x = random.floats(positions.count * size)
            let expected = positions.enumerated().map { row, position in
                let head = Array(x[row * size..<(row + 1) * size])
                guard (0..<20).contains(position) else { return head.map { _ in Expected(value: .nan, error: 0) } }
                let start = Int(position) * size
                return RowOp.rotated(head, layout: layout, angles: table[start..<start + size])
            }
            for rows in [0, 1, 9, positions.count] {
                let device = try Device(isa: isa, threads: 3)
                let data = try Matrix(device, x, columns: size, stride: size + 1)
                var desc = descriptor(spyre_rope_desc.self)
                desc.layout = spyre_rope_layout(layout)
                (desc.data, desc.stride) = (data.span, Int64(data.stride))
                (desc.heads, desc.head_size) = (1, Int64(size))
                desc.positions = try device.span(positions)
                (desc.table, desc.table_positions) = (try device.span(table), 20)
                desc.rows = spyre_extent_scalar(Int64(positions.count), 1)
                try device.capture {
                    try device.run(spyre_stream_rope, desc)
                } use: {
                    try device.launch($0, scalars: [Int64(rows)])
                }
                let untouched = (0..<positions.count).map { x[$0 * size..<($0 + 1) * size].map(Expected.bits) }
                let all = Array(expected.prefix(rows) + untouched.dropFirst(rows))
                hold(try data.read(device), all, "\(rows) positions, a head of \(size)")
            }
        }
    }
}
