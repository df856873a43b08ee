import CSpyreKernels

/// Device memory, zero at first, stick-aligned. Released with its last reference; whoever enqueues work that names it
/// keeps it alive until the work is done.
public final class Buffer: @unchecked Sendable {
    // Immutable handle; the contents are ordered by the stream that uses them.
    package let handle: OpaquePointer
    private let device: Device
    public let byteCount: Int

    public init(device: Device, byteCount: Int) throws(DeviceError) {
        guard byteCount > 0 else {
            throw DeviceError(
                status: spyre_status(SPYRE_STATUS_INVALID_ARGUMENT), message: "a buffer needs at least one byte")
        }
        var buffer: OpaquePointer?
        try DeviceError.check { spyre_buffer_create(device.handle, UInt64(byteCount), &buffer, $0) }
        guard let buffer else {
            throw DeviceError(status: spyre_status(SPYRE_STATUS_INTERNAL), message: "the buffer has no handle")
        }
        handle = buffer
        self.device = device
        self.byteCount = byteCount
    }

    deinit {
        spyre_buffer_release(handle)
    }

    /// The operand that starts `offset` bytes into this buffer. It does not keep the buffer alive; a negative offset is
    /// out of every buffer's range, which the op that gets it reports.
    package func span(at offset: Int = 0) -> spyre_span { spyre_span_at(handle, UInt64(bitPattern: Int64(offset))) }
}
