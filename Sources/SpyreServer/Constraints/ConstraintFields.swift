/// Fields that ask for output of a certain form.
enum ConstraintFields {
    private static let names = [
        "guided_json", "guided_regex", "guided_choice", "guided_grammar", "structured_outputs",
    ]

    /// Refuses forms that are not served: text without the form would be the wrong answer.
    static func check(_ fields: FieldReader) throws(APIError) {
        if let format = try fields.object("response_format") {
            let type = try format.string("type") ?? "text"
            guard type == "text" else {
                throw format.fail("type", "must be text, got \(PrintableText.quoted(type))")
            }
        }
        for name in names where fields.value(name) != nil { throw fields.fail(name, "is not supported") }
    }
}
