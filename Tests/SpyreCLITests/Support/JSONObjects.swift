import Foundation
import Testing

/// Parses lines of standard output that have to be JSON objects, all of them.
func jsonObjects(_ output: String) throws -> [[String: Any]] {
    try output.split(separator: "\n").map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
}
