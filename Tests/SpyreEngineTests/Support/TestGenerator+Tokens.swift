extension TestGenerator {
    /// A prompt of bytes.
    mutating func tokens(_ count: Int) -> [Int] {
        (0..<count).map { _ in Int.random(in: 0..<256, using: &self) }
    }
}
