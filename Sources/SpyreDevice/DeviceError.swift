import CSpyreKernels

/// A call of the device ABI that failed.
public struct DeviceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is; the numbers are those of `spyre/status.h`.
    public let status: Int32
    /// One line that says what was wrong.
    public let message: String

    public init(status: Int32, message: String) {
        self.status = status
        self.message = message
    }

    public var description: String { message }

    /// Whether memory of the device or the host ran out.
    public var isOutOfMemory: Bool {
        status == SPYRE_STATUS_OUT_OF_DEVICE_MEMORY || status == SPYRE_STATUS_OUT_OF_HOST_MEMORY
    }

    /// Runs one call of the ABI and throws what it reports.
    static func check(_ call: (UnsafeMutablePointer<OpaquePointer?>) -> spyre_status) throws(DeviceError) {
        var error: OpaquePointer?
        let status = call(&error)
        guard status != SPYRE_STATUS_OK else { return }
        defer { spyre_error_release(error) }
        let message =
            error.map { String(cString: spyre_error_message($0)) } ?? String(cString: spyre_status_name(status))
        throw DeviceError(status: status, message: message)
    }
}
