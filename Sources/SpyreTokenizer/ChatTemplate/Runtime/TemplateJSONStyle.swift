/// How `tojson` lays out its output: the arguments of Python's `json.dumps`.
struct TemplateJSONStyle {
    var isASCII = false
    var indent: String?
    var itemSeparator = ", "
    var keySeparator = ": "
    var sortsKeys = false
}
