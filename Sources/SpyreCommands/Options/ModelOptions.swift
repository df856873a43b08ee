import ArgumentParser
import SpyreCheckpoint
import SpyreDevice
import SpyreEngine
import SpyreExecutor
import SpyreGraph

/// Which model runs, and how. The same options on every command that runs one.
struct ModelOptions: ParsableArguments {
    @Option(
        name: [.customLong("model"), .customShort("m")],
        help: ArgumentHelp("Model: a directory, a .gguf file or a known name.", valueName: "model"))
    var model = ModelStore.defaultModel

    @Option(help: "How weights are held: auto keeps the file's own types, the others expand them.")
    var dtype = ModelDType.auto

    @Option(
        help: """
            How keys and values are held: auto is float32 with --dtype float32, else bfloat16; fp8_e4m3 and int8 \
            take half of bfloat16's memory and are less exact.
            """)
    var kvCacheDtype = KVCacheDType.auto

    @Option(
        help: ArgumentHelp(
            """
            Memory for keys and values, such as 2GiB; default: what all sequences need, at most half of what is free.
            """, valueName: "bytes"),
        transform: MemorySize.init(argument:))
    var kvCacheMemory: MemorySize?

    @Option(help: "How the model is run: op by op, compiled for the host, or compiled for fixed device shapes.")
    var backend = Backend.inductor

    @Option(help: ArgumentHelp("Threads; default: OMP_NUM_THREADS or what the processor offers.", valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp("Tokens of a sequence, prompt and output together; default: the model's.", valueName: "n"))
    var maxModelLen: Int?

    @Option(
        help: ArgumentHelp(
            "Sequences that run at the same time; default: \(ModelOptions.defaultSequences).", valueName: "n"))
    var maxNumSeqs: Int?

    /// Commands whose work has a size of its own take that instead.
    static let defaultSequences = ExecutorOptions().maximumSequences

    /// The device's own limit.
    static let greatestThreads = 1024

    /// Not `validate()`: the parser calls that before it has looked for unknown options, whose names say more.
    func check() throws(CommandFailure) {
        guard !model.isEmpty else { throw .usage("--model must not be empty") }
        try Self.check("--threads", threads, upTo: Self.greatestThreads)
        try Self.check("--max-model-len", maxModelLen, upTo: Int(Int32.max))
        try Self.check("--max-num-seqs", maxNumSeqs, upTo: 1024)
        try ThreadVariable.check()
    }

    var executorOptions: ExecutorOptions {
        ExecutorOptions(
            dtype: dtype, kvCacheDType: kvCacheDtype, kvCacheMemory: kvCacheMemory?.bytes, backend: backend,
            threads: threads, maximumModelLength: maxModelLen, maximumSequences: maxNumSeqs ?? Self.defaultSequences)
    }

    /// How keys and values are held, whatever was asked for.
    var kvCacheType: ScalarType { kvCacheDtype.scalarType(for: dtype) }

    /// What a step of the model has to do at least; nil when a tensor cannot be packed.
    func work(of checkpoint: Checkpoint) -> ModelWork? {
        ModelWork(checkpoint, dtype: dtype, kvCacheDType: kvCacheDtype)
    }

    static func check(_ name: String, _ value: Int?, from least: Int = 1, upTo greatest: Int) throws(CommandFailure) {
        guard let value, !(least...greatest).contains(value) else { return }
        throw .usage("\(name) must be an integer in \(least)...\(greatest), got \(value)")
    }
}
