import Foundation

/// OMP_NUM_THREADS, which the device takes its number of threads from, as programs with OpenMP do.
///
/// Its form is that of the OpenMP API specification: a number, or a list for nested regions, of which there are none
/// here.
enum ThreadVariable {
    static let name = "OMP_NUM_THREADS"
    static let advice = "set it to a number of threads in 1...\(ModelOptions.greatestThreads), or unset it"

    /// Takes a blank variable as one that is not set; the device does so with an empty one only.
    static func unsetIfBlank() {
        guard let value = getenv(name), String(cString: value).allSatisfy(\.isWhitespace) else { return }
        unsetenv(name)
    }

    /// What is wrong with the variable; nil when it is not set or is a number of threads.
    static func fault(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        guard let value = environment[name], !value.allSatisfy(\.isWhitespace), !isValid(value) else { return nil }
        return "\(name) is \(OneLine.quoted(value))"
    }

    /// Whether it is a number of threads or a list of such. The device uses only the first, but refuses a list with a
    /// part that is none.
    static func isValid(_ value: String) -> Bool {
        value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
            let words = part.split(whereSeparator: \.isWhitespace)
            guard words.count == 1, words[0].allSatisfy({ ("0"..."9").contains($0) }), let count = Int(words[0])
            else { return false }
            return (1...ModelOptions.greatestThreads).contains(count)
        }
    }

    static func check() throws(CommandFailure) {
        if let fault = fault() { throw CommandFailure("\(fault); \(advice)", kind: .environment) }
    }
}
