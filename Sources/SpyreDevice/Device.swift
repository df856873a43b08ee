import CSpyreKernels

/// A Spyre device: here the host's processor behind the device ABI.
///
/// Any thread may use a device; it closes when its last buffer, stream and program are gone.
public final class Device: @unchecked Sendable {
    // The handle is immutable and the ABI allows calls on a device from any thread.
    package let handle: OpaquePointer

    /// - Parameters:
    ///   - threads: threads that run a step; nil takes what OMP_NUM_THREADS or the processor offers.
    ///   - isa: `reference`, `avx2` or `avx512`; nil takes SPYRE_ISA or the best that the processor has.
    ///   - memoryLimit: largest sum of live buffers in bytes; nil for none.
    public init(threads: Int? = nil, isa: String? = nil, memoryLimit: UInt64? = nil) throws(DeviceError) {
        var desc = spyre_device_desc()
        desc.struct_size = UInt32(MemoryLayout<spyre_device_desc>.size)
        desc.threads = Int32(clamping: threads ?? 0)
        desc.memory_limit = memoryLimit ?? 0
        var device: OpaquePointer?
        if let isa {
            // `withCString` rethrows untyped, so the result is carried out.
            let result: Result<Void, DeviceError> = isa.withCString { name in
                desc.isa = name
                return Result { () throws(DeviceError) in
                    try DeviceError.check { spyre_device_open(&desc, &device, $0) }
                }
            }
            try result.get()
        } else {
            try DeviceError.check { spyre_device_open(&desc, &device, $0) }
        }
        guard let device else {
            throw DeviceError(status: spyre_status(SPYRE_STATUS_INTERNAL), message: "the device has no handle")
        }
        handle = device
    }

    deinit {
        _ = spyre_device_close(handle, nil)
    }

    /// What the device is and how much memory is in use now.
    public func information() throws(DeviceError) -> DeviceInformation {
        var info = spyre_device_info()
        info.struct_size = UInt32(MemoryLayout<spyre_device_info>.size)
        try DeviceError.check { spyre_device_query(handle, &info, $0) }
        return DeviceInformation(
            name: String(cString: info.name), isa: String(cString: info.isa), threads: Int(info.threads),
            memoryLimit: info.memory_limit, memoryUsed: info.memory_used)
    }

    /// The instruction set that was chosen for a kernel; nil for an unknown name.
    public func variant(ofKernel name: String) -> String? {
        spyre_device_variant(handle, name).map { String(cString: $0) }
    }
}
