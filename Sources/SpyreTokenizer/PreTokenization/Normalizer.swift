/// What is done to text before it is cut.
public enum Normalizer: Sendable, Hashable {
    /// Nothing.
    case none
    /// Unicode normalization form C; see `CanonicalComposition`.
    case nfc

    /// Whether `text` is left as it is, as far as its bytes tell without looking closer: every character below U+0300
    /// is inert in form C.
    func leavesUnchanged(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        self == .none || !text.contains { $0 >= 0xCC }
    }

    /// The normalized text.
    func apply(to text: String) -> String {
        switch self {
        case .none: text
        case .nfc: CanonicalComposition.normalize(text)
        }
    }
}
