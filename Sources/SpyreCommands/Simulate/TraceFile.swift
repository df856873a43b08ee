import SpyreScheduler

/// The requests of `spyre simulate --trace`.
struct TraceFile {
    private static let expected = #"{"arrival": 0.5, "prompt_len": 128, "output_len": 64}"#
    let requests: [TraceRequest]

    init(path: String) throws(CommandFailure) {
        let file = try JSONLinesFile(path: path, example: Self.expected) { line throws(CommandFailure) in
            let request = try JSONRecord.decode(TraceRequest.self, from: line, expected: Self.expected)
            if let fault = request.fault { throw CommandFailure(fault) }
            return request
        }
        requests = file.entries.map(\.record)
    }
}
