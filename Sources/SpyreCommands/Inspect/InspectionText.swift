import SpyreCheckpoint

/// What `spyre inspect` prints for people.
struct InspectionText {
    private let report: InspectionReport
    private let withTensors: Bool

    private static let nameWidth = 22

    init(_ report: InspectionReport, withTensors: Bool) {
        self.report = report
        self.withTensors = withTensors
    }

    var text: String {
        var lines = [
            OneLine.text(report.path),
            row("format", report.format.rawValue + (report.files.count > 1 ? ", \(report.files.count) files" : "")),
            row("parameters", "\(report.parameterCount)"), row("bytes", Decimals.bytes(report.byteCount)),
        ]
        for total in report.typeTotals {
            let size = "\(Decimals.bytes(total.bytes)) in \(total.tensors) tensors"
            lines.append(row("  " + total.type, size + (total.remark.map { ", " + $0 } ?? "")))
        }
        switch report.configuration {
        case .success(let configuration):
            lines += ConfigurationFields(configuration).fields.map { row($0.name, $0.value.description) }
        case .failure(let error): lines.append(row("cannot run", error.description))
        }
        switch report.tokenizer {
        case .success(let tokenizer): lines.append(row("tokenizer", TokenizerSummary(tokenizer).line))
        case .failure(let error): lines.append(row("no tokenizer", OneLine.text(FailureReport.text(of: error))))
        }
        if withTensors { lines += tensorTable }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ name: String, _ value: String) -> String { name.padding(to: Self.nameWidth) + " " + value }

    private var tensorTable: [String] {
        let rows = report.tensors.map { tensor in
            [
                OneLine.text(tensor.name), tensor.elementType.rawValue,
                "[" + tensor.shape.map(String.init).joined(separator: ", ") + "]", Decimals.bytes(tensor.byteCount),
            ]
        }
        return [""] + TextTable(header: ["tensor", "type", "shape", "size"], rows: rows).lines
    }
}
