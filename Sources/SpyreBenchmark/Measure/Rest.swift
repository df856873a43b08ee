import Foundation

/// Pauses between measurements of different things.
package enum Rest {
    /// Waits until the threads of the library, which spin for up to 2 ms after their work, sleep: on a machine with as
    /// many threads as processors they would take time from whatever is measured next.
    package static func letTeamSleep() { usleep(3_000) }
}
