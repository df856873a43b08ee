/// Shows on standard error how far long work is: a bar on a terminal; elsewhere nothing, or one line for each stage
/// where `Notices` are asked for.
///
/// One thread at a time.
final class ProgressReporter {
    enum Style: Equatable {
        case silent
        /// A line when a stage begins.
        case lines
        /// A bar that is drawn over, `columns` wide.
        case bar(columns: Int)
    }

    private static let interval = Duration.milliseconds(100)
    private let style: Style
    private let write: (String) -> Void
    private let now: () -> ContinuousClock.Instant
    private var stage: String?
    private var drawn: ContinuousClock.Instant?
    private var showsBar = false

    init(
        style: Style, write: @escaping (String) -> Void = StandardError.write,
        now: @escaping () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.style = style
        self.write = write
        self.now = now
    }

    /// The style that fits standard error.
    convenience init(quiet: Bool) {
        let isTerminal = StandardError.isTerminal
        if !Notices.areShown(quiet: quiet, isTerminal: isTerminal) {
            self.init(style: .silent)
        } else {
            self.init(style: isTerminal ? .bar(columns: StandardError.columns) : .lines)
        }
    }

    func report(_ bar: ProgressBar) {
        let isNew = bar.title != stage
        stage = bar.title
        switch style {
        case .silent: break
        case .lines:
            if isNew { write("spyre: \(bar.title)\n") }
        case .bar(let columns):
            let time = now()
            // Drawing each step would cost more than some of the steps.
            let isDue = drawn.map { time - $0 >= Self.interval } ?? true
            guard isNew || isDue || bar.completed >= bar.total else { return }
            write("\r\u{1B}[K" + bar.line(columns: columns))
            drawn = time
            showsBar = true
        }
    }

    /// Takes the bar away, so that what is printed next begins on an empty line.
    func finish() {
        if showsBar { write("\r\u{1B}[K") }
        showsBar = false
        stage = nil
        drawn = nil
    }
}
