/// The methods of strings that templates may call.
enum TemplateStringMethod: String {
    case capitalize, casefold, count, endswith, find, isalnum, isalpha, isdigit, islower, isspace, isupper, join, lower
    case lstrip, partition, removeprefix, removesuffix, replace, rfind, rpartition, rsplit, rstrip, split, splitlines
    case startswith, strip, title, upper, zfill

    /// Python has these too; templates that need them are told so.
    static let unsupported: Set<String> = [
        "center", "encode", "expandtabs", "format", "format_map", "index", "isascii", "isdecimal", "isidentifier",
        "isnumeric", "isprintable", "istitle", "ljust", "maketrans", "rindex", "rjust", "swapcase", "translate",
    ]
}

extension TemplateInterpreter {
    func call(
        _ method: TemplateStringMethod, on text: String, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        try charge(bytes: text.utf8.count)
        switch method {
        case .capitalize, .casefold, .isalnum, .isalpha, .isdigit, .islower, .isspace, .isupper, .lower, .title, .upper:
            guard arguments.isEmpty else { throw fail("'\(method.rawValue)' takes no arguments") }
            return try callSimple(method, on: text)
        case .strip, .lstrip, .rstrip:
            let bound = try bind(positional(arguments, method), ["chars"], method.rawValue)
            let side: String.PythonSide = method == .strip ? .both : method == .lstrip ? .leading : .trailing
            return try checked(text.pythonStripped(try characters(bound[0]), side))
        case .startswith, .endswith: return .bool(try callAffix(method, on: text, arguments))
        case .split, .rsplit, .splitlines: return try callSplit(method, on: text, arguments)
        case .count, .find, .rfind, .partition, .rpartition: return try callSearch(method, on: text, arguments)
        case .join, .removeprefix, .removesuffix, .replace, .zfill: return try callEdit(method, on: text, arguments)
        }
    }

    private func positional(
        _ arguments: TemplateCallArguments, _ method: TemplateStringMethod
    ) throws(ChatTemplateError) -> TemplateCallArguments {
        guard arguments.keyword.isEmpty else { throw fail("'\(method.rawValue)' takes no keyword arguments") }
        return arguments
    }

    private func callSimple(_ method: TemplateStringMethod, on text: String) throws(ChatTemplateError) -> TemplateObject
    {
        switch method {
        case .capitalize: return try checked(text.pythonCapitalized)
        case .lower: return try checked(text.pythonLowercased)
        case .upper: return try checked(text.uppercased())
        case .title: return try checked(text.pythonTitled)
        case .isalpha: return .bool(!text.isEmpty && text.unicodeScalars.allSatisfy(\.isPythonAlphabetic))
        case .isdigit: return .bool(!text.isEmpty && text.unicodeScalars.allSatisfy(\.isPythonDigit))
        case .isspace: return .bool(!text.isEmpty && text.unicodeScalars.allSatisfy(\.isPythonSpace))
        case .islower: return .bool(text.hasPythonCase(upper: false))
        case .isupper: return .bool(text.hasPythonCase(upper: true))
        case .isalnum:
            let isAlphanumeric = text.unicodeScalars.allSatisfy {
                $0.isPythonAlphabetic || $0.properties.numericType != nil
            }
            return .bool(!text.isEmpty && isAlphanumeric)
        default:
            guard text.utf8.allSatisfy({ $0 < 0x80 }) else { throw unsupported("'casefold' beyond ASCII") }
            return try checked(text.lowercased())
        }
    }

    private func callAffix(
        _ method: TemplateStringMethod, on text: String, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> Bool {
        guard arguments.positional.count < 2 else { throw unsupported("'\(method.rawValue)' with a range") }
        let bound = try bind(positional(arguments, method), ["prefix"], required: 1, method.rawValue)
        var affixes = [bound[0] ?? .none]
        if case .sequence(let sequence)? = bound[0], sequence.kind == .tuple { affixes = sequence.items }
        for affix in affixes {
            let part = try string(affix, method.rawValue)
            try charge(bytes: part.utf8.count)
            if method == .startswith ? text.utf8HasPrefix(part) : text.utf8HasSuffix(part) { return true }
        }
        return false
    }

    // MARK: - Splitting

    private func callSplit(
        _ method: TemplateStringMethod, on text: String, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        if method == .splitlines {
            let bound = try bind(arguments, ["keepends"], "splitlines")
            return try strings(text.pythonLines(keepsEnds: bound[0]?.isTrue ?? false))
        }
        let bound = try bind(arguments, ["sep", "maxsplit"], method.rawValue)
        let limit = try integer(bound[1], default: -1, method.rawValue)
        let maximum = limit < 0 ? Int.max : limit
        guard let separator = bound[0], !separator.isNone else {
            return try strings(text.pythonWords(maximum: maximum, fromEnd: method == .rsplit))
        }
        let part = try string(separator, method.rawValue)
        guard !part.isEmpty else { throw fail("'\(method.rawValue)' needs a separator that is not empty") }
        try charge(bytes: part.utf8.count)
        return try strings(text.pythonSplit(part, maximum: maximum, fromEnd: method == .rsplit))
    }

    private func strings(_ texts: [String]) throws(ChatTemplateError) -> TemplateObject {
        try sequence(texts.map { .string($0) })
    }

    // MARK: - Searching

    private func callSearch(
        _ method: TemplateStringMethod, on text: String, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        guard arguments.positional.count < 2 else { throw unsupported("'\(method.rawValue)' with a range") }
        let bound = try bind(positional(arguments, method), ["sub"], required: 1, method.rawValue)
        let part = try string(bound[0] ?? .none, method.rawValue)
        let bytes = Array(text.utf8)
        try charge(bytes: bytes.count + part.utf8.count)
        let search = TemplateTextSearch(part)
        switch method {
        case .count:
            return .int(part.isEmpty ? text.unicodeScalars.count + 1 : search.occurrences(in: bytes, limit: .max).count)
        case .find: return .int(characterOffset(search.firstIndex(in: bytes, from: 0), in: bytes))
        case .rfind: return .int(characterOffset(lastIndex(of: part, in: bytes), in: bytes))
        default: break
        }
        guard !part.isEmpty else { throw fail("'\(method.rawValue)' needs a separator that is not empty") }
        let isFirst = method == .partition
        guard let index = isFirst ? search.firstIndex(in: bytes, from: 0) : lastIndex(of: part, in: bytes) else {
            let parts = isFirst ? [text, "", ""] : ["", "", text]
            return try sequence(parts.map { .string($0) }, kind: .tuple)
        }
        let before = String(decoding: bytes[..<index], as: UTF8.self)
        let after = String(decoding: bytes[(index + part.utf8.count)...], as: UTF8.self)
        return try sequence([.string(before), .string(part), .string(after)], kind: .tuple)
    }

    private func lastIndex(of part: String, in bytes: [UInt8]) -> Int? {
        guard !part.isEmpty else { return bytes.count }
        return bytes.reversedOccurrences(of: part, limit: 1).first
    }

    private func characterOffset(_ index: Int?, in bytes: [UInt8]) -> Int {
        guard let index else { return -1 }
        return bytes[..<index].count { $0 & 0xC0 != 0x80 }
    }

    // MARK: - Editing

    private func callEdit(
        _ method: TemplateStringMethod, on text: String, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let names = method == .replace ? ["old", "new", "count"] : ["argument"]
        let bound = try bind(
            positional(arguments, method), names, required: method == .replace ? 2 : 1, method.rawValue)
        let first = bound[0] ?? .none
        switch method {
        case .join: return try join(first, with: text)
        case .replace:
            let old = try string(first, "replace")
            let new = try string(bound[1] ?? .none, "replace")
            let count = try integer(bound[2], default: -1, "replace")
            return .string(try replacing(old, with: new, in: text, count: count))
        case .zfill: return try zeroFilled(text, width: try integer(first, default: 0, "zfill"))
        case .removeprefix:
            let part = try string(first, method.rawValue)
            let count = text.utf8HasPrefix(part) ? part.utf8.count : 0
            return try checked(String(decoding: text.utf8.dropFirst(count), as: UTF8.self))
        default:
            let part = try string(first, method.rawValue)
            let count = text.utf8HasSuffix(part) ? part.utf8.count : 0
            return try checked(String(decoding: text.utf8.dropLast(count), as: UTF8.self))
        }
    }

    private func join(_ items: TemplateObject, with separator: String) throws(ChatTemplateError) -> TemplateObject {
        var result = ""
        for (index, item) in try elements(of: items).enumerated() {
            if index > 0 { try append(separator, to: &result) }
            try append(try string(item, "join"), to: &result)
        }
        return .string(result)
    }

    private func zeroFilled(_ text: String, width: Int) throws(ChatTemplateError) -> TemplateObject {
        try check(length: width)
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return try checked(text) }
        let hasSign = text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+")
        let sign = String(decoding: text.utf8.prefix(hasSign ? 1 : 0), as: UTF8.self)
        let rest = String(decoding: text.utf8.dropFirst(hasSign ? 1 : 0), as: UTF8.self)
        return try checked(sign + String(repeating: "0", count: missing) + rest)
    }
}
