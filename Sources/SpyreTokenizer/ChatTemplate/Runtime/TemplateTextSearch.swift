/// Finds a text in UTF-8 in linear time (Knuth, Morris and Pratt 1977), whatever the two texts are.
struct TemplateTextSearch {
    let needle: [UInt8]
    /// For each prefix of the needle, the length of its longest proper prefix that is also its suffix.
    private let borders: [Int]

    init(_ needle: String) { self.init(bytes: Array(needle.utf8)) }

    init(bytes: [UInt8]) {
        var borders = [Int](repeating: 0, count: bytes.count)
        var length = 0
        for index in bytes.indices.dropFirst() {
            while length > 0, bytes[index] != bytes[length] { length = borders[length - 1] }
            if bytes[index] == bytes[length] { length += 1 }
            borders[index] = length
        }
        needle = bytes
        self.borders = borders
    }

    /// The byte offset of the first occurrence at or after `start`.
    func firstIndex(in text: [UInt8], from start: Int) -> Int? {
        guard !needle.isEmpty else { return start <= text.count ? start : nil }
        guard start < text.count else { return nil }
        var length = 0
        for index in start..<text.count {
            while length > 0, text[index] != needle[length] { length = borders[length - 1] }
            if text[index] == needle[length] { length += 1 }
            if length == needle.count { return index - length + 1 }
        }
        return nil
    }

    /// Byte offsets of occurrences that do not overlap, at most `limit`. The needle must not be empty.
    func occurrences(in text: [UInt8], limit: Int) -> [Int] {
        guard !needle.isEmpty else { return [] }
        var found: [Int] = []
        var start = 0
        while found.count < limit, let index = firstIndex(in: text, from: start) {
            found.append(index)
            start = index + needle.count
        }
        return found
    }
}
