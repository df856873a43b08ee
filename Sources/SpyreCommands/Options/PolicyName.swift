import ArgumentParser

/// The scheduling policies.
enum PolicyName: String, CaseIterable, ExpressibleByArgument {
    case `static`
    case spyre
    case continuous
}
