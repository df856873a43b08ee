import Foundation
import SpyreServeBenchmark

/// The requests of `--prompts-file`, over and over.
struct PromptsFile: RequestSource {
    let count: Int
    private let requests: ListedRequests

    /// - Parameter outputLengths: of the lines that have no `max_tokens`; drawn by the seed and the line's number.
    init(
        path: String, endpoint: CompletionEndpoint, outputLengths: ClosedRange<Int>, seed: UInt64
    ) throws(CommandFailure) {
        let file = try JSONLinesFile(path: path, example: PromptLine.expected) { line throws(CommandFailure) in
            try PromptLine(line: line, endpoint: endpoint).request
        }
        let lengths = RandomRequests(
            endpoint: endpoint, inputLengths: 1...1, outputLengths: outputLengths, seed: seed)
        let rows = file.entries.enumerated().map { index, entry in
            var request = entry.record
            if !PromptLine.lengthFields.contains(where: { request.fields[$0] != nil }) {
                request.maxTokens = lengths.request(index).maxTokens
            }
            return request
        }
        guard let requests = ListedRequests(rows) else {
            throw CommandFailure("\(file.name): is empty; write one JSON object per line: \(PromptLine.expected)")
        }
        (count, self.requests) = (rows.count, requests)
    }

    func request(_ index: Int) -> BenchmarkRequest { requests.request(index) }
}
