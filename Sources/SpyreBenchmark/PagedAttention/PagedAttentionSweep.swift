/// Which points of the sweep are measured. What nobody names varies alone, round a base; of what is named, all
/// combinations are measured.
package struct PagedAttentionSweep: Sendable {
    package var mixes: [BatchMix] = []
    package var sequences: [Int] = []
    package var contexts: [Int] = []
    package var groups: [Int] = []
    package var headSizes: [Int] = []
    package var dtypes: [String] = []
    package var blockSizes: [Int] = []
    package var layouts: [KVLayout] = []
    package var kvHeads = 8
    package var queries = 1
    package var isQuick = false

    package init() {}

    package static var dtypes: [String] { CacheFormat.all.map(\.name) }

    /// What every axis is where another one varies.
    package var base: PagedAttentionCase {
        var base = PagedAttentionCase(sequences: 4, context: isQuick ? 1024 : 4096)
        base.kvHeads = kvHeads
        base.queries = queries
        return base
    }

    private struct Axis {
        let named: Bool
        /// A case with each value of the axis.
        let values: (PagedAttentionCase) -> [PagedAttentionCase]

        init<Value>(
            _ named: [Value], _ all: [Value], _ field: WritableKeyPath<PagedAttentionCase, Value>
        ) {
            self.named = !named.isEmpty
            values = { point in
                (named.isEmpty ? all : named).map { value in
                    var point = point
                    point[keyPath: field] = value
                    return point
                }
            }
        }
    }

    /// Blocks and layouts last: cases that differ in them alone follow one another and share what they are compared to.
    private var axes: [Axis] {
        [
            Axis(mixes, BatchMix.allCases, \.mix),
            Axis(sequences, isQuick ? [1, 4] : [1, 4, 16], \.sequences),
            Axis(contexts, isQuick ? [512, 1024] : [512, 1024, 4096, 16384], \.context),
            Axis(groups, isQuick ? [1, 4] : [1, 4, 8], \.group),
            Axis(headSizes, [64, 128], \.headSize),
            Axis(dtypes, Self.dtypes, \.dtype),
            Axis(layouts, KVLayout.allCases, \.layout),
            Axis(blockSizes, isQuick ? [16, 64, 256] : PagedAttentionCase.blockSizes, \.blockTokens),
        ]
    }

    /// - Throws: a `BenchmarkError` when something named does not exist or cannot be combined.
    package func cases() throws(BenchmarkError) -> [PagedAttentionCase] {
        let axes = self.axes, named = axes.filter(\.named)
        var points: [PagedAttentionCase]
        if named.isEmpty {
            // One axis after the other; layouts and block sizes together.
            points = axes.dropLast(2).flatMap { $0.values(base) }
            points += axes.suffix(2).reduce([base]) { points, axis in points.flatMap(axis.values) }
        } else {
            points = named.reduce([base]) { points, axis in points.flatMap(axis.values) }
        }
        var seen: Set<PagedAttentionCase> = []
        var cases: [PagedAttentionCase] = []
        for point in points where seen.insert(point).inserted {
            try check(point)
            if try point.isSupported() { cases.append(point) }
        }
        guard !cases.isEmpty else {
            throw BenchmarkError(
                .request,
                "no cache can be like this (\(points.first?.name ?? "nothing")); choose another type or layout")
        }
        return cases
    }

    private static let greatestTokens = 1 << 24

    private func check(_ point: PagedAttentionCase) throws(BenchmarkError) {
        func range(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(BenchmarkError) {
            guard !allowed.contains(value) else { return }
            throw BenchmarkError(
                .request, "\(name) \(value) is out of range; use \(allowed.lowerBound)...\(allowed.upperBound)")
        }
        try range("the context", point.context, 1...1 << 20)
        try range("the batch size", point.sequences, 1...4096)
        try range("the group", point.group, 1...256)
        try range("the number of KV heads", point.kvHeads, 1...1024)
        try range("the number of query rows", point.queries, 1...4096)
        guard point.headSize >= 16, point.headSize <= 256, point.headSize % 16 == 0 else {
            throw BenchmarkError(
                .request, "head size \(point.headSize) does not exist; use a multiple of 16 up to 256")
        }
        guard PagedAttentionCase.blockSizes.contains(point.blockTokens) else {
            throw BenchmarkError(
                .request,
                "no blocks of \(point.blockTokens) tokens; use "
                    + PagedAttentionCase.blockSizes.map(String.init).joined(separator: ", "))
        }
        _ = try CacheFormat.named(point.dtype)
        let lengths = point.mix.lengths(sequences: point.sequences, context: point.context)
        guard lengths.reduce(0, +) <= Self.greatestTokens, point.heads <= 4096 else {
            throw BenchmarkError(.request, "\(point.name) is too large; use fewer sequences, heads or tokens")
        }
        guard let shortest = lengths.min(), point.queries <= shortest else {
            throw BenchmarkError(
                .request,
                "\(point.name): sequences of \(lengths.min() ?? 0) tokens have no \(point.queries) query rows; use "
                    + "longer contexts or fewer --queries")
        }
    }
}
