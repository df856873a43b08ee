/// Where and why a JSON text breaks its grammar (RFC 8259) or one of the reader's limits.
struct JSONReadError: Error {
    let reason: String
    /// Byte offset.
    let offset: Int
}
