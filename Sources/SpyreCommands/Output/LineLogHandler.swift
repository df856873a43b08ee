import Logging

/// Writes each log message as one line, `spyre: level: message key=value`, to standard error.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(logLevel: Logger.Level) {
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        StandardError.write(Self.line(event.level, "\(event.message)", all))
    }

    static func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return "spyre: \(level.rawValue): " + OneLine.text(message + pairs) + "\n"
    }
}
