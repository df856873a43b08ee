/// One line of `spyre doctor`.
struct HostCheck: Equatable, Encodable {
    enum Status: String, Encodable {
        /// Present and as it should be, or a plain fact.
        case ok
        /// Something that a command needs is not there.
        case missing
    }

    let name: String
    let status: Status
    let value: String
    /// What to do about it; nil when nothing needs to be done.
    let advice: String?

    static func ok(_ name: String, _ value: String, advice: String? = nil) -> HostCheck {
        HostCheck(name: name, status: .ok, value: value, advice: advice)
    }

    static func missing(_ name: String, _ value: String, advice: String) -> HostCheck {
        HostCheck(name: name, status: .missing, value: value, advice: advice)
    }

    private static let nameWidth = 18

    /// `ok       processor         AMD EPYC …`
    var line: String {
        let text = status.rawValue.padding(to: 8) + " " + name.padding(to: Self.nameWidth) + " " + value
        return advice.map { text + "; " + $0 } ?? text
    }
}
