import CSpyreKernels
import SpyreDevice

/// The device that kernels run on, and data to run them with.
package final class KernelContext {
    package let device: Device
    package let stream: Stream
    package let isa: String
    package let threads: Int
    /// Weights of the last matmul: cases that differ in M only share them.
    var weights: (key: String, image: Buffer)?
    /// Random values that operands are cut from: making new ones for each would take longer than the measurement.
    let pool: [Float]

    /// Rows begin at different places of the pool, so that no two near each other are the same.
    static let poolRows = 4093

    /// - Parameter memoryLimit: bytes that the device may take.
    package init(isa: String?, threads: Int?, memoryLimit: UInt64) throws {
        device = try Device(threads: threads, isa: isa, memoryLimit: memoryLimit)
        stream = try Stream(device: device)
        let information = try device.information()
        self.isa = information.isa
        self.threads = information.threads
        var random = RandomValues(seed: 1)
        pool = random.floats(Self.poolRows + (1 << 16))
    }

    /// Row `row` of a random matrix.
    func row(_ row: Int, columns: Int) -> [Float] {
        if Self.start(row) + columns <= pool.count { return Array(pool[Self.start(row)..<Self.start(row) + columns]) }
        return (0..<columns).map { pool[(Self.start(row) + $0) % pool.count] }
    }

    private static func start(_ row: Int) -> Int { row * 1571 % poolRows }

    func matrix(rows: Int, columns: Int, from first: Int = 0) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(rows * columns)
        for row in first..<first + rows { values += self.row(row, columns: columns) }
        return values
    }

    func buffer<T: BitwiseCopyable>(_ values: [T]) throws -> Buffer {
        let buffer = try Buffer(device: device, byteCount: max(1, values.count * MemoryLayout<T>.stride))
        try stream.write(values, to: buffer)
        return buffer
    }

    /// Room for floats, all NaN.
    func output(_ count: Int) throws -> Buffer {
        let buffer = try Buffer(device: device, byteCount: max(1, count * 4))
        try run { spyre_stream_fill(stream.handle, buffer.span(), 0xff, UInt64(buffer.byteCount), $0) }
        return buffer
    }

    func floats(_ buffer: Buffer, at first: Int = 0, count: Int) throws -> [Float] {
        try stream.read(buffer, at: first * 4, count: count, as: 0)
    }

    /// One call of the ABI; what it reports is thrown.
    func run(_ call: (UnsafeMutablePointer<OpaquePointer?>) -> spyre_status) throws {
        var error: OpaquePointer?
        let status = call(&error)
        guard status != SPYRE_STATUS_OK else { return }
        defer { spyre_error_release(error) }
        throw DeviceError(status: status, message: String(cString: spyre_error_message(error)))
    }

    /// Runs an op and waits for it. The descriptor's size is filled in.
    func run<Desc>(
        _ op: (OpaquePointer?, UnsafePointer<Desc>?, UnsafeMutablePointer<OpaquePointer?>?) -> spyre_status,
        _ desc: inout Desc
    ) throws {
        withUnsafeMutableBytes(of: &desc) {
            $0.storeBytes(of: UInt32(MemoryLayout<Desc>.size), as: UInt32.self)
        }
        try run { op(stream.handle, &desc, $0) }
        try run { spyre_stream_synchronize(stream.handle, $0) }
    }
}
