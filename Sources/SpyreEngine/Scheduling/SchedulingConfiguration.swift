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
    /// Under `spyre`: the most that rows times cache length may be in a decode step; nil for what `environment` says.
    public var batchTKVLimit: Int?
    /// Under `spyre`: the plugin's variables, by name.
    public var environment: [String: String]

    public init(
        policy: Policy = .continuous, cachesPrefixes: Bool = true, longPrefillTokens: Int? = nil,
        batchTKVLimit: Int? = nil, environment: [String: String] = [:]
    ) {
        self.policy = policy
        self.cachesPrefixes = cachesPrefixes
        self.longPrefillTokens = longPrefillTokens
        self.batchTKVLimit = batchTKVLimit
        self.environment = environment
    }

    /// A policy for an executor, all of whose blocks are free.
    public func makePolicy(for limits: ExecutorLimits) throws(ConfigurationError) -> any SchedulingPolicy {
        // A sequence of a step has at least one row, and samples with one row of logits.
        let sequences = min(limits.maximumSequences, limits.maximumRows, limits.maximumLogitRows)
        let pool = BlockPool(
            blockCount: limits.blockCount, blockTokens: ExecutorLimits.blockTokens, cachesPrefixes: cachesPrefixes,
            freedOrder: policy == .spyre ? .first : .last)
        switch policy {
        case .continuous:
            let limits = ContinuousLimits(
                maximumSequences: sequences, maximumStepTokens: limits.maximumRows,
                maximumLogitRows: limits.maximumLogitRows, maximumModelLength: limits.contextLength,
                longPrefillTokens: longPrefillTokens)
            return try ContinuousPolicy(limits: limits, pool: pool)
        case .spyre:
            let chunk = max(1, limits.maximumRows / ExecutorLimits.blockTokens) * ExecutorLimits.blockTokens
            var spyre = SpyreLimits(
                maximumSequences: sequences, maximumModelLength: limits.contextLength, chunkTokens: chunk)
            try spyre.apply(environment: environment)
            spyre.batchTKVLimit = batchTKVLimit ?? spyre.batchTKVLimit
            return try SpyrePolicy(limits: spyre, pool: pool)
        case .staticBatches(let shapes):
            for shape in shapes { try shape.check(limits, sequences: sequences) }
            return try StaticPolicy(shapes: shapes, pool: pool)
        }
    }

    /// The most new tokens that a prompt can have; nil when it fits no shape.
    func maximumNewTokens(forPrompt length: Int, contextLength: Int) -> Int? {
        switch policy {
        case .continuous, .spyre: contextLength - length
        case .staticBatches(let shapes): shapes.maximumNewTokens(forPrompt: length)
        }
    }

    /// Makes steps large enough for the policy, and gives `sendnn` the shapes that it will have.
    public func adapt(_ options: inout ExecutorOptions) {
        guard case .staticBatches(let shapes) = policy else { return }
        for shape in shapes {
            let (rows, overflow) = shape.promptLength.multipliedReportingOverflow(by: shape.batchSize)
            options.maximumStepRows = max(options.maximumStepRows, overflow ? .max : rows)
            options.maximumSequences = max(options.maximumSequences, shape.batchSize)
        }
        options.stepShapes = shapes.flatMap { shape in
            let batch = shape.batchSize
            return [
                LaunchShape(rows: shape.promptLength &* batch, sequences: batch, logitRows: batch),
                LaunchShape(rows: batch, sequences: batch, logitRows: batch),
            ]
        }
    }
}

extension WarmupShape {
    /// Refuses a shape that the executor has no room for.
    func check(_ limits: ExecutorLimits, sequences: Int) throws(ConfigurationError) {
        let rows = promptLength.multipliedReportingOverflow(by: batchSize)
        let tokens = promptLength.addingReportingOverflow(newTokens)
        let all = [
            ("batch", batchSize, sequences),
            ("prompts together", rows.overflow ? .max : rows.partialValue, limits.maximumRows),
            ("prompt and new tokens", tokens.overflow ? .max : tokens.partialValue, limits.contextLength),
        ]
        for (name, value, most) in all where value > most {
            throw .outOfRange(name: "of warmup shape \(self) the \(name)", value: value, range: 0...max(0, most))
        }
    }
}
