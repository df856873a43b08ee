/// What a source calls the weights: a table, not code.
struct SourceNames: Sendable {
    /// Where one weight is found. "#" stands for the layer; ".weight" or ".bias" is appended.
    struct Entry: Sendable {
        let pattern: String
        /// Which of `parts` equal row ranges of the source tensor the weight is.
        let part: Int
        let parts: Int

        init(_ pattern: String, part: Int = 0, of parts: Int = 1) {
            self.pattern = pattern
            self.part = part
            self.parts = parts
        }
    }

    let entries: [ModelWeight: Entry]
    /// Tensors that old converters wrote and that hold nothing a configuration does not say; "#" stands for the layer.
    let ignored: [String]

    /// `pattern` with the layer's number in it.
    static func name(_ pattern: String, layer: Int?) -> String {
        guard let layer, let mark = pattern.firstIndex(of: "#") else { return pattern }
        return pattern[..<mark] + String(layer) + pattern[pattern.index(after: mark)...]
    }

    /// Whether `name` is an ignored tensor of one of `layerCount` layers.
    func ignores(_ name: String, layerCount: Int) -> Bool {
        ignored.contains { pattern in
            guard let mark = pattern.firstIndex(of: "#") else { return name == pattern }
            let head = pattern[..<mark]
            let tail = pattern[pattern.index(after: mark)...]
            guard name.hasPrefix(head), name.hasSuffix(tail), name.utf8.count > head.utf8.count + tail.utf8.count,
                let layer = Int(name.dropFirst(head.count).dropLast(tail.count))
            else { return false }
            return (0..<layerCount).contains(layer)
        }
    }
}
