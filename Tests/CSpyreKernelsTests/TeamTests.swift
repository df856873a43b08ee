import CSpyreKernels
import Foundation
import Testing

/// The threads of a stream: what they compute in any number, and what they use when there is nothing to do.
@Suite struct TeamTests {
    /// A chain of ops in which each reads what other threads wrote before it: a barrier between any two.
    static func chain(_ device: Device, through buffers: [spyre_span], rows: Int, columns: Int) throws {
        for i in buffers.indices.dropLast() {
            var desc = descriptor(spyre_elementwise_desc.self)
            desc.kind = spyre_elementwise_kind(SPYRE_ELEMENTWISE_ADD)
            desc.a = buffers[i]
            desc.b = buffers[i]
            desc.output = buffers[i + 1]
            // Odd ops see the data as one column, so that each row is another thread's than before.
            let (r, c) = i % 2 == 0 ? (rows, columns) : (columns, rows)
            desc.columns = Int64(c)
            desc.a_stride = Int64(c)
            desc.b_stride = Int64(c)
            desc.output_stride = Int64(c)
            desc.rows = spyre_extent_fixed(Int64(r))
            desc.scale = i % 3 == 0 ? -0.5 : 1
            try device.run(spyre_stream_elementwise, desc)
        }
    }

    static func expected(_ x: [Float], length: Int) -> [Float] {
        x.map { (0..<length).reduce($0) { y, i in y + (i % 3 == 0 ? -0.5 : 1) * y } }
    }

    /// More threads than processors, and pauses in which the workers fall asleep, lose no wake-up and no write.
    @Test(arguments: [1, 2, 3, 5, 16] as [Int32])
    func everyThreadSeesWhatTheOthersWroteBeforeABarrier(threads: Int32) throws {
        let device = try Device(isa: Device.best, threads: threads)
        let (length, rows, columns) = (24, 17, 23)
        var random = SplitMix64(seed: 211)
        let buffers = try (0...length).map { _ in try device.room(bytes: rows * columns * 4) }
        try device.capture {
            try Self.chain(device, through: buffers, rows: rows, columns: columns)
        } use: { program in
            var info = descriptor(spyre_program_info.self)
            try check { spyre_program_query(program, &info, $0) }
            #expect(info.barriers == Int32(length - 1))
            for launch in 0..<60 {
                let x = random.floats(rows * columns)
                try device.write(x, to: buffers[0])
                if launch % 10 == 0 { usleep(4000) }
                try device.launch(program)
                #expect(try device.floats(buffers[length], rows * columns) == Self.expected(x, length: length))
            }
        }
    }

    /// Each stream has a team of its own, and threads may hand a stream on.
    @Test func streamsRunAtTheSameTime() async throws {
        try await withThrowingTaskGroup { group in
            for seed in 0..<4 {
                group.addTask {
                    let device = try Device(isa: Device.best, threads: 2)
                    var random = SplitMix64(seed: UInt64(seed))
                    let buffers = try (0...12).map { _ in try device.room(bytes: 320 * 4) }
                    try device.capture {
                        try Self.chain(device, through: buffers, rows: 8, columns: 40)
                    } use: { program in
                        for _ in 0..<50 {
                            let x = random.floats(320)
                            try device.write(x, to: buffers[0])
                            try device.launch(program)
                            #expect(try device.floats(buffers[12], 320) == Self.expected(x, length: 12))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Processor time of this process in nanoseconds.
    static func processorTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Workers spin for 2 ms and then sleep: four of them use at most 8 ms of the half second after a launch. In a
    /// process of its own, as the time of a process is that of all its tests.
    @Test func anIdleDeviceUsesNoProcessor() async {
        await #expect(processExitsWith: .success) {
            let device = try Device(isa: Device.best, threads: 5)
            for _ in 0..<3 {
                try device.run(spyre_stream_softmax, try Valid.softmax(device))
                let before = TeamTests.processorTime()
                usleep(500_000)
                let used = TeamTests.processorTime() - before
                #expect(used < 30_000_000, "\(used) ns")
            }
        }
    }

    /// What the environment says about waiting counts, and a value that has no meaning is refused.
    @Test func theEnvironmentSaysHowThreadsWait() async {
        await #expect(processExitsWith: .success) {
            func used(_ name: String, _ value: String) throws -> Int64 {
                setenv(name, value, 1)
                defer { unsetenv(name) }
                let device = try Device(isa: Device.best, threads: 2)
                try device.run(spyre_stream_softmax, try Valid.softmax(device))
                let before = TeamTests.processorTime()
                usleep(200_000)
                return TeamTests.processorTime() - before
            }
            // A spinning thread uses what others leave it: on a busy machine the best of some tries.
            for (name, value) in [("OMP_WAIT_POLICY", "ACTIVE"), ("KMP_BLOCKTIME", "infinite")] {
                var most: Int64 = 0
                for _ in 0..<20 where most <= 40_000_000 { most = max(most, try used(name, value)) }
                #expect(most > 40_000_000, "\(name)=\(value): \(most) ns")
            }
            for (name, value) in [("OMP_WAIT_POLICY", "passive"), ("KMP_BLOCKTIME", "0"), ("KMP_BLOCKTIME", "100us")] {
                let short = try used(name, value)
                #expect(short < 20_000_000, "\(name)=\(value): \(short) ns")
            }
            _ = try used("OMP_PROC_BIND", "false")
            for (name, value) in [
                ("OMP_WAIT_POLICY", "sometimes"), ("KMP_BLOCKTIME", "-1"), ("KMP_BLOCKTIME", "1 week"),
                ("KMP_BLOCKTIME", "ms"),
            ] {
                let failure = #expect(throws: ABIFailure.self) { try used(name, value) }
                #expect(failure?.status == spyre_status(SPYRE_STATUS_INVALID_ARGUMENT))
                #expect(failure?.description.hasPrefix("\(name) is '\(value)'; set it to") == true)
            }
        }
    }

    /// What the caller has set for its own thread neither gets into results nor is lost.
    @Test(arguments: [1, 2, 3] as [Int32])
    func resultsDoNotDependOnTheCallersRounding(threads: Int32) throws {
        let device = try Device(isa: Device.best, threads: threads)
        let rows = 6
        var desc = descriptor(spyre_elementwise_desc.self)
        desc.kind = spyre_elementwise_kind(SPYRE_ELEMENTWISE_ADD)
        desc.a = try device.span([Float](repeating: 1, count: rows))
        desc.b = try device.span([Float](repeating: 0x1p-30, count: rows))
        desc.output = try device.room(bytes: rows * 4)
        (desc.columns, desc.a_stride, desc.b_stride, desc.output_stride) = (1, 1, 1, 1)
        desc.rows = spyre_extent_fixed(Int64(rows))
        desc.scale = 1
        let before = fegetround()
        defer { fesetround(before) }
        fesetround(FE_UPWARD)
        try device.run(spyre_stream_elementwise, desc)
        #expect(fegetround() == FE_UPWARD)
        fesetround(before)
        #expect(try device.floats(desc.output, rows) == [Float](repeating: 1, count: rows))
    }
}
