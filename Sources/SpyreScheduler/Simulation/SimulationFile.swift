/// A file of `spyre simulate --case`: one case, or `{"cases": […]}`.
package struct SimulationFile: Decodable, Sendable {
    package var cases: [SimulationCase]

    private enum CodingKeys: String, CodingKey { case cases }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if values.contains(.cases) {
            cases = try values.decode([SimulationCase].self, forKey: .cases)
        } else {
            cases = [try SimulationCase(from: decoder)]
        }
    }
}
