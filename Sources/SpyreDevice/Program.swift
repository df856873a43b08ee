import CSpyreKernels

/// A captured list of ops. It refers to the buffers that its ops name and does not keep them alive.
package final class Program: @unchecked Sendable {
    // Immutable once captured; launches are ordered by the stream.
    package let handle: OpaquePointer
    private let device: Device

    package init(handle: OpaquePointer, device: Device) {
        self.handle = handle
        self.device = device
    }

    deinit {
        spyre_program_release(handle)
    }

    /// Ops, and barriers between them in one launch.
    package func information() throws(DeviceError) -> (ops: Int, barriers: Int, scratchBytes: UInt64) {
        var info = spyre_program_info()
        info.struct_size = UInt32(MemoryLayout<spyre_program_info>.size)
        try DeviceError.check { spyre_program_query(handle, &info, $0) }
        return (Int(info.ops), Int(info.barriers), info.scratch_bytes)
    }
}
