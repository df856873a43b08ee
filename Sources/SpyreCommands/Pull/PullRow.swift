/// What `spyre pull --json` prints.
struct PullRow: Encodable {
    let model: String
    let path: String
}
