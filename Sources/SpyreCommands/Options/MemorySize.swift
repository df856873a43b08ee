/// An amount of memory on a command line: bytes, or a number with a unit, `512MiB`, `2GiB`.
struct MemorySize: Equatable {
    let bytes: Int

    private static let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]

    /// - Throws: what the argument parser prints behind the option's name.
    init(argument: String) throws(CommandFailure) {
        let unit = Self.units.first { argument.hasSuffix($0.0) }
        let digits = argument.dropLast(unit?.0.count ?? 0)
        // `Int` takes a sign too.
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(digits), count > 0 else {
            throw CommandFailure("expected bytes, or a number with KiB, MiB, GiB or TiB, such as 2GiB")
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << (unit?.1 ?? 0))
        guard !overflow else { throw CommandFailure("expected less memory than there can be, such as 2GiB") }
        self.bytes = bytes
    }
}
