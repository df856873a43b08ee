/// Attention of one sequence over a paged cache: its last token (decode) or all of them (prefill).
final class AttentionKernel: PreparedKernel {
    private let context: KernelContext
    private let operands: AttentionOperands

    init(_ context: KernelContext, _ shape: PagedAttentionCase) throws {
        self.context = context
        operands = try AttentionOperands(
            context, shape,
            .scattered([shape.context], shared: 0, blockTokens: shape.blockTokens), prefix: 0)
    }

    var work: KernelWork { operands.work }

    func run() throws { try operands.run() }

    /// Some heads of some rows.
    func check() throws -> KernelCheck {
        let shape = operands.shape
        var check = KernelCheck(bound: AttentionOracle.bound)
        let result = try operands.result()
        check.expectNumbers(result)
        let oracle = AttentionOracle(context, operands)
        for row in Sample.indices(of: shape.queries, count: 4) {
            for head in Sample.indices(of: shape.heads, count: 2) {
                oracle.check(result, sequence: 0, query: row, head: head, &check)
            }
        }
        return check
    }
}
