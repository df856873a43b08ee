extension TemplateValue {
    /// Parses JSON text (RFC 8259), keeping the order of keys; of equal keys the last wins.
    /// - Throws: `.invalidJSON` with the byte offset; also for integers beyond 64 bits, unpaired surrogates, and
    ///   nesting deeper than 128.
    public init(json: String) throws(ChatTemplateError) {
        var reader = TemplateJSONReader(bytes: Array(json.utf8))
        self = try reader.readDocument()
    }
}
