import Foundation

/// Where a server is: `http://127.0.0.1:8000`, with or without `/v1` at its end.
package struct ServerAddress: Sendable, Equatable {
    /// Without a slash at its end, and without `/v1`.
    package let base: String

    /// - Returns: nil for text that is not the address of a web server.
    package init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty, parts.query == nil,
            parts.fragment == nil, parts.user == nil, parts.password == nil
        else { return nil }
        var base = text
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix("/v1") { base.removeLast(3) }
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
    }

    package func url(_ path: String) -> String { base + path }
}
