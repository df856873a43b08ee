/// `cache_salt`: who may share the KV blocks of equal prompts.
enum CacheSalt {
    static func read(_ fields: FieldReader) throws(APIError) -> String? {
        guard let salt = try fields.string("cache_salt") else { return nil }
        let isPlain = !salt.unicodeScalars.contains { $0 == "@" || $0 == "/" || $0 == "\\" || $0.value == 0 }
        guard !salt.isEmpty, salt.unicodeScalars.count <= 128, isPlain else {
            throw fields.fail("cache_salt", "must have 1 to 128 characters and none of @, /, \\ and NUL")
        }
        return salt
    }
}
