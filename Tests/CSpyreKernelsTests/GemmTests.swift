import CSpyreKernels
import Foundation
import Testing

/// The plain matrix product against float64, for every instruction set.
@Suite struct GemmTests {
    /// One product, with its operands as they are stored.
    struct Case: CustomStringConvertible {
        var (m, n, k) = (1, 1, 1)
        var columnMajor = false
        var (transposeA, transposeB) = (false, false)
        var (alpha, beta): (Float, Float) = (1, 0)
        /// What the leading dimensions are larger than they have to be.
        var gap = 0

        var description: String {
            "\(m)x\(n)x\(k) \(columnMajor ? "column" : "row")-major A\(transposeA ? "^T" : "") B\(transposeB ? "^T" : "") "
                + "alpha \(alpha) beta \(beta) gap \(gap)"
        }

        /// Rows and columns of op(X), stored: the length of a run of memory, and how many.
        func runs(_ rows: Int, _ columns: Int, _ transposed: Bool) -> (length: Int, count: Int) {
            columnMajor == transposed ? (columns, rows) : (rows, columns)
        }
        func stride(_ rows: Int, _ columns: Int, _ transposed: Bool) -> Int {
            max(1, runs(rows, columns, transposed).length) + gap
        }
        func count(_ rows: Int, _ columns: Int, _ transposed: Bool) -> Int {
            let runs = runs(rows, columns, transposed)
            return runs.length == 0 || runs.count == 0
                ? 0 : (runs.count - 1) * stride(rows, columns, transposed) + runs.length
        }
        /// Place of element (i, j) of op(X).
        func place(_ i: Int, _ j: Int, _ stride: Int, _ transposed: Bool) -> Int {
            columnMajor == transposed ? i * stride + j : j * stride + i
        }

        init(using random: inout SplitMix64) {
            columnMajor = .random(using: &random)
            transposeA = .random(using: &random)
            transposeB = .random(using: &random)
            alpha = [1, 1, -0.5, 2.25].randomElement(using: &random) ?? 1
            beta = [0, 0, 1, -0.75].randomElement(using: &random) ?? 0
            gap = [0, 0, 1, 7].randomElement(using: &random) ?? 0
        }
        init() {}
    }

    static func descriptor(_ c: Case) -> spyre_gemm_desc {
        var d = CSpyreKernelsTests.descriptor(spyre_gemm_desc.self)
        d.order = spyre_gemm_order(c.columnMajor ? SPYRE_GEMM_COLUMN_MAJOR : SPYRE_GEMM_ROW_MAJOR)
        d.transpose_a = spyre_gemm_transpose(c.transposeA ? SPYRE_GEMM_TRANSPOSE : SPYRE_GEMM_AS_STORED)
        d.transpose_b = spyre_gemm_transpose(c.transposeB ? SPYRE_GEMM_TRANSPOSE : SPYRE_GEMM_AS_STORED)
        (d.m, d.n, d.k) = (Int64(c.m), Int64(c.n), Int64(c.k))
        (d.alpha, d.beta) = (c.alpha, c.beta)
        d.lda = Int64(c.stride(c.m, c.k, c.transposeA))
        d.ldb = Int64(c.stride(c.k, c.n, c.transposeB))
        d.ldc = Int64(c.stride(c.m, c.n, false))
        return d
    }

    static func run(_ device: Device, _ c: Case, a: [Float], b: [Float], into old: [Float]) throws -> [Float] {
        var d = descriptor(c)
        if !a.isEmpty { d.a = try device.span(a) }
        if !b.isEmpty { d.b = try device.span(b) }
        if !old.isEmpty { d.c = try device.span(old) }
        try device.run(spyre_stream_gemm, d)
        return old.isEmpty ? [] : try device.floats(d.c, old.count)
    }

    /// Runs a product on random operands and holds a sample of C, and all that lies between its runs, against float64.
    static func verify(_ device: Device, _ c: Case, using random: inout SplitMix64, samples: Int = 40) throws {
        let a = random.floats(c.count(c.m, c.k, c.transposeA)), b = random.floats(c.count(c.k, c.n, c.transposeB))
        var old = random.floats(c.count(c.m, c.n, false))
        let (lda, ldb, ldc) = (
            c.stride(c.m, c.k, c.transposeA), c.stride(c.k, c.n, c.transposeB), c.stride(c.m, c.n, false)
        )
        if c.beta == 0 { for i in old.indices where i % ldc < ldc - c.gap { old[i] = .nan } }
        let got = try run(device, c, a: a, b: b, into: old)
        for i in old.indices where i % ldc >= ldc - c.gap {
            #expect(got[i] == old[i], "\(c): memory between the runs of C was written")
        }
        guard c.m > 0, c.n > 0 else { return }
        var wrong = 0
        let edges = [(0, 0), (c.m - 1, c.n - 1), (0, c.n - 1), (c.m - 1, 0)]
        let inside = (0..<samples).map { _ in
            (Int.random(in: 0..<c.m, using: &random), Int.random(in: 0..<c.n, using: &random))
        }
        for (i, j) in edges + inside {
            var sum = 0.0, sizes = 0.0
            for l in 0..<c.k {
                let product =
                    Double(a[c.place(i, l, lda, c.transposeA)]) * Double(b[c.place(l, j, ldb, c.transposeB)])
                sum += product
                sizes += abs(product)
            }
            let at = c.place(i, j, ldc, false)
            let before = c.beta == 0 ? 0 : Double(c.beta) * Double(old[at])
            let exact = Double(c.alpha) * sum + before
            let bound = gamma(c.k + 4) * (abs(Double(c.alpha)) * sizes + abs(before)) + tiny
            if !(abs(Double(got[at]) - exact) <= bound) { wrong += 1 }
        }
        #expect(wrong == 0, "\(c)")
    }

    @Test(arguments: Device.runnable)
    func everySizeIsWithinTheBound(isa: String) throws {
        var random = SplitMix64(seed: 301)
        for size in 0...130 {
            let device = try Device(isa: isa, threads: Int32(1 + size % 3), edge: size % 2 == 0 ? .end : .start)
            for position in 0..<3 {
                var c = Case(using: &random)
                var sizes = (0..<3).map { _ in Int.random(in: 0...40, using: &random) }
                sizes[position] = size
                (c.m, c.n, c.k) = (sizes[0], sizes[1], sizes[2])
                try Self.verify(device, c, using: &random, samples: 12)
            }
        }
    }

    /// Sizes that take several blocks of rows, columns and K, and such that end beside a power of two.
    @Test(arguments: Device.runnable)
    func blocksMeetWithinTheBound(isa: String) throws {
        var random = SplitMix64(seed: 302)
        let shapes = [
            (197, 67, 1033), (13, 2113, 31), (401, 33, 17), (1, 131, 2051), (97, 129, 1025), (5, 4099, 1031),
            (255, 257, 63), (144, 65, 1024),
        ]
        for (number, (m, n, k)) in shapes.enumerated() {
            let device = try Device(isa: isa, threads: Int32(1 + number % 3))
            for transposition in 0..<4 {
                var c = Case(using: &random)
                (c.m, c.n, c.k) = (m, n, k)
                (c.transposeA, c.transposeB) = (transposition % 2 == 1, transposition / 2 == 1)
                try Self.verify(device, c, using: &random)
            }
        }
    }

    /// An element has the same bits in a smaller product, in both orders, under transposition and for any threads.
    @Test(arguments: Device.runnable)
    func anElementHasTheSameBitsAnywhere(isa: String) throws {
        var random = SplitMix64(seed: 303)
        let (m, n, k) = (210, 97, 1100)
        let a = random.floats(m * k), b = random.floats(k * n)
        func transposed(_ x: [Float], _ rows: Int, _ columns: Int) -> [Float] {
            (0..<columns).flatMap { j in (0..<rows).map { i in x[i * columns + j] } }
        }
        let (turnedA, turnedB) = (transposed(a, m, k), transposed(b, k, n))
        var expected: [UInt32] = []
        for threads: Int32 in [1, 2, 3] {
            let device = try Device(isa: isa, threads: threads)
            for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
                var c = Case()
                (c.m, c.n, c.k, c.transposeA, c.transposeB) = (m, n, k, transposeA, transposeB)
                let bits = try Self.run(
                    device, c, a: transposeA ? turnedA : a, b: transposeB ? turnedB : b,
                    into: [Float](repeating: 0, count: m * n)
                ).map(\.bitPattern)
                if expected.isEmpty { expected = bits }
                #expect(bits == expected, "\(threads) threads, \(c)")
            }
            for rows in [1, 2, 7, 12, 13, 16, 49, 100] {
                var c = Case()
                (c.m, c.n, c.k) = (rows, n, k)
                let bits = try Self.run(
                    device, c, a: Array(a[..<(rows * k)]), b: b, into: [Float](repeating: 0, count: rows * n)
                ).map(\.bitPattern)
                #expect(bits == Array(expected[..<(rows * n)]), "\(threads) threads, \(rows) rows")
            }
        }
    }

    /// Where alpha or k is 0, A and B are not read; where beta is 0, C is not.
    @Test(arguments: Device.runnable)
    func whatIsMultipliedByZeroIsNotRead(isa: String) throws {
        let device = try Device(isa: isa)
        for (alpha, k, beta, expected) in [(0, 3, 0, 0), (0, 3, 2, 10), (1, 0, 0, 0), (1, 0, 1, 5)]
            as [(Float, Int, Float, Float)]
        {
            var c = Case()
            (c.m, c.n, c.k, c.alpha, c.beta) = (2, 3, k, alpha, beta)
            var d = Self.descriptor(c)
            d.c = try device.span([Float](repeating: beta == 0 ? .nan : 5, count: 6))
            try device.run(spyre_stream_gemm, d)
            #expect(try device.floats(d.c, 6) == [Float](repeating: expected, count: 6))
        }
        var none = Case()
        (none.m, none.n, none.k) = (0, 3, 3)
        try device.run(spyre_stream_gemm, Self.descriptor(none))
    }

    @Test func wrongArgumentsAreRefusedByName() throws {
        let device = try Device(isa: Device.best)
        let valid = try Valid.gemm(device)
        func refused(_ expected: String, _ change: (inout spyre_gemm_desc) -> Void) {
            var d = valid
            change(&d)
            let message = device.failure(spyre_stream_gemm, d)?.description ?? "accepted"
            #expect(message.contains(expected), "\(message)")
        }
        try device.run(spyre_stream_gemm, valid)
        refused("unknown order 2") { $0.order = 2 }
        refused("unknown transposition (A -1, B 0)") { $0.transpose_a = -1 }
        refused("sizes are out of range (m -1") { $0.m = -1 }
        refused("lda is 3; it has to be at least the columns of the stored matrix, 4") { $0.lda = 3 }
        refused("ldb is 2; it has to be at least the columns of the stored matrix, 3") { $0.ldb = 2 }
        refused("ldc is 1; it has to be at least the rows of the stored matrix, 2") {
            ($0.order, $0.lda, $0.ldb, $0.ldc) = (spyre_gemm_order(SPYRE_GEMM_COLUMN_MAJOR), 4, 4, 1)
        }
        refused("a or b is missing") { $0.b = spyre_span() }
        refused("c is missing") { $0.c = spyre_span() }
        refused("c overlaps a") { $0.c = $0.a }
        refused("gemm: a ") {
            $0.k = 1 << 20; $0.lda = 1 << 20
        }
    }

    /// A captured product runs with every launch, with the barriers that it needs.
    @Test func aProgramMayMultiply() throws {
        let device = try Device(isa: Device.best, threads: 3)
        var random = SplitMix64(seed: 304)
        var c = Case()
        (c.m, c.n, c.k, c.beta) = (40, 70, 1100, 1)
        let a = random.floats(c.m * c.k), b = random.floats(c.k * c.n)
        let old = [Float](repeating: 0, count: c.m * c.n)
        let once = try Self.run(device, c, a: a, b: b, into: old)
        var d = Self.descriptor(c)
        (d.a, d.b, d.c) = (try device.span(a), try device.span(b), try device.span(old))
        try device.capture {
            try device.run(spyre_stream_gemm, d)
        } use: { program in
            try device.launch(program)
            #expect(try device.floats(d.c, old.count).map(\.bitPattern) == once.map(\.bitPattern))
        }
    }

    @Test func hostMemoryGivesTheSameBits() throws {
        let device = try Device(isa: Device.best)
        var random = SplitMix64(seed: 305)
        for _ in 0..<8 {
            var c = Case(using: &random)
            (c.m, c.n, c.k) = (31, 70, 45)
            let a = random.floats(c.count(c.m, c.k, c.transposeA)), b = random.floats(c.count(c.k, c.n, c.transposeB))
            let old = random.floats(c.count(c.m, c.n, false))
            var host = old
            let d = Self.descriptor(c)
            try check {
                spyre_sgemm(
                    device.stream, d.order, d.transpose_a, d.transpose_b, d.m, d.n, d.k, d.alpha, a, d.lda, b, d.ldb,
                    d.beta, &host, d.ldc, $0)
            }
            #expect(try Self.run(device, c, a: a, b: b, into: old) == host)
        }
        try device.capture {
            var element: Float = 0
            #expect(throws: ABIFailure.self) {
                try check { spyre_sgemm(device.stream, 0, 0, 0, 1, 1, 1, 1, [1], 1, [1], 1, 0, &element, 1, $0) }
            }
        } use: { _ in
        }
    }

    /// C that shares memory with A or B is refused, whole or in part, before anything is written; C between the rows of
    /// A, behind it, or over an operand that is not read is not.
    @Test func hostOperandsThatOverlapAreRefused() throws {
        let device = try Device(isa: Device.best)
        // Rows of 4 in a matrix of 12 columns: element (0, 0) of each operand.
        func product(_ a: Int, _ b: Int, _ c: Int, ld: Int64 = 12, alpha: Float = 1) -> (String, [Float]) {
            var memory = [Float](repeating: 1, count: 240)
            let message = memory.withUnsafeMutableBufferPointer { memory -> String in
                guard let base = memory.baseAddress else { return "no memory" }
                do {
                    try check {
                        spyre_sgemm(
                            device.stream, 0, 0, 0, 4, 4, 4, alpha, base + a, ld, base + b,
                            ld, 0, base + c, 12, $0)
                    }
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            return (message, memory)
        }
        for (a, b, c, ld) in [(0, 4, 8, 12), (8, 0, 4, 12), (100, 0, 48, 12), (0, 100, 176, 24), (60, 60, 0, 12)] {
            let (message, memory) = product(a, b, c, ld: Int64(ld))
            #expect(message == "", "\(a) \(b) \(c)")
            for i in memory.indices {
                let isC = i >= c && (i - c) / 12 < 4 && (i - c) % 12 < 4
                #expect(memory[i] == (isC ? 4 : 1), "element \(i) of \(a) \(b) \(c)")
            }
        }
        for (a, b, c, ld, name) in [
            (0, 60, 0, 12, "a"), (60, 0, 0, 12, "b"), (0, 60, 3, 12, "a"), (60, 3, 0, 12, "b"), (0, 100, 39, 12, "a"),
            // Leading dimensions that differ meet somewhere.
            (0, 150, 4, 13, "a"), (100, 0, 36, 13, "b"),
        ] {
            let (message, memory) = product(a, b, c, ld: Int64(ld))
            #expect(message == "gemm: c overlaps \(name); give it memory of its own", "\(a) \(b) \(c)")
            #expect(memory == [Float](repeating: 1, count: 240), "something was written")
        }
        #expect(product(0, 60, 0, alpha: 0).0 == "")
        var one: Float = 3
        try check { spyre_sgemm(device.stream, 0, 0, 0, 1, 1, 0, 1, nil, 1, nil, 1, 2, &one, 1, $0) }
        #expect(one == 6)
    }

    /// SPYRE_GEMM in the environment of a process of its own. Where OpenBLAS is not installed, the error says so.
    @Test func theEnvironmentNamesOpenBLAS() async {
        await #expect(processExitsWith: .success) {
            setenv("SPYRE_GEMM", "mkl", 1)
            let unknown = #expect(throws: ABIFailure.self) { try Device(isa: Device.best) }
            #expect(unknown?.description == "SPYRE_GEMM is 'mkl'; set it to openblas, or unset it")
            setenv("SPYRE_GEMM", "openblas", 1)
            if let library = dlopen("libopenblas.so.0", RTLD_NOW) ?? dlopen("libopenblas.so", RTLD_NOW) {
                dlclose(library)
                var random = SplitMix64(seed: 306)
                let device = try Device(isa: Device.best, threads: 3)
                for (m, n, k) in [(1, 1, 1), (2, 70, 33), (70, 2, 33), (65, 130, 40), (0, 4, 4), (4, 4, 0)] {
                    for _ in 0..<4 {
                        var c = Case(using: &random)
                        (c.m, c.n, c.k) = (m, n, k)
                        try GemmTests.verify(device, c, using: &random)
                    }
                }
            } else {
                let missing = #expect(throws: ABIFailure.self) { try Device(isa: Device.best) }
                #expect(missing?.status == spyre_status(SPYRE_STATUS_UNSUPPORTED))
                #expect(missing?.description.contains("apt-get install libopenblas0") == true)
            }
        }
    }

    /// Operands that take no part may be anything: a binding that no launch gives, captured or not.
    @Test func operandsThatAreNotReadAreNotLookedUp() throws {
        let device = try Device(isa: Device.best, threads: 2)
        var c = Case()
        (c.m, c.n, c.k, c.alpha, c.beta) = (2, 3, 4, 0, 2)
        var d = Self.descriptor(c)
        d.a = spyre_span_bound(5, 0)
        d.b = spyre_span_bound(6, 0)
        d.c = try device.span([Float](repeating: 1.5, count: 6))
        try device.run(spyre_stream_gemm, d)
        #expect(try device.floats(d.c, 6) == [Float](repeating: 3, count: 6))
        try device.capture {
            try device.run(spyre_stream_gemm, d)
        } use: { program in
            try device.launch(program)
        }
        #expect(try device.floats(d.c, 6) == [Float](repeating: 6, count: 6))
        c.m = 0
        d = Self.descriptor(c)
        (d.a, d.b, d.c) = (spyre_span_bound(5, 0), spyre_span_bound(6, 0), spyre_span_bound(7, 0))
        try device.run(spyre_stream_gemm, d)
    }
}
