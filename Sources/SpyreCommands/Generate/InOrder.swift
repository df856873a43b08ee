/// Hands results on in the order of their numbers, each as soon as those before it are there.
struct InOrder<Element> {
    private var waiting: [Int: Element] = [:]
    private var next = 0

    /// - Returns: what can be handed on now; empty while an earlier one is missing.
    mutating func add(_ element: Element, number: Int) -> [Element] {
        waiting[number] = element
        var ready: [Element] = []
        while let element = waiting.removeValue(forKey: next) {
            ready.append(element)
            next += 1
        }
        return ready
    }
}
