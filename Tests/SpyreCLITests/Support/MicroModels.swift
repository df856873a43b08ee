import Foundation

/// The checkpoints of Tests/Fixtures/micro.
enum MicroModels {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/micro").path

    static func path(_ name: String) -> String { folder + "/" + name }
}
