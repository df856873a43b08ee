import CSpyreKernels

/// Writes to the paged cache.
extension Trial {
    func stores(_ format: KVFormat) throws {
        try storesEveryHeadSize(format)
        try storesEveryBatch(format)
        try storesOutsideOfTheCache(format)
        try part("rotated") {
            for layout in [SPYRE_ROPE_INTERLEAVED, SPYRE_ROPE_HALF_SPLIT] { try storesRotated(format, layout) }
        }
    }

    private func hold(
        _ got: KVWriteCase.Written<Float>, _ expected: KVWriteCase.Written<Expected>,
        _ place: @autoclosure () -> String
    ) {
        hold([got.keys], [expected.keys], "keys of \(place())")
        hold([got.values], [expected.values], "values of \(place())")
        hold(got.queries, expected.queries, "queries of \(place())")
    }

    /// Not all slots of `blocks` blocks, in no order.
    private func someSlots(_ blocks: Int, using random: inout SplitMix64) -> [Int32] {
        (0..<Int32(blocks * 64)).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }.shuffled(using: &random)
    }

    /// Every size of head at every place: the bits of the type, in the documented place, and nothing else.
    private func storesEveryHeadSize(_ format: KVFormat) throws {
        var random = SplitMix64(seed: 3102)
        for size in stride(from: 16, through: 256, by: 16) {
            for (p, placement) in Placement.allCases.enumerated() {
                var write = KVWriteCase(format: format, headSize: size, slots: someSlots(2, using: &random))
                write.draw(special: true, using: &random)
                let device = try placement.device(isa, threads: 2)
                hold(try write.run(device, gap: placement.gap), write.expected(), "\(write.text), placement \(p)")
            }
        }
    }

    /// Every number of rows on 1, 2, 3 and 5 threads.
    private func storesEveryBatch(_ format: KVFormat) throws {
        var random = SplitMix64(seed: 3104)
        var all = KVWriteCase(
            format: format, blocks: 4, kvHeads: 3, headSize: 16, slots: someSlots(4, using: &random))
        all.draw(special: false, using: &random)
        for (i, rows) in Sizes.upTo(all.rows).enumerated() {
            let some = all.prefix(rows), expected = some.expected()
            for threads: Int32 in [1, 2, 3, 5] {
                let placement = Placement.allCases[(i + Int(threads)) % Placement.allCases.count]
                let device = try placement.device(isa, threads: threads)
                hold(try some.run(device, gap: placement.gap), expected, "\(some.text) on \(threads) threads")
            }
        }
    }

    private func storesOutsideOfTheCache(_ format: KVFormat) throws {
        var random = SplitMix64(seed: 3105)
        let slots: [Int32] = [-1, 127, 128, 129, .min, 0, .max, 191, -64, 64]
        for edge in Device.Edge.allCases {
            var write = KVWriteCase(format: format, kvHeads: 2, headSize: 32, slots: slots)
            write.draw(special: false, using: &random)
            hold(try write.run(try Device(isa: isa, edge: edge)), write.expected(), "slots outside, \(write.text)")
        }
    }

    /// Queries and keys rotated on the way, of every size of head.
    private func storesRotated(_ format: KVFormat, _ layout: Int) throws {
        var random = SplitMix64(seed: 3106)
        for size in stride(from: 16, through: 256, by: 16) {
            var write = KVWriteCase(
                format: format, kvHeads: 2, headSize: size, heads: [2, 6, 3][size / 16 % 3], layout: layout,
                slots: Array(someSlots(2, using: &random).prefix(1 + size / 8)))
            write.draw(special: false, using: &random)
            let expected = write.expected()
            for placement in Placement.allCases {
                let device = try placement.device(isa, threads: Int32(1 + size / 16 % 4))
                hold(try write.run(device, gap: placement.gap), expected, write.text)
            }
        }
    }
}
