import CSpyreRoofline

@testable import SpyreBenchmark

enum Streams {
    static func run(_ memory: UnsafeMutableRawPointer, _ traffic: MemoryTraffic, threads: Int) -> Double {
        spyre_stream_run(memory, traffic.description, 4, Int32(threads), 1)
    }
}
