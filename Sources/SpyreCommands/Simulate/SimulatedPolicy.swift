import ArgumentParser

/// The scheduling policies.
enum SimulatedPolicy: String, CaseIterable, ExpressibleByArgument {
    case `static`
    case spyre
    case continuous
}
