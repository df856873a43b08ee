/// Token ids on a command line: `1,2,3`.
struct TokenIDList: Equatable {
    let ids: [Int]

    /// - Throws: what the argument parser prints behind the option's name.
    init(argument: String) throws(CommandFailure) {
        var ids: [Int] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let digits = part.drop { $0 == " " }
            guard let id = Int32(digits), id >= 0 else {
                throw CommandFailure("expected token ids with commas between, such as 1,2,3")
            }
            ids.append(Int(id))
        }
        self.ids = ids
    }
}
