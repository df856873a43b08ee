/// Requests that wait for a static batch, one line for each set of shapes that they fit, so that a batch is found
/// without a walk over all of them.
///
/// The rule is a walk in order of arrival: a request joins when a shape that holds all before it has room for it too,
/// and is passed over when not. Shapes that are left only become fewer, so that a request that was passed over stays so,
/// and the walk is the same as taking, each time, the earliest request of those lines that still fit.
struct ShapeQueue: Sendable {
    private struct Line: Sendable {
        /// Indices of the shapes that hold its requests.
        let fitting: [Int]
        var requests = WaitingLine()
    }

    private let shapes: [WarmupShape]
    private var lines: [Line] = []

    init(shapes: [WarmupShape]) { self.shapes = shapes }

    mutating func append(_ ticket: Ticket, prompt: Int, newTokens: Int) {
        let fitting = fitting(prompt, newTokens)
        if let index = lines.firstIndex(where: { $0.fitting == fitting }) {
            lines[index].requests.append(ticket)
        } else {
            var line = Line(fitting: fitting)
            line.requests.append(ticket)
            lines.append(line)
        }
    }

    /// A waiting request has been taken out of the table.
    mutating func noteCancelled(prompt: Int, newTokens: Int, in table: RequestTable<SequenceState>) {
        let fitting = fitting(prompt, newTokens)
        guard let index = lines.firstIndex(where: { $0.fitting == fitting }) else { return }
        lines[index].requests.noteCancelled(in: table)
    }

    /// Takes the requests of the next batch out.
    mutating func takeBatch(in table: RequestTable<SequenceState>) -> [Ticket] {
        var left = Set(shapes.indices)
        var chosen: [Ticket] = []
        while true {
            left = left.filter { chosen.count < shapes[$0].batchSize }
            var next: (line: Int, ticket: Ticket)?
            for index in lines.indices where lines[index].fitting.contains(where: { left.contains($0) }) {
                guard let ticket = lines[index].requests.first(in: table) else { continue }
                if next.map({ ticket < $0.ticket }) ?? true { next = (index, ticket) }
            }
            guard let next else { return chosen }
            lines[next.line].requests.removeFirst()
            left.formIntersection(lines[next.line].fitting)
            chosen.append(next.ticket)
        }
    }

    func all(in table: RequestTable<SequenceState>) -> [Ticket] {
        lines.flatMap { $0.requests.all(in: table) }.sorted()
    }

    private func fitting(_ prompt: Int, _ newTokens: Int) -> [Int] {
        shapes.indices.filter { shapes[$0].holds(prompt: prompt, newTokens: newTokens) }
    }
}
