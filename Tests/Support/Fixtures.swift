import Foundation

/// Paths of Tests/Fixtures.
public enum Fixtures {
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures")

    public static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

    /// Path of the default model when it has been fetched, else nil: tests that need it are skipped then.
    public static let smolLM2: String? = {
        let cache = cacheRoot(ProcessInfo.processInfo.environment)
        let path = cache + "/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    /// Where `spyre pull` puts models: the rules of `ModelStore`, written out because tests of the modules below the
    /// engine use this too. SpyreEngineTests holds the two against each other.
    public static func cacheRoot(_ environment: [String: String]) -> String {
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        if let path = environment["SPYRE_CACHE"], !path.isEmpty { return path }
        if let path = absolute("XDG_CACHE_HOME") { return path + "/spyre" }
        return (absolute("HOME") ?? NSHomeDirectory()) + "/.cache/spyre"
    }
}
