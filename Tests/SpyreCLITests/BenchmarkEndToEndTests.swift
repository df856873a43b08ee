import Foundation
import SpyreBenchmark
import Testing

@testable import SpyreCommands

/// The commands of `spyre bench` on work that takes milliseconds.
@Suite(.serialized) struct BenchmarkEndToEndTests {
    private let spyre = SpyreProgram()

    @Test func roofline() throws {
        let answer = try spyre(["bench", "roofline", "--quick", "--repeat", "1", "--threads", "1", "--json"])
        #expect(answer.status == 0, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        #expect(rows.first?["kind"] as? String == "machine")
        #expect(rows.contains { $0["kind"] as? String == "peak" && ($0["gops"] as? Double ?? 0) > 0 })
        #expect(rows.contains { $0["level"] as? String == "DRAM" && ($0["gbps"] as? Double ?? 0) > 0 })
        #expect(rows.contains { $0["name"] as? String == "barrier" })
    }

    @Test func kernelsAndReport() throws {
        try TemporaryFolder.with { folder in
            let page = folder.appendingPathComponent("page.html").path
            let answer = try spyre([
                "bench", "kernels", "--op", "matmul,rms_norm", "--shape",
                "3x70x256,5x100", "--repeat", "1", "--quick",
                "--isa", "all", "--threads", "1", "--json", "--report", page,
            ])
            #expect(answer.status == 0, "\(answer.errors)")
            // Nothing but that others use the machine, where that is so.
            #expect(answer.errorLines.allSatisfy { $0.hasPrefix("spyre: warning: the load average is ") })
            let rows = try jsonObjects(answer.output)
            #expect(rows.first?["kind"] as? String == "machine")
            let kernels = rows.dropFirst()
            let types = try #require(KernelCatalog.families.first { $0.name == "matmul" }).dtypes.count
            #expect(kernels.count == (types + 1) * InstructionSets.all.count { $0.isRunnable })
            let html = try String(contentsOfFile: page, encoding: .utf8)
            for row in kernels {
                // A plain loop in debug builds, on a busy machine: the limit is not exact, but it is a limit.
                let fraction = try #require(row["fraction"] as? Double)
                #expect(fraction > 0)
                #expect(try #require(row["operations"] as? Double) > 0)
                #expect(try #require(row["seconds_median"] as? Double) > 0)
                let (op, dtype) = (try #require(row["op"] as? String), try #require(row["dtype"] as? String))
                let (shape, isa) = (try #require(row["shape"] as? String), try #require(row["isa"] as? String))
                #expect(html.contains("<td>\(op)</td><td>\(dtype)</td><td>\(shape)</td><td>\(isa)</td>"))
            }
        }
    }

    @Test func pagedAttentionAndReport() throws {
        try TemporaryFolder.with { folder in
            let page = folder.appendingPathComponent("page.html").path
            let answer = try spyre([
                "bench", "paged-attention", "--block-sizes", "16,64", "--layouts", "panels,tokens", "--mix", "Zipf",
                "--contexts", "70", "--batch-sizes", "3", "--groups", "2", "--kv-heads", "2", "--head-sizes", "16",
                "--dtype", "FLOAT32,bfloat16", "--threads", "1,2", "--quick", "--repeat", "1", "--json", "--report",
                page,
            ])
            #expect(answer.status == 0, "\(answer.errors)")
            let rows = try jsonObjects(answer.output)
            #expect(rows.first?["kind"] as? String == "machine")
            let points = rows.dropFirst()
            #expect(points.count == 2 * 2 * 2 * 2)
            for row in points {
                #expect(row["kind"] as? String == "paged_attention" && row["mix"] as? String == "zipf")
                #expect(row["tokens"] as? Int == 70 + 35 + 24 && row["distinct_tokens"] as? Int == 70 + 35 + 24)
                for key in ["seconds_median", "contiguous_seconds", "limit_seconds", "vs_contiguous", "fraction"] {
                    #expect(try #require(row[key] as? Double) > 0, "\(key)")
                }
            }
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.contains("block size, tokens"))
            #expect(html.contains("<td>zipf</td><td>float32</td><td>tokens</td>"))
        }
    }

    @Test func latencyAndThroughput() throws {
        let model = MicroModels.path("llama-gqa")
        let latency = try spyre([
            "bench", "latency", "--model", model, "--depth", "5", "--prompt-tokens", "9", "--output-tokens", "3",
            "--batch", "2", "--repeat", "1", "--json",
        ])
        #expect(latency.status == 0, "\(latency.errors)")
        let row = try #require(try jsonObjects(latency.output).first)
        #expect(row["depth"] as? Int == 5)
        for key in ["prefill_fraction", "decode_fraction"] {
            let fraction = try #require(row[key] as? Double)
            #expect((0..<1.5).contains(fraction), "\(key)")
        }
        #expect(try #require(row["peak_memory_bytes"] as? Int) > 1 << 20)
        #expect(try #require(row["load_seconds"] as? Double) >= (try #require(row["warm_up_seconds"] as? Double)))

        let throughput = try spyre([
            "bench", "throughput", "--model", model, "--requests", "5", "--prompt-tokens", "3-9", "--output-tokens",
            "4", "--max-num-seqs", "2", "--seed", "3", "--json",
        ])
        #expect(throughput.status == 0, "\(throughput.errors)")
        let total = try #require(try jsonObjects(throughput.output).first)
        #expect(total["output_tokens"] as? Int == 20)
        #expect((15...45).contains(try #require(total["prompt_tokens"] as? Int)))
        #expect((0..<1.5).contains(try #require(total["fraction"] as? Double)))
    }

    @Test func aBusyMachineIsSaid() throws {
        #expect(BenchmarkHost.disturbance(load: 0.9, processors: 2) == nil)
        #expect(BenchmarkHost.disturbance(load: nil, processors: 2) == nil)
        let warning = try #require(BenchmarkHost.disturbance(load: 1.1, processors: 2))
        #expect(warning.hasPrefix("the load average is 1.1 on 2 processors"))
    }

    @Test(arguments: [
        (["kernels", "--op", "conv"], 64, "unknown op 'conv'; the ops are matmul"),
        (["kernels", "--dtype", "int3"], 64, "unknown type 'int3'; the types are float32"),
        (["kernels", "--shape", "1xtwo"], 64, "'1xtwo' is no shape"),
        (["kernels", "--isa", "mmx"], 64, "unknown instruction set 'mmx'; use reference, avx2, avx512 or all"),
        (["kernels", "--op", "matmul", "--shape", "1x2"], 64, "shapes are matmul MxNxK"),
        (["kernels", "--repeat", "0"], 64, "--repeat must be an integer in 1...10000"),
        (["kernels", "--report", "/no/such/folder/page.html"], 1, "there is no folder /no/such/folder"),
        (["paged-attention", "--block-sizes", "48"], 64, "no blocks of 48 tokens; use 16, 32, 64, 128, 256"),
        (["paged-attention", "--mix", "even"], 64, "--mix: 'even' is unknown; use uniform, zipf"),
        (["paged-attention", "--dtype", "int3"], 64, "--dtype: 'int3' is no type of a KV cache; use float32"),
        (["paged-attention", "--contexts", "12,x"], 64, "--contexts: 'x' is no positive integer"),
        (["paged-attention", "--threads", "0"], 64, "--threads: '0' is no positive integer"),
        (["paged-attention", "--layouts", "nhd"], 64, "--layouts: 'nhd' is unknown; use panels, tokens"),
        (["roofline", "--isa", "neon"], 64, "unknown instruction set 'neon'"),
        (["roofline", "--threads", "0"], 64, "--threads must be an integer in 1...1024"),
        (["throughput", "--prompt-tokens", "9-3"], 64, "9-3"),
        (["latency", "--depth=-1"], 64, "--depth must be an integer in 0"),
    ])
    func mistakes(_ arguments: [String], _ status: Int, _ reason: String) throws {
        let answer = try spyre(["bench"] + arguments)
        #expect(answer.status == Int32(status))
        #expect(answer.output.isEmpty)
        #expect(answer.errorLines.count == 1, "\(answer.errors)")
        #expect(answer.errors.contains(reason), "\(answer.errors)")
    }
}
