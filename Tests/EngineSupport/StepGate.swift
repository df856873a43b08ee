import Foundation

/// Holds the engine's thread before a step, so that a test can act while the engine is at a known place.
package final class StepGate: @unchecked Sendable {
    private let condition = NSCondition()
    private var isClosed: Bool
    /// Steps that may pass before the gate closes.
    private var permits: Int
    private var waits = false
    private var clock: clockid_t?

    package init(isClosed: Bool = true, permits: Int = 0) {
        self.isClosed = isClosed
        self.permits = permits
    }

    package func open() {
        condition.withLock {
            isClosed = false
            condition.broadcast()
        }
    }

    /// Whether the engine stands before the closed gate.
    package var isHolding: Bool { condition.withLock { waits && isClosed && permits == 0 } }

    /// Processor time that the engine's thread has used; nil before its first step.
    package var engineNanoseconds: Int? {
        guard let clock = condition.withLock({ clock }) else { return nil }
        var time = timespec()
        return clock_gettime(clock, &time) == 0 ? time.tv_sec * 1_000_000_000 + time.tv_nsec : nil
    }

    /// Called by the engine's thread.
    func pass() {
        var own = clockid_t()
        let isKnown = pthread_getcpuclockid(pthread_self(), &own) == 0
        condition.withLock {
            clock = isKnown ? own : nil
            waits = true
            while isClosed && permits == 0 { condition.wait() }
            waits = false
            if isClosed { permits -= 1 }
        }
    }
}
