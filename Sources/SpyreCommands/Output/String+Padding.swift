extension String {
    /// The text with spaces behind it, `width` characters at least.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }

    /// The text with spaces before it, `width` characters at least.
    func padding(leadingTo width: Int) -> String { String(repeating: " ", count: Swift.max(0, width - count)) + self }
}
