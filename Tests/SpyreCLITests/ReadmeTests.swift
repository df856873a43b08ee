import Foundation
import Testing

/// The README shows code that is compiled with the package.
@Suite struct ReadmeTests {
    @Test func sampleIsTheSnippet() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        let snippet = try String(contentsOf: root.appendingPathComponent("Snippets/Generate.swift"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(snippet)```"))
    }
}
