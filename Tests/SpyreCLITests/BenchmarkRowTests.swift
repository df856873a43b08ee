import Testing

@testable import SpyreBenchmark
@testable import SpyreCommands

/// What `spyre bench --json` prints of measured figures, byte for byte: scripts read it, and tell figures by their digits.
@Suite struct BenchmarkRowTests {
    private let work = KernelWork(
        operations: 123_124_567, traffic: MemoryTraffic(read: 1_000_003, written: 2048, updated: 64), type: .bfloat16)

    private let check: KernelCheck = {
        var check = KernelCheck(bound: "x < y")
        check.compare(1, 1.125, within: 0.5)
        check.compare(2, 2, within: 0)
        return check
    }()

    private func kernel(_ samples: KernelSamples) -> KernelRow {
        KernelRow(
            op: "matmul", dtype: "bfloat16", shape: "1x2x3",
            figures: KernelFigures(
                isa: "avx2", threads: 2, work: work, level: "L2", check: check, seconds: samples.kernel,
                limits: samples.limits),
            samples: samples)
    }

    @Test func kernelBoundByMemory() throws {
        var samples = KernelSamples()
        samples.kernel = [0.0012345678, 0.0023456789, 0.0011111111]
        samples.stream = [0.0010987654, 0.0020987654, 0.0010987651]
        samples.arithmetic = [0.0001, 0.0001, 0.0001]
        #expect(
            try JSONLine.text(kernel(samples))
                == #"{"bound":"memory","bytes":1002179,"check":{"bound":"x < y","elements":2,"worst":0.25},"#
                + #""compute_type":"bfloat16","dtype":"bfloat16","fraction":0.8947,"fraction_max":0.9889,"#
                + #""fraction_min":0.89,"gbps":0.81177,"gops":99.731,"isa":"avx2","kind":"kernel","level":"L2","#
                + #""limit_seconds":0.00109877,"op":"matmul","operations":123124567,"read_bytes":1000003,"#
                + #""seconds_max":0.00234568,"seconds_median":0.00123457,"seconds_min":0.00111111,"shape":"1x2x3","#
                + #""threads":2,"updated_bytes":64,"working_set_bytes":1002115,"written_bytes":2048}"#)
    }

    @Test func kernelBoundByArithmeticWithPeer() throws {
        var samples = KernelSamples(peer: "Other/1.0")
        samples.kernel = [2e-6, 4e-6]
        samples.stream = [1e-7, 1e-7]
        samples.arithmetic = [1.9876543e-6, 3e-6]
        samples.peerSeconds = [3e-6, 5e-6]
        #expect(
            try JSONLine.text(kernel(samples))
                == #"{"bound":"compute","bytes":1002179,"check":{"bound":"x < y","elements":2,"worst":0.25},"#
                + #""compute_type":"bfloat16","dtype":"bfloat16","fraction":0.8719,"fraction_max":0.9938,"#
                + #""fraction_min":0.75,"gbps":334.06,"gops":41042,"isa":"avx2","kind":"kernel","level":"L2","#
                + #""limit_seconds":2.49383e-06,"op":"matmul","operations":123124567,"peer":{"name":"Other/1.0","#
                + #""ratio":1.375,"seconds":4.000000000000001e-06},"read_bytes":1000003,"seconds_max":4e-06,"#
                + #""seconds_median":3e-06,"seconds_min":2e-06,"shape":"1x2x3","threads":2,"updated_bytes":64,"#
                + #""working_set_bytes":1002115,"written_bytes":2048}"#)
    }

    @Test func pagedAttention() throws {
        var shape = PagedAttentionCase(sequences: 3, context: 150)
        (shape.mix, shape.group, shape.kvHeads, shape.headSize) = (.sharedPrefix, 2, 4, 32)
        (shape.queries, shape.dtype, shape.blockTokens, shape.layout) = (5, "F8_E4M3", 16, .tokens)
        var samples = PagedAttentionSamples()
        samples.paged = [0.0012345678, 0.0023456789, 0.0011111111]
        samples.contiguous = [0.0012222222, 0.0024444444, 0.0013333333]
        samples.read = [0.0010987654, 0.0020987654, 0.0010987651]
        let row = PagedAttentionRow(
            shape,
            figures: KernelFigures(
                isa: "avx512", threads: 1, work: work, level: "DRAM", check: check, seconds: samples.paged,
                limits: samples.read),
            tokens: 450, distinctTokens: 322, keyValueBytes: 82_437, samples: samples)
        #expect(
            try JSONLine.text(row)
                == #"{"block_tokens":16,"check":{"bound":"x < y","elements":2,"worst":0.25},"context":150,"#
                + #""contiguous_fraction":0.8586,"contiguous_seconds":0.00133333,"distinct_tokens":322,"#
                + #""dtype":"F8_E4M3","fraction":0.8947,"fraction_max":0.9889,"fraction_min":0.89,"gbps":0.06677,"#
                + #""gops":99.73,"group":2,"head_size":32,"heads":8,"isa":"avx512","kind":"paged_attention","#
                + #""kv_bytes":82437,"kv_heads":4,"layout":"tokens","level":"DRAM","limit_seconds":0.00109877,"#
                + #""mix":"shared-prefix","operations":123124567,"queries":5,"seconds_max":0.00234568,"#
                + #""seconds_median":0.00123457,"seconds_min":0.00111111,"sequences":3,"threads":1,"tokens":450,"#
                + #""vs_contiguous":1.042,"vs_contiguous_max":1.2,"vs_contiguous_min":0.99}"#)
    }

    @Test func limits() throws {
        func loop(missing: String?) -> PeakLoop {
            PeakLoop(
                index: 0, isa: "avx512", type: .int8, instructions: "vpdpbusd zmm", missing: missing, operations: 1)
        }
        let rates = Spread([1.23456789e10, 9.87654321e9, 1.5e10]), times = Spread([1.23456789e-7, 9.87654321e-8])
        let rows: [(RooflineRow, String)] = [
            (
                .peak(loop(missing: nil), threads: 2, rates),
                #"{"gops":15,"gops_median":12.346,"gops_min":9.8765,"instructions":"vpdpbusd zmm","#
                    + #""isa":"avx512","kind":"peak","threads":2,"type":"int8"}"#
            ),
            (
                .peak(loop(missing: "avx512_vnni"), threads: 1, nil),
                #"{"isa":"avx512","kind":"peak","missing":"avx512_vnni","threads":1,"type":"int8"}"#
            ),
            (
                .bandwidth(.copy, level: "L1", bytes: 32768, threads: 2, rates),
                #"{"bytes":32768,"gbps":15,"gbps_median":12.346,"gbps_min":9.8765,"kind":"bandwidth","#
                    + #""level":"L1","operation":"copy","threads":2}"#
            ),
            (
                .primitive(.forkJoin, threads: 2, times),
                #"{"kind":"primitive","name":"fork_join","nanoseconds":98.765,"nanoseconds_max":123.46,"#
                    + #""nanoseconds_median":111.11,"threads":2}"#
            ),
        ]
        for (row, text) in rows { #expect(try JSONLine.text(row) == text) }
    }
}
