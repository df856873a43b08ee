import CSpyreKernels

/// A zeroed descriptor with its size set, as SPYRE_INIT makes it.
func descriptor<T: BitwiseCopyable>(_ type: T.Type) -> T {
    withUnsafeTemporaryAllocation(byteCount: MemoryLayout<T>.size, alignment: MemoryLayout<T>.alignment) { bytes in
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        bytes.storeBytes(of: UInt32(MemoryLayout<T>.size), as: UInt32.self)
        return bytes.load(as: T.self)
    }
}

extension Device {
    typealias Op<T> = (OpaquePointer?, UnsafePointer<T>?, UnsafeMutablePointer<OpaquePointer?>?) -> spyre_status

    /// Enqueues one op.
    func run<T>(_ op: Op<T>, _ desc: T) throws {
        var desc = desc
        try check { op(stream, &desc, $0) }
    }

    /// Enqueues an op that has to fail, and answers with what it said.
    func failure<T>(_ op: Op<T>, _ desc: T) -> ABIFailure? {
        do {
            try run(op, desc)
            return nil
        } catch {
            return error as? ABIFailure
        }
    }
}

/// A matrix of floats in device memory: rows with a stride, and a sentinel between the rows.
struct Matrix {
    static let sentinel: Float = -77.25
    let span: spyre_span
    let rows: Int
    let columns: Int
    let stride: Int

    init(_ device: Device, _ values: [Float], columns: Int, stride: Int? = nil) throws {
        self.columns = columns
        self.stride = stride ?? columns
        rows = values.count / columns
        var strided = [Float](repeating: Self.sentinel, count: rows == 0 ? 0 : (rows - 1) * self.stride + columns)
        for i in values.indices { strided[i / columns * self.stride + i % columns] = values[i] }
        span = try device.span(strided)
    }

    /// Room for a result, all sentinel.
    init(_ device: Device, rows: Int, columns: Int, stride: Int? = nil) throws {
        let values = [Float](repeating: Self.sentinel, count: rows * columns)
        try self.init(device, values, columns: columns, stride: stride)
    }

    /// The rows, once it is sure that nothing lies between them but the sentinel.
    func read(_ device: Device) throws -> [[Float]] {
        let all = try device.floats(span, rows == 0 ? 0 : (rows - 1) * stride + columns)
        return try (0..<rows).map { row in
            let begin = row * stride
            for i in begin + columns..<min(begin + stride, all.count) where all[i] != Self.sentinel {
                throw ABIFailure(status: 500, description: "element \(i - begin) of row \(row) is past the columns")
            }
            return Array(all[begin..<begin + columns])
        }
    }
}
