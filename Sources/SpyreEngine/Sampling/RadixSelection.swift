/// Selection without sorting: one step narrows the values down by their leading 11 bits, at most two more steps finish
/// (11 + 11 + 10 bits), so the cost is linear whatever the values are.
struct RadixSelection {
    private static let buckets = 1 << 11
    private static let shifts: [UInt32] = [21, 10, 0]

    private var counts = [Int32](repeating: 0, count: buckets)
    private var masses = [Double](repeating: 0, count: buckets)
    private var members: [UInt32] = []

    /// The k-th greatest of `values`, counted with repetitions. `k` is in 1 ... values.count; no value is NaN.
    mutating func greatest(_ k: Int, of values: UnsafeBufferPointer<Float>) -> Float {
        var remaining = Int32(k)
        members.removeAll(keepingCapacity: true)
        for (level, shift) in Self.shifts.enumerated() {
            clearBuckets()
            let mask = UInt32(Self.buckets - 1) >> (level == 2 ? 1 : 0)
            if level == 0 {
                for value in values { counts[Int(Self.key(value) >> shift)] += 1 }
            } else {
                for key in members { counts[Int((key >> shift) & mask)] += 1 }
            }
            var bucket = Self.buckets - 1
            while bucket > 0, counts[bucket] < remaining {
                remaining -= counts[bucket]
                bucket -= 1
            }
            let chosen = UInt32(bucket)
            if level == 0 {
                for value in values where Self.key(value) >> shift == chosen { members.append(Self.key(value)) }
            } else {
                members.removeAll { ($0 >> shift) & mask != chosen }
            }
            if membersAreEqual { break }
        }
        return members.first.map(Self.value) ?? -.infinity
    }

    /// The least weight of the first step's bucket that has `weight`, which is not negative.
    static func lowerEnd(ofBucketWith weight: Float) -> Float {
        Float(bitPattern: (weight.bitPattern >> shifts[0]) << shifts[0])
    }

    /// The smallest set of greatest weights whose mass reaches a target.
    struct Nucleus: Equatable {
        /// The least weight that is kept.
        let threshold: Float
        /// How many weights equal to `threshold` are kept.
        let ties: Int
    }

    /// The weights, taken in descending order, that have less than `target` before them. The greatest is always kept.
    ///
    /// - Parameters:
    ///   - weights: finite, not negative, at least one.
    ///   - target: the mass to reach. When rounding lets the whole sum stay below it, every weight is kept.
    mutating func nucleus(of weights: UnsafeBufferPointer<Float>, target: Double) -> Nucleus {
        var before = 0.0
        members.removeAll(keepingCapacity: true)
        for (level, shift) in Self.shifts.enumerated() {
            clearBuckets()
            let mask = UInt32(Self.buckets - 1) >> (level == 2 ? 1 : 0)
            if level == 0 {
                for weight in weights { add(weight.bitPattern, to: Int(weight.bitPattern >> shift)) }
            } else {
                for bits in members { add(bits, to: Int((bits >> shift) & mask)) }
            }
            let chosen = UInt32(lastBucket(before: &before, target: target))
            if level == 0 {
                for weight in weights where weight.bitPattern >> shift == chosen { members.append(weight.bitPattern) }
            } else {
                members.removeAll { ($0 >> shift) & mask != chosen }
            }
            if membersAreEqual { break }
        }
        let threshold = Float(bitPattern: members.first ?? 0)
        var ties = 0
        while ties < members.count, ties == 0 || before < target {
            before += Double(threshold)
            ties += 1
        }
        return Nucleus(threshold: threshold, ties: ties)
    }

    private mutating func clearBuckets() {
        counts.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        masses.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    }

    /// Whether the selection is decided; rows with many equal values are, early.
    private var membersAreEqual: Bool {
        guard let first = members.first else { return true }
        return members.allSatisfy { $0 == first }
    }

    @inline(__always)
    private mutating func add(_ bits: UInt32, to bucket: Int) {
        masses[bucket] += Double(Float(bitPattern: bits))
        counts[bucket] += 1
    }

    /// The bucket that holds the last kept weight; `before` grows by the mass of those above it.
    private func lastBucket(before: inout Double, target: Double) -> Int {
        var last = Self.buckets - 1
        for bucket in stride(from: Self.buckets - 1, through: 0, by: -1) where counts[bucket] > 0 {
            last = bucket
            if before + masses[bucket] >= target { return bucket }
            before += masses[bucket]
        }
        // Rounding kept the sum below the target: the last bucket there is.
        before -= masses[last]
        return last
    }

    /// An unsigned key with the order of the values; -0 sorts just below +0.
    @inline(__always)
    private static func key(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits ^ (bits >> 31 == 0 ? 0x8000_0000 : 0xffff_ffff)
    }

    private static func value(_ key: UInt32) -> Float {
        Float(bitPattern: key ^ (key >> 31 == 1 ? 0x8000_0000 : 0xffff_ffff))
    }
}
