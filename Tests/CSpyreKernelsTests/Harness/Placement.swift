/// Where the operands of a call lie: against the page before them, against the page after them, or one or three floats
/// past the beginning of a stick; and how far apart their rows are.
struct Placement: CaseIterable {
    let edge: Device.Edge
    /// Bytes between the beginning of the buffer and the operand.
    let shift: Int
    /// Elements between the end of a row and the next.
    let gap: Int

    static let allCases = [
        Placement(edge: .end, shift: 0, gap: 0), Placement(edge: .start, shift: 0, gap: 1),
        Placement(edge: .start, shift: 4, gap: 3), Placement(edge: .end, shift: 0, gap: 2),
        Placement(edge: .start, shift: 12, gap: 0),
    ]

    func device(_ isa: String, threads: Int32 = 1) throws -> Device {
        let device = try Device(isa: isa, threads: threads, edge: edge)
        device.shift = shift
        return device
    }
}
