import Foundation
import Synchronization

/// What Ctrl-C does.
enum Interruption {
    /// Interrupts since `reset`, written by the signal handler.
    private static let count = Atomic<Int>(0)
    /// The signal handler writes a byte to the second end for each interrupt, so that a wait on the first one ends
    /// whenever the signal comes: before the wait, during it, or on another thread. -1 until interrupts are counted.
    private static let readEnd = Atomic<Int32>(-1)
    private static let writeEnd = Atomic<Int32>(-1)

    /// The exit code of a program that Ctrl-C ended: 128 + SIGINT, as shells report it.
    static let exitCode: Int32 = 130

    /// Ctrl-C ends the program with code 130. This is how every command begins.
    static func exitOnInterrupt() {
        // A reader that goes away (`| head`) ends the program quietly, whatever the parent process had set.
        signal(SIGPIPE, SIG_DFL)
        signal(SIGINT) { _ in _exit(130) }
        // A parent that starts programs from a thread of its own may hand a mask down that blocks both.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// From now on Ctrl-C is counted instead of ending the program.
    static func countInterrupts() throws(CommandFailure) {
        // All three exist before the handler can run: their lazy initialisation is not safe inside of one.
        count.store(0, ordering: .relaxed)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw CommandFailure("cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readEnd.store(ends[0], ordering: .relaxed)
        writeEnd.store(ends[1], ordering: .relaxed)
        signal(SIGINT) { _ in
            let code = errno
            Interruption.count.add(1, ordering: .relaxed)
            var byte: UInt8 = 0
            // A full pipe wakes the reader just as well.
            _ = Foundation.write(Interruption.writeEnd.load(ordering: .relaxed), &byte, 1)
            errno = code
        }
    }

    /// Waits until `input` has something to read, or an interrupt comes or has come since the last call.
    ///
    /// - Returns: whether it was an interrupt.
    static func comesBeforeInput(_ input: Int32) -> Bool {
        let interrupts = readEnd.load(ordering: .relaxed)
        var events = [
            pollfd(fd: interrupts, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&events, nfds_t(events.count), -1) < 0, errno == EINTR {}
        guard events[0].revents != 0 else { return false }
        forgetWakeUps()
        return true
    }

    static var pending: Int { count.load(ordering: .relaxed) }

    static func reset() {
        count.store(0, ordering: .relaxed)
        forgetWakeUps()
    }

    /// Interrupts so far have been seen to; they still count as pending.
    static func forgetWakeUps() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(readEnd.load(ordering: .relaxed), &bytes, bytes.count) > 0 {}
    }
}
