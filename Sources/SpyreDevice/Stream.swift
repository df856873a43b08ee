import CSpyreKernels

/// A FIFO of device work. One thread at a time may use a stream.
public final class Stream {
    package let handle: OpaquePointer
    public let device: Device

    public init(device: Device) throws(DeviceError) {
        var stream: OpaquePointer?
        try DeviceError.check { spyre_stream_create(device.handle, &stream, $0) }
        guard let stream else {
            throw DeviceError(status: spyre_status(SPYRE_STATUS_INTERNAL), message: "the stream has no handle")
        }
        handle = stream
        self.device = device
    }

    deinit {
        spyre_stream_release(handle)
    }

    public func synchronize() throws(DeviceError) {
        try DeviceError.check { spyre_stream_synchronize(handle, $0) }
    }

    /// Copies values into device memory.
    public func write<T: BitwiseCopyable>(_ values: [T], to buffer: Buffer, at offset: Int = 0) throws(DeviceError) {
        let result: Result<Void, DeviceError> = values.withUnsafeBytes { bytes in
            Result { () throws(DeviceError) in try write(bytes, to: buffer, at: offset) }
        }
        try result.get()
    }

    public func write(_ bytes: UnsafeRawBufferPointer, to buffer: Buffer, at offset: Int = 0) throws(DeviceError) {
        try DeviceError.check {
            spyre_stream_write(handle, bytes.baseAddress, buffer.span(at: offset), UInt64(bytes.count), $0)
        }
    }

    /// Copies device memory out and waits for it.
    public func read(_ buffer: Buffer, at offset: Int = 0, into bytes: UnsafeMutableRawBufferPointer)
        throws(DeviceError)
    {
        try DeviceError.check {
            spyre_stream_read(handle, buffer.span(at: offset), bytes.baseAddress, UInt64(bytes.count), $0)
        }
        try synchronize()
    }

    public func read<T: BitwiseCopyable>(_ buffer: Buffer, at offset: Int = 0, count: Int, as zero: T)
        throws(DeviceError)
        -> [T]
    {
        guard count >= 0 else {
            throw DeviceError(
                status: spyre_status(SPYRE_STATUS_INVALID_ARGUMENT), message: "read: \(count) values cannot be read")
        }
        var values = [T](repeating: zero, count: count)
        let result: Result<Void, DeviceError> = values.withUnsafeMutableBytes { bytes in
            Result { () throws(DeviceError) in try read(buffer, at: offset, into: bytes) }
        }
        try result.get()
        return values
    }

    /// Copies bytes of a buffer to another place, in the same buffer or another of the device. The two must not overlap.
    package func copy(
        _ source: Buffer, at sourceOffset: Int, to target: Buffer, at targetOffset: Int, byteCount: Int
    ) throws(DeviceError) {
        try DeviceError.check {
            spyre_stream_copy(
                handle, source.span(at: sourceOffset), target.span(at: targetOffset), UInt64(max(0, byteCount)), $0)
        }
    }

    // Programs and ops name buffers without keeping them alive: they are for the layers above, which do.

    /// Records what `body` enqueues instead of running it. When `body` throws, what it recorded is dropped.
    package func capture(_ body: () throws(DeviceError) -> Void) throws(DeviceError) -> Program {
        try DeviceError.check { spyre_stream_begin_capture(handle, $0) }
        var failure: DeviceError?
        do { try body() } catch { failure = error }
        var program: OpaquePointer?
        try DeviceError.check { spyre_stream_end_capture(handle, &program, $0) }
        guard let program else {
            throw DeviceError(status: spyre_status(SPYRE_STATUS_INTERNAL), message: "the program has no handle")
        }
        let captured = Program(handle: program, device: device)
        if let failure { throw failure }
        return captured
    }

    /// Runs a program with the given launch scalars.
    package func launch(_ program: Program, scalars: [Int64]) throws(DeviceError) {
        try DeviceError.check {
            spyre_stream_launch(handle, program.handle, nil, 0, scalars, Int32(scalars.count), $0)
        }
    }
}
