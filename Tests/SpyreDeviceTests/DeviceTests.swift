import CSpyreKernels
import Testing

@testable import SpyreDevice

@Suite struct DeviceTests {
    @Test func bytesGoThereAndBack() throws {
        let stream = try Stream(device: try Device(threads: 1))
        let buffer = try Buffer(device: stream.device, byteCount: 64)
        #expect(try stream.read(buffer, count: 16, as: Float(1)) == [Float](repeating: 0, count: 16))
        try stream.write([1, 2, 3] as [Float], to: buffer, at: 8)
        #expect(try stream.read(buffer, at: 4, count: 4, as: Float(0)) == [0, 1, 2, 3])
    }

    /// What the caller got wrong is thrown as a status and a line, and nothing traps.
    @Test func errorsAreThrown() throws {
        let stream = try Stream(device: try Device(threads: 1))
        let buffer = try Buffer(device: stream.device, byteCount: 64)
        func status(_ body: () throws -> Void) -> Int32? {
            do { try body() } catch { return (error as? DeviceError)?.status }
            return nil
        }
        let outOfRange = spyre_status(SPYRE_STATUS_OUT_OF_RANGE)
        #expect(status { try stream.write([0, 0] as [Float], to: buffer, at: 60) } == outOfRange)
        #expect(status { try stream.write([0] as [Float], to: buffer, at: -4) } == outOfRange)
        #expect(status { _ = try stream.read(buffer, at: -4, count: 1, as: Float(0)) } == outOfRange)
        #expect(status { _ = try stream.read(buffer, count: 17, as: Float(0)) } == outOfRange)
        let invalid = spyre_status(SPYRE_STATUS_INVALID_ARGUMENT)
        #expect(status { _ = try stream.read(buffer, count: -1, as: Float(0)) } == invalid)
        #expect(status { _ = try Buffer(device: stream.device, byteCount: 0) } == invalid)
        #expect(status { _ = try Device(isa: "neon") } == invalid)
        #expect(status { _ = try Device(threads: -1) } != nil)
        let small = try Device(threads: 1, memoryLimit: 100)
        #expect(
            status { _ = try Buffer(device: small, byteCount: 200) } == spyre_status(SPYRE_STATUS_OUT_OF_DEVICE_MEMORY))
    }

    @Test func informationIsTheDevices() throws {
        let device = try Device(threads: 2, isa: "reference", memoryLimit: 4096)
        let buffer = try Buffer(device: device, byteCount: 1024)
        let information = try device.information()
        #expect(information.threads == 2 && information.isa == "reference" && information.memoryLimit == 4096)
        #expect(information.memoryUsed >= UInt64(buffer.byteCount))
        #expect(device.variant(ofKernel: "matmul_f32") == "reference")
        #expect(device.variant(ofKernel: "nothing") == nil)
    }

    /// A capture that fails leaves the stream usable, and the failure is the body's.
    @Test func failedCaptureIsDropped() throws {
        let stream = try Stream(device: try Device(threads: 1))
        let failure = DeviceError(status: 1, message: "mine")
        #expect(throws: failure) { try stream.capture { () throws(DeviceError) in throw failure } }
        let program = try stream.capture { () throws(DeviceError) in }
        try stream.launch(program, scalars: [])
        #expect(try program.information().ops == 0)
    }
}
