import ArgumentParser

/// `50,90,99.9`.
struct PercentileList: ExpressibleByArgument, Equatable, CustomStringConvertible {
    private static let most = 20
    let values: [Double]

    init(_ values: [Double]) { self.values = values }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        let values = parts.compactMap { $0 }.filter { $0 >= 0 && $0 <= 100 }
        guard values.count == parts.count, values.count <= Self.most else { return nil }
        self.values = values.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// `p99`, `p99.9`: vLLM's names.
    static func name(_ percentile: Double) -> String {
        percentile == percentile.rounded() ? "p\(Int(percentile))" : "p\(percentile)"
    }

    var description: String { values.map { String(Self.name($0).dropFirst()) }.joined(separator: ",") }
    var defaultValueDescription: String { description }
}
