/// A page about a sweep of paged attention: one plot for every axis that varies, bars and a table.
package struct PagedAttentionPage {
    private let machine: [(String, String)]
    private let rows: [PagedAttentionRow]

    package init(machine: [(String, String)], rows: [PagedAttentionRow]) {
        self.machine = machine
        self.rows = rows
    }

    package var html: String {
        let facts = machine.filter { ["processor", "spyre", "date", "load average"].contains($0.0) }
        let line = facts.map { $0.0 == "load average" ? "load average \($0.1)" : $0.1 }.joined(separator: " · ")
        return ReportDocument(
            title: "Paged attention beside contiguous attention and a plain read", subtitle: line,
            sections: [axes, bars, table, mixes, description]
        ).html
    }

    // MARK: Plots

    private var axes: String {
        let figures = PagedAttentionAxis.all.compactMap { axis -> String? in
            let chart = PagedAttentionChart(axis: axis, rows: rows)
            guard !chart.lines.isEmpty else { return nil }
            return "<figure><figcaption>\(Markup.escape(axis.title))</figcaption>"
                + ReportDocument.legend(chart.legend) + ReportDocument.scrolling(chart.svg) + "</figure>"
        }
        guard !figures.isEmpty else { return "" }
        return ReportDocument.section(
            "What changes the speed",
            "One plot for every axis that has several values. A line is one setting of all other axes: solid is paged "
                + "attention, its blocks scattered over the cache; dashed is the same op over blocks in order. 100% is a "
                + "plain loop over the same keys and values, each read once, measured in turns with both. A line whose "
                + "name is base has the settings that most points share; other names say what differs.",
            "<div class=\"figures\">\(figures.joined(separator: "\n"))</div>")
    }

    private var bars: String {
        guard !rows.isEmpty else { return "" }
        let fastest = rows.map { max($0.gbps, $0.readGbps) }.max() ?? 1
        let classes = Series.classes(rows.map(\.shape.dtype))
        let bars = rows.map { row -> String in
            let width = Markup.number(100 * row.gbps / fastest), mark = Markup.number(100 * row.readGbps / fastest)
            return "<li><span class=\"name\">\(Markup.escape(name(row)))</span><span class=\"bar\">"
                + "<i class=\"\(classes[row.shape.dtype] ?? "c0")\" style=\"width:\(width)%\"></i>"
                + "<em style=\"left:\(mark)%\"></em></span>"
                + "<span class=\"value\">\(Markup.figure(row.gbps)) GB/s <small>"
                + "\(Markup.figure(100 * row.fraction.median))%, \(Markup.escape(row.level))</small></span></li>"
        }
        return ReportDocument.section(
            "Keys and values read per second",
            "Every point of the sweep, coloured by its type. The upright line is the plain loop over the same bytes.",
            "<ul class=\"bars\">\(bars.joined(separator: "\n"))</ul>")
    }

    private var several: (isas: Bool, threads: Bool) {
        (Set(rows.map(\.isa)).count > 1, Set(rows.map(\.threads)).count > 1)
    }

    private func name(_ row: PagedAttentionRow) -> String {
        row.shape.name + (several.isas ? ", \(row.isa)" : "") + (several.threads ? ", \(row.threads) threads" : "")
    }

    // MARK: Tables

    private var table: String {
        guard !rows.isEmpty else { return "" }
        let header = [
            "mix", "type", "layout", "isa", "in", "batch", "context", "heads", "size", "block", "threads", "µs",
            "lowest", "highest", "contiguous µs", "vs contiguous", "GB/s", "of limit", "error",
        ]
        let cells = rows.map { row -> [String] in
            let shape = row.shape
            return [
                shape.mix.rawValue, shape.dtype, shape.layout.rawValue, row.isa, row.level, "\(shape.sequences)",
                "\(shape.context)", "\(shape.heads)/\(shape.kvHeads)", "\(shape.headSize)", "\(shape.blockTokens)",
                "\(row.threads)", Markup.figure(row.seconds.median * 1e6), Markup.figure(row.seconds.minimum * 1e6),
                Markup.figure(row.seconds.maximum * 1e6), Markup.figure(row.contiguousSeconds * 1e6),
                Markup.figure(row.againstContiguous.median) + "x", Markup.figure(row.gbps),
                Markup.figure(100 * row.fraction.median) + "%", Markup.figure(row.check.worst),
            ]
        }
        return ReportDocument.section(
            "Every point",
            "Times are medians, with the lowest and the highest. Of contiguous attention: its time over that of paged "
                + "attention, so that below 1 paging costs. Of the limit: the time of a plain read of all distinct keys "
                + "and values over that of the kernel. Every result has the bits of contiguous attention; the error is "
                + "the largest found against float64, in parts of the bound that the library promises.",
            ReportDocument.table(header, cells, numbersFrom: 5))
    }

    private var mixes: String {
        let used = BatchMix.allCases.filter { mix in rows.contains { $0.shape.mix == mix } }
        let layouts = KVLayout.allCases.filter { layout in rows.contains { $0.shape.layout == layout } }
        return ReportDocument.section(
            "Batches and layouts", "With C the context and n the batch size.",
            ReportDocument.list(used.map { ($0.rawValue, $0.formula) } + layouts.map { ($0.rawValue, $0.formula) }))
    }

    private var description: String {
        ReportDocument.section("Machine", "What the figures were measured on.", ReportDocument.list(machine))
    }
}
