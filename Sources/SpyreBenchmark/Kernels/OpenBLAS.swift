import Foundation

/// OpenBLAS, when this computer has it: looked for at run time, so that nothing depends on it.
package final class OpenBLAS: Sendable {
    typealias Sgemm =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>?, Int32, UnsafePointer<Float>?, Int32,
            Float,
            UnsafeMutablePointer<Float>?, Int32
        ) -> Void
    private typealias SetThreads = @convention(c) (Int32) -> Void
    private typealias Text = @convention(c) () -> UnsafePointer<CChar>?

    let sgemm: Sgemm
    private let setThreads: SetThreads
    /// Such as `OpenBLAS 0.3.21 Cooperlake`.
    package let name: String

    package static let fileNames = ["libopenblas.so.0", "libopenblas.so"]
    package static let missing =
        "OpenBLAS is not there to compare with (\(fileNames[0])); apt-get install libopenblas0-pthread"

    /// nil when it is not installed.
    package static let shared = OpenBLAS()

    private init?() {
        // How long its threads spin after their work, as a power of two of ticks: long enough for the next of many
        // products, and soon over when other kernels have their turn.
        setenv("OPENBLAS_THREAD_TIMEOUT", "20", 0)
        let handles = Self.fileNames.lazy.compactMap { dlopen($0, RTLD_NOW | RTLD_LOCAL) }
        guard let handle = handles.first, let sgemm = dlsym(handle, "cblas_sgemm"),
            let threads = dlsym(handle, "openblas_set_num_threads")
        else { return nil }
        self.sgemm = unsafeBitCast(sgemm, to: Sgemm.self)
        setThreads = unsafeBitCast(threads, to: SetThreads.self)
        func text(_ name: String) -> String? {
            dlsym(handle, name).flatMap { unsafeBitCast($0, to: Text.self)() }.map { String(cString: $0) }
        }
        let version = text("openblas_get_config")?.split(separator: " ").prefix(2).joined(separator: " ") ?? "OpenBLAS"
        self.name = text("openblas_get_corename").map { "\(version) \($0)" } ?? version
    }

    func use(threads: Int) { setThreads(Int32(clamping: threads)) }
}

/// The product of a matmul case by OpenBLAS: weights as they lie in a checkpoint, transposed by the call.
final class OpenBLASProduct: KernelPeer {
    private let library: OpenBLAS
    private let threads: Int
    private let sizes: (rows: Int32, outputs: Int32, columns: Int32)
    private let input: [Float]
    private let weights: [Float]
    private var output: [Float]

    init(
        _ library: OpenBLAS, threads: Int, rows: Int, outputs: Int, columns: Int, input: [Float], weights: [Float]
    ) {
        self.library = library
        self.threads = threads
        sizes = (Int32(rows), Int32(outputs), Int32(columns))
        self.input = input
        self.weights = weights
        output = [Float](repeating: 0, count: rows * outputs)
    }

    var name: String { library.name }

    func seconds(repetitions: Int) -> Double {
        library.use(threads: threads)
        let (rowMajor, noTranspose, transpose): (Int32, Int32, Int32) = (101, 111, 112)
        let time = ContinuousClock().measure {
            for _ in 0..<repetitions {
                library.sgemm(
                    rowMajor, noTranspose, transpose, sizes.rows, sizes.outputs, sizes.columns, 1, input, sizes.columns,
                    weights, sizes.columns, 0, &output, sizes.outputs)
            }
        }
        // Its threads spin after their work as ours do, and would hold up what comes next.
        if threads > 1 { Rest.letTeamSleep() }
        return time.seconds
    }
}
