import SpyreDevice

/// Why an executor could not be made or a step could not run.
public enum ExecutorError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An option has a value that this model or host cannot have.
    case invalidOption(name: String, reason: String)
    /// A batch breaks the executor's limits or its own structure.
    case invalidBatch(String)
    /// The model uses something that has no kernel or graph here.
    case unsupportedModel(String)
    /// `sendnn` runs only shapes that were compiled during warm-up.
    case unpreparedShape(rows: Int, sequences: Int, logitRows: Int, prepared: String)
    /// Weights or KV cache do not fit; `advice` says what makes them smaller. `bytes` is 0 where it is not known.
    case outOfMemory(what: String, bytes: Int, advice: String)
    /// The device reported a failure.
    case device(DeviceError)
    /// A weight is missing or cannot be read.
    case checkpoint(String)
    /// The library broke a rule of its own.
    case inconsistent(String)

    public var description: String {
        switch self {
        case .invalidOption(let name, let reason): "\(name): \(reason)"
        case .invalidBatch(let reason): "invalid batch: \(reason)"
        case .unsupportedModel(let reason): "unsupported model: \(reason)"
        case .unpreparedShape(let rows, let sequences, let logitRows, let prepared):
            "backend sendnn has no program for \(rows) rows, \(sequences) sequences and \(logitRows) logit rows; "
                + "prepared: \(prepared)"
        case .outOfMemory(let what, let bytes, let advice):
            "not enough memory for \(what)\(bytes > 0 ? " (\(bytes / 1_048_576) MiB)" : ""); \(advice)"
        case .device(let error): "device: \(error)"
        case .checkpoint(let reason): reason
        case .inconsistent(let reason): "internal error, please report it: \(reason)"
        }
    }
}
