import Foundation

/// Unicode normalization form C (UAX #15), as of Unicode 9, in time linear in the text.
///
/// The normalizer inside Hugging Face `tokenizers` has the tables of Unicode 9: to it, later characters are letters
/// without combining class or decomposition, and so they are here. Foundation is asked for the mapping of single
/// characters and pairs only: its mapping of whole strings neither sorts the marks that come out of a decomposition nor
/// joins a composite with what follows it.
struct CanonicalComposition {
    private static let version = (major: 9, minor: 0)
    private static let noComposite: UInt32 = 0

    /// UTF-8.
    private var output: [UInt8] = []
    /// A starter and what may combine with it.
    private var cluster: [Unicode.Scalar] = []
    private var decompositions: [UInt32: [Unicode.Scalar]] = [:]
    private var composites: [UInt64: UInt32] = [:]

    static func normalize(_ text: String) -> String {
        var composition = CanonicalComposition()
        composition.output.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if startsCluster(scalar) { composition.flush() }
            composition.cluster.append(scalar)
        }
        composition.flush()
        return String(decoding: composition.output, as: UTF8.self)
    }

    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age.major < version.major || (age.major == version.major && age.minor <= version.minor)
    }

    /// Whether nothing from `scalar` on interacts with what stands before it. All marks count as interacting, though
    /// only some do, and so do the vowels and final consonants of Hangul.
    private static func startsCluster(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x2FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3: return true
        case 0x1160...0x11FF: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return false
        default: return true
        }
    }

    private static func combiningClass(_ scalar: Unicode.Scalar) -> Int {
        isKnown(scalar) ? Int(scalar.properties.canonicalCombiningClass.rawValue) : 0
    }

    // MARK: - One cluster

    private mutating func flush() {
        defer { cluster.removeAll(keepingCapacity: true) }
        // A lone character changes exactly if it is excluded from composition (UAX #15, section 9).
        if cluster.count == 1, let only = cluster.first, !only.properties.isFullCompositionExclusion {
            append(only)
            return
        }
        compose(decomposedInOrder())
    }

    /// The decomposed cluster, every run of marks sorted by combining class.
    private mutating func decomposedInOrder() -> [(scalar: Unicode.Scalar, combiningClass: Int)] {
        var sorted: [(scalar: Unicode.Scalar, combiningClass: Int)] = []
        var marks: [(order: Int, scalar: Unicode.Scalar)] = []
        func flushMarks() {
            if marks.count > 1 { marks.sort { $0.order < $1.order } }
            for mark in marks { sorted.append((mark.scalar, mark.order >> 32)) }
            marks.removeAll(keepingCapacity: true)
        }
        for scalar in cluster {
            for part in decomposition(of: scalar) {
                let combiningClass = Self.combiningClass(part)
                if combiningClass == 0 {
                    flushMarks()
                    sorted.append((part, 0))
                } else {
                    // The position makes the order total, so that equal classes keep theirs.
                    marks.append((combiningClass << 32 | marks.count, part))
                }
            }
        }
        flushMarks()
        return sorted
    }

    /// UAX #15's composition algorithm.
    private mutating func compose(_ scalars: [(scalar: Unicode.Scalar, combiningClass: Int)]) {
        var composed: [Unicode.Scalar] = []
        var starter: Int?
        // Combining class of the last character that was kept behind the starter; -1 if there is none.
        var lastClass = -1
        for (scalar, combiningClass) in scalars {
            if let position = starter, lastClass < combiningClass,
                let composite = composite(composed[position], scalar)
            {
                composed[position] = composite
                continue
            }
            if combiningClass == 0 {
                starter = composed.count
                lastClass = -1
            } else {
                lastClass = combiningClass
            }
            composed.append(scalar)
        }
        for scalar in composed { append(scalar) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    // MARK: - Single characters and pairs

    private mutating func decomposition(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if scalar.isASCII { return [scalar] }
        if let known = decompositions[scalar.value] { return known }
        let parts =
            Self.isKnown(scalar)
            ? Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars) : [scalar]
        decompositions[scalar.value] = parts
        return parts
    }

    /// The primary composite of two characters; nil if there is none.
    private mutating func composite(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if let syllable = Self.hangul(first.value, second.value) { return Unicode.Scalar(syllable) }
        let key = UInt64(first.value) << 32 | UInt64(second.value)
        let value: UInt32
        if let known = composites[key] {
            value = known
        } else {
            value = Self.lookUp(first, second)
            composites[key] = value
        }
        return value == Self.noComposite ? nil : Unicode.Scalar(value)
    }

    private static func lookUp(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt32 {
        guard isKnown(first), isKnown(second) else { return noComposite }
        var pair = String.UnicodeScalarView()
        pair.append(first)
        pair.append(second)
        // Foundation composes what it has decomposed itself; a pair whose first half is a composite it leaves alone.
        let joined = String(pair).decomposedStringWithCanonicalMapping.precomposedStringWithCanonicalMapping
            .unicodeScalars
        guard joined.count == 1, let composite = joined.first else { return noComposite }
        return composite.value
    }

    /// Syllables are composed by arithmetic (The Unicode Standard, section 3.12).
    private static func hangul(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (0x1100...0x1112).contains(first), (0x1161...0x1175).contains(second) {
            return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
        }
        if (0xAC00...0xD7A3).contains(first), (first - 0xAC00) % 28 == 0, (0x11A8...0x11C2).contains(second) {
            return first + (second - 0x11A7)
        }
        return nil
    }
}
