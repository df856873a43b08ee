import SpyreGraph

/// Turns batches into steps of the compiled model.
final class SpyreModelRunner {
    private let model: SpyreCausalLM
    private let limits: ExecutorLimits

    init(model: SpyreCausalLM, limits: ExecutorLimits) {
        self.model = model
        self.limits = limits
    }

    var compilations: Int { model.compilations }

    /// Compiles all programs, then runs the smallest step once, so that threads and workspace are there when the first
    /// request comes. Its one row reads the padding block and writes nothing.
    func warmUp(progress: ((WarmUpProgress) -> Void)?) throws(ExecutorError) {
        try model.prepare(progress: progress)
        let batch = ForwardBatch(
            tokenIDs: [0], positions: [0], slots: [-1], queryStarts: [0, 1], contextLengths: [1], blockTables: [[0]],
            logitRows: [0])
        let logits = UnsafeMutableBufferPointer<Float>.allocate(capacity: limits.vocabularySize)
        defer { logits.deallocate() }
        try execute(batch, logits: logits)
    }

    func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError) {
        try batch.validate(limits)
        let (needed, overflow) = batch.logitRows.count.multipliedReportingOverflow(by: limits.vocabularySize)
        guard !overflow, logits.count >= needed else {
            throw .invalidBatch("the logits buffer holds \(logits.count) values, \(needed) are needed")
        }
        let step = LaunchShape(
            rows: batch.rowCount, sequences: batch.sequenceCount, logitRows: batch.logitRows.count)
        let shape = try model.shape(for: step)
        for copy in batch.blockCopies { try model.copyBlock(copy) }
        let inputs = StepInputs(batch, shape: shape, maximumBlocks: model.maximumBlocks)
        try model.forward(inputs, shape: shape, logitRows: step.logitRows, logits: logits)
    }
}
