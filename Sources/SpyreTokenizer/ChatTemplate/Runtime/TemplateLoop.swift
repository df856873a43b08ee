/// The state of a running `for`, which is also the value of `loop`.
///
/// Elements are pulled one at a time, and a loop's own filter runs as they are pulled, so that a filter sees what the
/// body changed before.
final class TemplateLoop {
    private var items: [TemplateObject]
    private var cursor = 0
    private let accepts: ((TemplateObject) throws(ChatTemplateError) -> Bool)?
    private var pending: TemplateObject?
    private var knownLength: Int?

    private(set) var index0 = -1
    private(set) var previous: TemplateObject?
    private(set) var current: TemplateObject?
    var changedArguments: [TemplateObject]?
    let valueDepth: Int

    init(
        items: [TemplateObject], valueDepth: Int,
        accepts: ((TemplateObject) throws(ChatTemplateError) -> Bool)?
    ) {
        self.items = items
        self.valueDepth = valueDepth
        self.accepts = accepts
        if accepts == nil { knownLength = items.count }
    }

    /// Moves to the next element; nil at the end.
    func advance() throws(ChatTemplateError) -> TemplateObject? {
        let item: TemplateObject?
        if let pending {
            item = pending
            self.pending = nil
        } else {
            item = try pull()
        }
        guard let item else { return nil }
        previous = current
        current = item
        index0 += 1
        return item
    }

    /// The element after the current one.
    func peek() throws(ChatTemplateError) -> TemplateObject? {
        if pending == nil { pending = try pull() }
        return pending
    }

    /// The number of elements; a filter then runs over all that are left.
    func length() throws(ChatTemplateError) -> Int {
        if let knownLength { return knownLength }
        var rest: [TemplateObject] = []
        while let item = try pull() { rest.append(item) }
        let length = index0 + 1 + rest.count + (pending == nil ? 0 : 1)
        items = rest
        cursor = 0
        knownLength = length
        return length
    }

    /// Drops what the loop holds when it ends.
    func finish() { changedArguments = nil }

    private func pull() throws(ChatTemplateError) -> TemplateObject? {
        while cursor < items.count {
            let item = items[cursor]
            cursor += 1
            guard knownLength == nil, let accepts else { return item }
            if try accepts(item) { return item }
        }
        return nil
    }
}
