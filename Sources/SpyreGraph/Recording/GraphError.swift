import SpyreDevice

/// Why a graph cannot be compiled or run.
public enum GraphError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A graph breaks one of its own rules; a defect of the model or of a pass.
    case malformed(String)
    /// A weight is missing or has another shape.
    case parameter(name: String, reason: String)
    /// A static backend was asked for a shape that was not compiled during warm-up.
    case unpreparedShape(LaunchShape, prepared: [LaunchShape])
    /// Weights and workspace are larger than the memory that is free.
    case outOfMemory(bytes: Int, available: Int)
    /// The device refused or failed.
    case device(DeviceError)

    public var description: String {
        switch self {
        case .malformed(let reason): "malformed graph: \(reason)"
        case .parameter(let name, let reason): "weight \(name): \(reason)"
        case .unpreparedShape(let shape, let prepared):
            "no program was prepared for \(shape); prepared: "
                + prepared.map(\.description).joined(separator: ", ")
        case .outOfMemory(let bytes, let available): "\(bytes) bytes are needed, \(available) are free"
        case .device(let error): "device: \(error)"
        }
    }
}
