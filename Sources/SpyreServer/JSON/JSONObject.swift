/// The members of a JSON object in their order. Of equal names the last one counts, as in Python and JavaScript.
struct JSONObject: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        let name: String
        var value: JSONValue
    }

    private(set) var members: [Member] = []
    private var places: [String: Int] = [:]

    subscript(name: String) -> JSONValue? { places[name].map { members[$0].value } }

    mutating func append(_ name: String, _ value: JSONValue) {
        if let place = places[name] {
            members[place].value = value
        } else {
            places[name] = members.count
            members.append(Member(name: name, value: value))
        }
    }
}
