import CSpyreKernels
import SpyreDevice

/// The instruction sets that the library has kernels for.
enum InstructionSets {
    /// Of the registry, oldest first, and whether this processor can run them.
    static let all: [(name: String, isRunnable: Bool)] = {
        var sets: [(name: String, isRunnable: Bool)] = []
        for index in 0..<spyre_variant_count() {
            var variant = spyre_variant()
            guard spyre_variant_at(index, &variant) == SPYRE_STATUS_OK, let isa = variant.isa else { continue }
            let name = String(cString: isa)
            if !sets.contains(where: { $0.name == name }) { sets.append((name, variant.runnable != 0)) }
        }
        return sets
    }()

    static let everything = "all"

    /// What `--isa` names; nil is what the device would choose.
    ///
    /// - Throws: for an unknown name. One that the processor lacks is left to the device, which says what is missing.
    static func named(_ option: [String]) throws(CommandFailure) -> [String?] {
        let names = OptionList.split(option)
        if names.isEmpty { return [nil] }
        if names == [everything] { return all.filter(\.isRunnable).map(\.name) }
        for name in names where !all.contains(where: { $0.name == name }) {
            throw .usage(
                "unknown instruction set \(OneLine.quoted(name)); use \(all.map(\.name).joined(separator: ", ")) or all"
            )
        }
        return names
    }
}

/// An option that may be given several times, or once with commas.
enum OptionList {
    static func split(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}
