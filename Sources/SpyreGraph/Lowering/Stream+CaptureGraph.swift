import SpyreDevice

extension Program {
    func barrierCount() throws(GraphError) -> Int {
        try deviceCall { () throws(DeviceError) in try information().barriers }
    }
}

extension Stream {
    /// Captures all ops of a graph as a program.
    func captureGraph(_ makeTarget: () -> LoweringTarget) throws(GraphError) -> Program {
        var failure: GraphError?
        let program = try deviceCall { () throws(DeviceError) in
            try capture {
                do throws(GraphError) { try makeTarget().lower() } catch { failure = error }
            }
        }
        if let failure { throw failure }
        return program
    }
}
