/// How far a run is.
package struct LoadProgress: Sendable, Equatable {
    package var ended = 0
    package var running = 0
    package var waiting = 0
    /// Since the beginning.
    package var seconds = 0.0
}
