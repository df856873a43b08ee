import SpyreCheckpoint

/// What `spyre inspect --json` prints.
struct InspectionRow: Encodable {
    private struct Tensor: Encodable {
        let name: String
        let type: String
        let shape: [Int]
        let bytes: Int
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let report: InspectionReport
    private let withTensors: Bool

    init(_ report: InspectionReport, withTensors: Bool) {
        self.report = report
        self.withTensors = withTensors
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(report.path, forKey: Key("path"))
        try fields.encode(report.format.rawValue, forKey: Key("format"))
        try fields.encode(report.files, forKey: Key("files"))
        try fields.encode(report.parameterCount, forKey: Key("parameters"))
        try fields.encode(report.byteCount, forKey: Key("bytes"))
        try fields.encode(report.typeTotals, forKey: Key("bytes_by_type"))
        try encodeModel(&fields)
        if !report.metadataKeys.isEmpty { try fields.encode(report.metadataKeys, forKey: Key("metadata_keys")) }
        if withTensors {
            let tensors = report.tensors.map {
                Tensor(name: $0.name, type: $0.elementType.rawValue, shape: $0.shape, bytes: $0.byteCount)
            }
            try fields.encode(tensors, forKey: Key("tensors"))
        }
    }

    private func encodeModel(_ fields: inout KeyedEncodingContainer<Key>) throws {
        switch report.configuration {
        case .success(let configuration):
            var nested = fields.nestedContainer(keyedBy: Key.self, forKey: Key("configuration"))
            for field in ConfigurationFields(configuration).fields {
                try nested.encode(field.value, forKey: Key(field.name))
            }
        case .failure(let error):
            try fields.encodeNil(forKey: Key("configuration"))
            try fields.encode(error.description, forKey: Key("configuration_error"))
        }
        switch report.tokenizer {
        case .success(let tokenizer): try fields.encode(TokenizerSummary(tokenizer), forKey: Key("tokenizer"))
        case .failure(let error):
            try fields.encodeNil(forKey: Key("tokenizer"))
            try fields.encode(FailureReport.text(of: error), forKey: Key("tokenizer_error"))
        }
    }
}
