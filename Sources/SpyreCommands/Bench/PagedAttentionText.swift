import SpyreBenchmark

/// A sweep of paged attention as a table, for people.
struct PagedAttentionText {
    let rows: [PagedAttentionRow]

    private static let header = [
        "mix", "type", "layout", "isa", "in", "batch", "context", "heads", "size", "block", "threads", "time",
        "lowest", "highest", "contig.", "vs contig.", "GB/s", "of limit", "error",
    ]

    var lines: [String] {
        let table = TextTable(
            header: Self.header, rows: rows.map(cells), rightAligned: Set(5..<Self.header.count))
        return [""] + table.lines
    }

    private func cells(_ row: PagedAttentionRow) -> [String] {
        let shape = row.shape
        return [
            shape.mix.rawValue, shape.dtype, shape.layout.rawValue, row.isa, row.level, "\(shape.sequences)",
            "\(shape.context)", "\(shape.heads)/\(shape.kvHeads)", "\(shape.headSize)", "\(shape.blockTokens)",
            "\(row.threads)", KernelText.time(row.seconds.median), KernelText.time(row.seconds.minimum),
            KernelText.time(row.seconds.maximum), KernelText.time(row.contiguousSeconds),
            Decimals.text(row.againstContiguous.median, digits: 2) + "x", Decimals.text(row.gbps, digits: 1),
            KernelText.percent(row.fraction.median), Decimals.text(row.check.worst, digits: 3),
        ]
    }
}
