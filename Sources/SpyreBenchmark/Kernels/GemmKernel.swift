import CSpyreKernels
import SpyreDevice

/// `C[M][N] = A[M][K] . B[N][K]^T`, all row-major in float32, both operands packed by the call.
final class GemmKernel: PreparedKernel {
    let work: KernelWork
    private let context: KernelContext
    private let shape: KernelShape
    private let buffers: [Buffer]
    private let output: Buffer
    private var desc = spyre_gemm_desc()

    /// Where the rows of B begin among the random rows.
    private static let secondRow = 1 << 20

    init(_ context: KernelContext, _ shape: KernelShape) throws {
        self.context = context
        self.shape = shape
        let (m, n, k) = (shape[0], shape[1], shape[2])
        let a = try context.buffer(context.matrix(rows: m, columns: k))
        let b = try context.buffer(context.matrix(rows: n, columns: k, from: Self.secondRow))
        output = try context.output(m * n)
        buffers = [a, b]
        work = KernelWork(
            operations: 2 * Double(m) * Double(n) * Double(k),
            traffic: MemoryTraffic(read: 4 * (m * k + n * k), written: 4 * m * n))
        desc.transpose_b = spyre_gemm_transpose(SPYRE_GEMM_TRANSPOSE)
        desc.m = Int64(m)
        desc.n = Int64(n)
        desc.k = Int64(k)
        desc.alpha = 1
        desc.a = a.span()
        desc.lda = Int64(k)
        desc.b = b.span()
        desc.ldb = Int64(k)
        desc.c = output.span()
        desc.ldc = Int64(n)
    }

    func run() throws { try context.run(spyre_stream_gemm, &desc) }

    func check() throws -> KernelCheck {
        var check = KernelCheck(bound: "gamma(K + 4) S")
        let (m, n, k) = (shape[0], shape[1], shape[2])
        let values = try context.floats(output, count: m * n)
        check.expectNumbers(values)
        for row in Sample.indices(of: m, count: 4) {
            let a = context.row(row, columns: k)
            for column in Sample.indices(of: n, count: 160) {
                let b = context.row(Self.secondRow + column, columns: k)
                var (exact, sizes) = (0.0, 0.0)
                for index in 0..<k {
                    let product = Double(a[index]) * Double(b[index])
                    exact += product
                    sizes += abs(product)
                }
                check.compare(values[row * n + column], exact, within: gamma(k + 4) * sizes)
            }
        }
        return check
    }

    func peer() throws -> (any KernelPeer)? {
        guard let library = OpenBLAS.shared else { return nil }
        return OpenBLASProduct(
            library, threads: context.threads, rows: shape[0], outputs: shape[1], columns: shape[2],
            input: context.matrix(rows: shape[0], columns: shape[2]),
            weights: context.matrix(rows: shape[1], columns: shape[2], from: Self.secondRow))
    }
}
