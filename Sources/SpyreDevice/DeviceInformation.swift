/// What a device is.
public struct DeviceInformation: Sendable, Equatable {
    public let name: String
    /// Newest instruction set that its kernels use.
    public let isa: String
    public let threads: Int
    /// Bytes; 0 for no limit.
    public let memoryLimit: UInt64
    public let memoryUsed: UInt64
}
