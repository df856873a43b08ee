extension TemplateInterpreter {
    func compare(
        _ comparison: TemplateComparison, _ left: TemplateObject, _ right: TemplateObject
    ) throws(ChatTemplateError) -> Bool {
        let (left, right) = (left.plain, right.plain)
        return switch comparison {
        case .equal: try isEqual(left, right)
        case .notEqual: !(try isEqual(left, right))
        case .less: try isOrdered(left, right, "<", orEqual: false)
        case .greater: try isOrdered(right, left, ">", orEqual: false)
        case .lessEqual: try isOrdered(left, right, "<=", orEqual: true)
        case .greaterEqual: try isOrdered(right, left, ">=", orEqual: true)
        case .isIn: try contains(right, left)
        case .isNotIn: !(try contains(right, left))
        }
    }

    // MARK: - Equality

    /// Python's `==`. Every element that is visited is paid for, so shared nested values cannot blow it up.
    func isEqual(_ left: TemplateObject, _ right: TemplateObject) throws(ChatTemplateError) -> Bool {
        try charge(bytes: 16)
        if let a = left.integer, let b = right.integer { return a == b }
        if let a = number(left), let b = number(right) { return isEqual(left, a, right, b) }
        switch (left, right) {
        case (.none, .none), (.undefined, .undefined): return true
        case (.markup, _), (_, .markup): return try isEqual(left.plain, right.plain)
        case (.string(let a), .string(let b)):
            guard a.utf8.count == b.utf8.count else { return false }
            try charge(bytes: a.utf8.count)
            return a.utf8.elementsEqual(b.utf8)
        case (.sequence(let a), .sequence(let b)):
            guard a.kind == b.kind, a.items.count == b.items.count else { return false }
            for (x, y) in zip(a.items, b.items) where !(try isEqual(x, y)) { return false }
            return true
        case (.mapping(let a), .mapping(let b)): return try isEqual(a, b)
        case (.namespace(let a), .namespace(let b)): return a === b
        case (.loop(let a), .loop(let b)): return a === b
        case (.macro(let a), .macro(let b)): return a === b
        case (.generator(let a), .generator(let b)): return a === b
        case (.function(let a), .function(let b)): return a == b
        default: return false
        }
    }

    private func isEqual(_ left: TemplateObject, _ a: Double, _ right: TemplateObject, _ b: Double) -> Bool {
        guard a == b else { return false }
        if let integer = left.integer { return Int(exactly: b) == integer }
        if let integer = right.integer { return Int(exactly: a) == integer }
        return true
    }

    private func isEqual(_ a: TemplateDictionary, _ b: TemplateDictionary) throws(ChatTemplateError) -> Bool {
        guard a.count == b.count else { return false }
        for (key, value) in zip(a.keys, a.values) {
            guard let other = b[try self.key(key)], try isEqual(value, other) else { return false }
        }
        return true
    }

    // MARK: - Order

    func isLess(_ left: TemplateObject, _ right: TemplateObject) throws(ChatTemplateError) -> Bool {
        try isOrdered(left, right, "<", orEqual: false)
    }

    /// Whether `left < right`, or `left <= right`.
    private func isOrdered(
        _ left: TemplateObject, _ right: TemplateObject, _ symbol: String, orEqual: Bool
    ) throws(ChatTemplateError) -> Bool {
        try charge(bytes: 16)
        if let a = left.integer, let b = right.integer { return orEqual ? a <= b : a < b }
        if let a = number(left), let b = number(right) { return orEqual ? a <= b : a < b }
        switch (left, right) {
        case (.markup, _), (_, .markup): return try isOrdered(left.plain, right.plain, symbol, orEqual: orEqual)
        case (.string(let a), .string(let b)):
            try charge(bytes: min(a.utf8.count, b.utf8.count))
            if orEqual { return !b.utf8.lexicographicallyPrecedes(a.utf8) }
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.sequence(let a), .sequence(let b)) where a.kind == b.kind && (a.kind == .list || a.kind == .tuple):
            for (x, y) in zip(a.items, b.items) where !(try isEqual(x, y)) {
                return try isOrdered(x, y, symbol, orEqual: orEqual)
            }
            return orEqual ? a.items.count <= b.items.count : a.items.count < b.items.count
        case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw fail(undefined.message)
        default: throw fail("'\(symbol)' does not work between \(left.typeName) and \(right.typeName)")
        }
    }

    /// Stable merge sort.
    func sorted<Element>(
        _ items: [Element], key: (Element) -> TemplateObject
    ) throws(ChatTemplateError) -> [Element] {
        var runs = items
        var merged = items
        var width = 1
        while width < items.count {
            try charge(steps: items.count)
            var start = 0
            while start < items.count {
                let middle = min(start + width, items.count)
                let end = min(start + 2 * width, items.count)
                var (left, right) = (start, middle)
                for position in start..<end {
                    var takesRight = right < end
                    if takesRight, left < middle { takesRight = try isLess(key(runs[right]), key(runs[left])) }
                    merged[position] = runs[takesRight ? right : left]
                    if takesRight { right += 1 } else { left += 1 }
                }
                start = end
            }
            swap(&runs, &merged)
            width *= 2
        }
        return runs
    }

    // MARK: - Membership

    /// Python's `needle in container`.
    func contains(_ container: TemplateObject, _ needle: TemplateObject) throws(ChatTemplateError) -> Bool {
        switch container {
        case .string(let text):
            guard case .string(let part) = needle else {
                throw fail("'in' on a string needs a string, not a \(needle.typeName)")
            }
            try charge(bytes: text.utf8.count + part.utf8.count)
            return TemplateTextSearch(part).firstIndex(in: Array(text.utf8), from: 0) != nil
        case .mapping(let mapping): return mapping[try key(needle)] != nil
        case .undefined: return false
        default:
            for item in try elements(of: container) where try isEqual(item, needle) { return true }
            return false
        }
    }
}
