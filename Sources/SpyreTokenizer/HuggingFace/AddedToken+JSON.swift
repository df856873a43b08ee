extension AddedToken {
    /// An entry of `added_tokens` or `added_tokens_decoder`.
    init(json: JSONObject, id: Int) throws(TokenizerError) {
        let special = try json.bool("special") ?? false
        self.init(
            content: try json.requiredString("content"), id: id, special: special,
            lstrip: try json.bool("lstrip") ?? false, rstrip: try json.bool("rstrip") ?? false,
            singleWord: try json.bool("single_word") ?? false,
            normalized: try json.bool("normalized") ?? !special)
    }
}
