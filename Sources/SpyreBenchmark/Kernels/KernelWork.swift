/// What a kernel has to do at least, whatever it does in fact.
package struct KernelWork: Sendable, Equatable {
    /// A multiplication and an addition are one operation each.
    package let operations: Double
    package let traffic: MemoryTraffic
    /// What limits its arithmetic.
    package let type: ComputeType

    package init(operations: Double, traffic: MemoryTraffic, type: ComputeType = .float32) {
        self.operations = operations
        self.traffic = traffic
        self.type = type
    }

    /// Operations per byte, the horizontal axis of a roofline.
    package var intensity: Double { operations / Double(max(1, traffic.bytes)) }
}
