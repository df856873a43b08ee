/// The filters that templates may use. Others are refused when the template is parsed.
enum TemplateFilter: String, Sendable {
    case abs, capitalize, `default`, dictsort, escape, first, float, indent, int, items, join, last, length, list
    case lower, map, max, min, reject, rejectattr, replace, reverse, round, safe, select, selectattr, sort, string
    case sum, title, tojson, trim, unique, upper

    init?(name: String) {
        switch name {
        case "d": self = .default
        case "count": self = .length
        case "e": self = .escape
        default: self.init(rawValue: name)
        }
    }
}

extension TemplateInterpreter {
    func apply(
        _ filter: TemplateFilter, to value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        try charge(steps: 1)
        let value = filter == .escape ? value : value.plain
        switch filter {
        case .capitalize, .escape, .indent, .lower, .replace, .safe, .string, .title, .tojson, .trim, .upper:
            return try applyText(filter, to: value, arguments)
        case .abs, .float, .int, .round: return try applyNumber(filter, to: value, arguments)
        case .map, .select, .reject, .selectattr, .rejectattr: return try applySelection(filter, to: value, arguments)
        case .dictsort, .max, .min, .sort, .sum, .unique: return try applyAggregate(filter, to: value, arguments)
        case .default, .first, .items, .join, .last, .length, .list, .reverse:
            return try applyCollection(filter, to: value, arguments)
        }
    }

    func expectNoArguments(
        _ arguments: TemplateCallArguments, _ filter: TemplateFilter
    ) throws(ChatTemplateError) {
        guard arguments.isEmpty else { throw fail("'\(filter.rawValue)' takes no arguments") }
    }
}
