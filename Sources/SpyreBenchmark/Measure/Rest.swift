import Foundation

/// Pauses between measurements of different things.
package enum Rest {
    /// Waits until the threads of the library, which spin for up to 2 ms after their work, sleep: on a machine with as
    /// many threads as processors they would take time from whatever is measured next.
    package static func letTeamSleep() { usleep(3_000) }

    /// Refuses settings under which they would not sleep in this time.
    package static func checkWaits(_ environment: [String: String] = ProcessInfo.processInfo.environment)
        throws(BenchmarkError)
    {
        for name in ["OMP_WAIT_POLICY", "KMP_BLOCKTIME"] {
            guard let value = environment[name], !value.isEmpty else { continue }
            let lower = value.lowercased()
            let milliseconds =
                lower.hasSuffix("us") ? 0 : Int(lower.hasSuffix("ms") ? String(lower.dropLast(2)) : lower)
            guard lower == "active" || lower == "infinite" || (milliseconds ?? 0) > 2 else { continue }
            throw BenchmarkError(
                .request,
                "\(name) is '\(value)': threads that go on spinning take time from what is measured next, and figures "
                    + "would be too good; unset it")
        }
    }
}
