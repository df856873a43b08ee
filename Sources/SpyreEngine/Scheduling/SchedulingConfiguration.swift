import SpyreExecutor
import SpyreGraph
import SpyreScheduler

/// How requests share the model.
public struct SchedulingConfiguration: Sendable, Equatable {
    public enum Policy: Sendable, Equatable {
        /// Decodes and chunks of prompts share each step; the fastest on a host.
        case continuous
        /// As on the card: a step is a chunk of one prompt, or one token of each sequence.
        case spyre
        /// Batches that fit one of these shapes, each run to its end.
        case staticBatches([WarmupShape])
    }

    public var policy: Policy
    /// Whether the keys and values of prompts are kept and found again.
    public var cachesPrefixes: Bool
    /// Under `continuous`: tokens of one prompt in a step at most; nil for no limit.
    public var longPrefillTokens: Int?
    /// Under `spyre`: tokens of a chunk of a prompt, a multiple of the block; nil for 512, or what a step has room for.
    public var chunkTokens: Int?
    /// Under `spyre`: the most that rows times cache length may be in a decode step; nil for what `environment` says.
    public var batchTKVLimit: Int?
    /// Under `spyre`: the plugin's variables, by name.
    public var environment: [String: String]

    public init(
        policy: Policy = .continuous, cachesPrefixes: Bool = true, longPrefillTokens: Int? = nil,
        chunkTokens: Int? = nil, batchTKVLimit: Int? = nil, environment: [String: String] = [:]
    ) {
        self.policy = policy
        self.cachesPrefixes = cachesPrefixes
        self.longPrefillTokens = longPrefillTokens
        self.chunkTokens = chunkTokens
        self.batchTKVLimit = batchTKVLimit
        self.environment = environment
    }

    /// Refuses what no model could have, before one is loaded.
    public func check() throws(ConfigurationError) {
        switch policy {
        case .continuous: return
        case .spyre:
            var limits = SpyreLimits(maximumSequences: 1, maximumModelLength: 1)
            try apply(to: &limits)
            try ConfigurationError.check(
                "a chunk", chunkTokens ?? ExecutorLimits.blockTokens, 1...ExecutorOptions.greatestStepRows)
        case .staticBatches(let shapes):
            try StaticPolicy.check(shapes)
            for shape in shapes { try shape.check(.greatest) }
        }
    }

    private func apply(to limits: inout SpyreLimits) throws(ConfigurationError) {
        var environment = environment
        if let batchTKVLimit {
            limits.batchTKVLimit = batchTKVLimit
            environment["VLLM_DT_MAX_BATCH_TKV_LIMIT"] = nil
        }
        try limits.apply(environment: environment)
    }

    /// A policy for an executor, all of whose blocks are free.
    public func makePolicy(for limits: ExecutorLimits) throws(ConfigurationError) -> any SchedulingPolicy {
        // A sequence of a step has at least one row, and samples with one row of logits.
        var limits = limits
        limits.maximumSequences = min(limits.maximumSequences, limits.maximumRows, limits.maximumLogitRows)
        let pool = BlockPool(
            blockCount: limits.blockCount, blockTokens: ExecutorLimits.blockTokens,
            cachesPrefixes: cachesPrefixes && !isStatic,
            freedOrder: policy == .spyre ? .first : .last)
        switch policy {
        case .continuous:
            let limits = ContinuousLimits(
                maximumSequences: limits.maximumSequences, maximumStepTokens: limits.maximumRows,
                maximumLogitRows: limits.maximumLogitRows, maximumModelLength: limits.contextLength,
                longPrefillTokens: longPrefillTokens)
            return try ContinuousPolicy(limits: limits, pool: pool)
        case .spyre:
            let most = limits.maximumRows / ExecutorLimits.blockTokens * ExecutorLimits.blockTokens
            let chunk = chunkTokens ?? min(most, 512)
            try ConfigurationError.check(
                "a chunk", chunk, ExecutorLimits.blockTokens...max(most, ExecutorLimits.blockTokens))
            var spyre = SpyreLimits(
                maximumSequences: limits.maximumSequences, maximumModelLength: limits.contextLength, chunkTokens: chunk)
            try apply(to: &spyre)
            return try SpyrePolicy(limits: spyre, pool: pool)
        case .staticBatches(let shapes):
            for shape in shapes { try shape.check(limits) }
            return try StaticPolicy(shapes: shapes, pool: pool)
        }
    }

    var isStatic: Bool {
        if case .staticBatches = policy { true } else { false }
    }

    /// Tokens of a row of the longest shape, 0 without shapes.
    public var longestShape: Int {
        guard case .staticBatches(let shapes) = policy else { return 0 }
        return shapes.map { $0.promptLength + $0.newTokens }.max() ?? 0
    }

    /// The most new tokens that a prompt can have; nil when it fits no shape.
    func maximumNewTokens(forPrompt length: Int, contextLength: Int) -> Int? {
        switch policy {
        case .continuous, .spyre: contextLength - length
        case .staticBatches(let shapes): shapes.maximumNewTokens(forPrompt: length)
        }
    }

    /// Makes steps large enough for the policy, and gives `sendnn` the shapes that it will have. For a configuration that
    /// `check` has passed.
    public func adapt(_ options: inout ExecutorOptions) {
        if policy == .spyre { options.maximumStepRows = max(options.maximumStepRows, chunkTokens ?? 0) }
        guard case .staticBatches(let shapes) = policy else { return }
        for shape in shapes {
            options.maximumStepRows = max(options.maximumStepRows, shape.promptLength * shape.batchSize)
            options.maximumSequences = max(options.maximumSequences, shape.batchSize)
        }
        options.stepShapes = shapes.flatMap { shape in
            let batch = shape.batchSize
            return [
                LaunchShape(rows: shape.promptLength * batch, sequences: batch, logitRows: batch),
                LaunchShape(rows: batch, sequences: batch, logitRows: batch),
            ]
        }
    }
}

extension ExecutorLimits {
    /// No executor has more.
    fileprivate static let greatest = ExecutorLimits(
        maximumRows: ExecutorOptions.greatestStepRows, maximumSequences: ExecutorOptions.greatestSequences,
        maximumLogitRows: .max, maximumModelLength: .max, blockCount: .max / blockTokens, vocabularySize: 1)
}

extension WarmupShape {
    /// Refuses a shape that an executor has no room for.
    fileprivate func check(_ limits: ExecutorLimits) throws(ConfigurationError) {
        let rows = promptLength.multipliedReportingOverflow(by: batchSize)
        let tokens = promptLength.addingReportingOverflow(newTokens)
        let all = [
            ("the batch size", batchSize, limits.maximumSequences, "lower it, or raise --max-num-seqs"),
            (
                "the number of prompt rows", rows.overflow ? .max : rows.partialValue, limits.maximumRows,
                "lower the prompt length or the batch size, or raise --max-num-batched-tokens"
            ),
            (
                "the length of prompt and new tokens", tokens.overflow ? .max : tokens.partialValue,
                limits.contextLength, "lower one of them, or raise --max-model-len"
            ),
        ]
        for (name, value, most, advice) in all where value > most {
            throw .shapeTooLarge(self, "\(name) is \(value) and can be \(most) at most; \(advice)")
        }
    }
}
