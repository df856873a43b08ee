import ArgumentParser

/// `8.5` or `inf`.
struct RequestRate: ExpressibleByArgument, Equatable, CustomStringConvertible {
    static let greatest = 1e6
    /// nil: all at once.
    let perSecond: Double?

    init(_ perSecond: Double?) { self.perSecond = perSecond }

    init?(argument: String) {
        if argument.lowercased() == "inf" {
            perSecond = nil
        } else if let rate = Double(argument), rate > 0, rate <= Self.greatest {
            perSecond = rate
        } else {
            return nil
        }
    }

    var description: String { perSecond.map { "\($0)" } ?? "inf" }
    var defaultValueDescription: String { description }
}
