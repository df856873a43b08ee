import Foundation

/// Finds models by path or name, and keeps those that were fetched in the user's cache.
///
/// The cache is `$SPYRE_CACHE`, else `$XDG_CACHE_HOME/spyre`, else `~/.cache/spyre`; a model is at
/// `models/<name>/<file>` in it.
public struct ModelStore: Sendable {
    /// The model that is used when none is named.
    public static let defaultModel = KnownModel.smolLM2.name
    /// Models that can be fetched by name.
    public static let knownModels = [KnownModel.smolLM2]

    /// The cache folder; it need not exist.
    public let root: String
    let models: [KnownModel]
    let environment: [String: String]
    let runner: any CommandRunner

    /// The cache that the environment names.
    public init() {
        let environment = ProcessInfo.processInfo.environment
        self.init(root: Self.root(environment), environment: environment)
    }

    /// A cache at another place.
    public init(root: String) {
        self.init(root: root, environment: ProcessInfo.processInfo.environment)
    }

    init(
        root: String, models: [KnownModel] = ModelStore.knownModels, environment: [String: String],
        runner: any CommandRunner = ProcessRunner()
    ) {
        self.root = root
        self.models = models
        self.environment = environment
        self.runner = runner
    }

    static func root(_ environment: [String: String]) -> String {
        if let path = environment["SPYRE_CACHE"], !path.isEmpty { return path }
        // The XDG base directory specification says to ignore relative paths.
        if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") { return path + "/spyre" }
        return home(environment) + "/.cache/spyre"
    }

    private static func home(_ environment: [String: String]) -> String {
        guard let home = environment["HOME"], home.hasPrefix("/") else { return NSHomeDirectory() }
        return home
    }

    var modelsDirectory: String { root + "/models" }

    /// Why nothing can be fetched into the cache, in the system's words; nil when it can be written.
    package var obstacle: String? { FolderAccess.obstacle(at: modelsDirectory) }

    /// Where the file of a known model is, or will be.
    public func path(of model: KnownModel) -> String { "\(modelsDirectory)/\(model.name)/\(model.fileName)" }

    /// Whether a known model has been fetched. Looks at the size only: files are checked before they come here.
    public func isCached(_ model: KnownModel) -> Bool {
        FileKind(path(of: model)) == .file(byteCount: model.byteCount)
    }

    /// Turns what a user calls a model into a path: an existing directory or file, or the name of a fetched model.
    /// What is at the path is not looked at.
    public func resolve(_ model: String) throws(ModelStoreError) -> String {
        let path = model.hasPrefix("~/") ? Self.home(environment) + model.dropFirst() : model
        switch FileKind(path) {
        case .directory, .file: return path
        case .other: throw .notAModel(path: path)
        case .missing: break
        }
        if let known = models.first(where: { $0.name == model }) { return try cachedPath(of: known) }
        guard model.contains("/") || model.hasSuffix(".gguf") || model.hasSuffix(".safetensors") else {
            let names = models.map(\.name)
            let close = NearMiss.find(model, among: names)
            throw .unknownModel(
                model, known: names, suggestions: close.isEmpty ? Self.neighbours(of: model) : close)
        }
        throw .noSuchPath(path, suggestions: Self.neighbours(of: path))
    }

    private func cachedPath(of model: KnownModel) throws(ModelStoreError) -> String {
        let path = path(of: model)
        switch FileKind(path) {
        case .file(model.byteCount): return path
        case .file(let got):
            throw .damagedCache(name: model.name, path: path, expected: model.byteCount, got: got)
        case .missing, .directory, .other: throw .notFetched(name: model.name)
        }
    }

    /// Existing paths beside a missing one whose name comes close to its name.
    private static func neighbours(of path: String) -> [String] {
        guard !path.isEmpty else { return [] }
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let close = NearMiss.find(url.lastPathComponent, among: names.filter { !$0.hasPrefix(".") })
        guard path.contains("/") else { return close }
        let prefix = (path as NSString).deletingLastPathComponent
        return close.map { (prefix as NSString).appendingPathComponent($0) }
    }
}
