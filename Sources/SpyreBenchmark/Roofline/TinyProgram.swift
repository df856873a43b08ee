import CSpyreKernels
import SpyreDevice

/// Programs whose time is that of starting them and of waiting between their ops.
final class TinyProgram {
    /// Ops of the long program beyond the first.
    static let steps = 64

    private let stream: Stream
    private let buffer: Buffer
    private let one: Program
    private let many: Program

    init(threads: Int) throws {
        let device = try Device(threads: threads)
        let (stream, buffer) = (try Stream(device: device), try Buffer(device: device, byteCount: Self.rows * 4 * 64))
        self.stream = stream
        self.buffer = buffer
        func capture(_ count: Int) throws -> Program {
            try stream.capture { () throws(DeviceError) in
                for _ in 0..<count { try stream.elementwise(Self.op(buffer)) }
            }
        }
        one = try capture(1)
        many = try capture(1 + Self.steps)
    }

    /// A row for each thread would do; a few more keep every thread busy on small machines.
    private static let rows = 8

    /// Each reads and writes the same rows, so that it has to wait for the one before.
    private static func op(_ buffer: Buffer) -> spyre_elementwise_desc {
        var desc = spyre_elementwise_desc()
        desc.kind = spyre_elementwise_kind(SPYRE_ELEMENTWISE_SCALE)
        desc.a = buffer.span()
        desc.output = buffer.span()
        desc.columns = 64
        desc.a_stride = 64
        desc.b_stride = 64
        desc.output_stride = 64
        desc.rows = spyre_extent_fixed(Int64(rows))
        desc.scale = 1
        return desc
    }

    func seconds(launches: Int, isLong: Bool) throws -> Double {
        let program = isLong ? many : one
        return try ContinuousClock().measure {
            for _ in 0..<launches { try stream.launch(program, scalars: []) }
        }.seconds
    }
}
