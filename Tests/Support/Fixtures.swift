import Foundation

/// Paths of Tests/Fixtures.
public enum Fixtures {
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures")

    public static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

    /// Path of the default model when it has been fetched, else nil: tests that need it are skipped then.
    public static let smolLM2: String? = {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["SPYRE_CACHE"] ?? environment["XDG_CACHE_HOME"].map { $0 + "/spyre" }
            ?? NSHomeDirectory() + "/.cache/spyre"
        let path = cache + "/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()
}
