/// A page about a machine and the kernels on it: one file that needs nothing else.
package struct ReportPage {
    package let title: String
    /// Labels and values about the machine.
    package let machine: [(String, String)]
    package let limits: [RooflineRow]
    package let kernels: [KernelRow]

    package init(title: String, machine: [(String, String)], limits: [RooflineRow], kernels: [KernelRow]) {
        self.title = title
        self.machine = machine
        self.limits = limits
        self.kernels = kernels
    }

    private var roofs: RooflineChart.Roofs { RooflineChart.Roofs(limits) }
    private var classes: [String: String] { Series.classes(kernels.map(\.dtype)) }

    package var html: String {
        let facts = machine.filter { ["processor", "spyre", "date", "load average"].contains($0.0) }
        let line = facts.map { $0.0 == "load average" ? "load average \($0.1)" : $0.1 }.joined(separator: " · ")
        return ReportDocument(
            title: title, subtitle: line, tiles: tiles,
            sections: [roofline, products, bandwidth, table, limitTables, description]
        ).html
    }

    private var tiles: [ReportDocument.Tile] {
        let peaks = roofs.peaks.map { ("\($0.type) peak", Markup.figure($0.rate * 1e-9), "Gop/s") }
        let levels = roofs.levels.suffix(1).map { ("\($0.name) read", Markup.figure($0.rate * 1e-9), "GB/s") }
        return (peaks + levels).map { ReportDocument.Tile(name: $0, value: $1, unit: $2) }
    }

    // MARK: Plots

    private var roofline: String {
        guard !roofs.peaks.isEmpty || !kernels.isEmpty else { return "" }
        let chart = RooflineChart(roofs: roofs, kernels: kernels, classes: classes)
        let legend = classes.sorted { $0.value < $1.value }.map { (name: $0.key, style: $0.value, isLine: false) }
        let shapes = kernels.isEmpty ? [] : Series.Mark.allCases
        return ReportDocument.section(
            "Roofline",
            "A kernel can lie neither above the slope of the memory that its operands come from nor above the peak of "
                + "its type. Slopes are read rates of all threads together, peaks those of the best instruction set.",
            legendList(legend, shapes: shapes) + ReportDocument.scrolling(chart.svg))
    }

    private func legendList(
        _ entries: [(name: String, style: String, isLine: Bool)], shapes: [Series.Mark] = []
    ) -> String {
        let lines = entries.map { entry in
            ReportDocument.LegendEntry(
                name: entry.name,
                drawing: entry.isLine
                    ? Chart.line(0, 7, 14, 7, entry.style)
                    : Series.Mark.product.svg(x: 7, y: 7, style: entry.style, title: ""))
        }
        return ReportDocument.legend(
            lines
                + shapes.map { shape in
                    ReportDocument.LegendEntry(
                        name: shape.rawValue, drawing: shape.svg(x: 7, y: 7, style: "plain", title: ""))
                })
    }

    private var products: String {
        let all = kernels.filter { Series.Mark(op: $0.op) == .product }
        let types = all.map(\.dtype).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard !types.isEmpty else { return "" }
        let figures = types.map { dtype -> String in
            let rows = all.filter { $0.dtype == dtype }
            let type = rows.first?.work.type.rawValue
            let chart = ProductChart(
                dtype: dtype, kernels: rows, peak: roofs.peaks.first { $0.type == type }?.rate)
            return "<figure><figcaption>\(Markup.escape(dtype))</figcaption>\(legendList(chart.legend))"
                + ReportDocument.scrolling(chart.svg) + "</figure>"
        }
        return ReportDocument.section(
            "Matrix products against size",
            "Rates over the rows M of the activations; a line is one weight matrix, N x K. The peak is that of the type "
                + "that the products are computed in.",
            "<div class=\"figures\">\(figures.joined(separator: "\n"))</div>")
    }

    private var bandwidth: String {
        let rows = kernels.filter(\.isMemoryBound)
        guard !rows.isEmpty else { return "" }
        let fastest = rows.map { max($0.gbps, Double($0.work.traffic.bytes) / $0.limitSeconds * 1e-9) }.max() ?? 1
        let bars = rows.map { row -> String in
            let limit = Double(row.work.traffic.bytes) / row.limitSeconds * 1e-9
            let name = Markup.escape("\(row.op) \(row.dtype) \(row.shape)" + (isaVaries ? " \(row.isa)" : ""))
            let width = Markup.number(100 * row.gbps / fastest), mark = Markup.number(100 * min(1, limit / fastest))
            return "<li><span class=\"name\">\(name)</span><span class=\"bar\">"
                + "<i class=\"\(classes[row.dtype] ?? "c0")\" style=\"width:\(width)%\"></i>"
                + "<em style=\"left:\(mark)%\"></em></span>"
                + "<span class=\"value\">\(Markup.figure(row.gbps)) GB/s"
                + " <small>\(Markup.figure(100 * row.fraction.median))%, \(Markup.escape(row.level))</small></span></li>"
        }
        return ReportDocument.section(
            "Bandwidth of memory-bound kernels",
            "The bar is the rate at which a kernel moves the bytes that it has to move; the upright line is a plain loop "
                + "over the same bytes, in turns with it, and the percentage what the kernel reaches of that.",
            "<ul class=\"bars\">\(bars.joined(separator: "\n"))</ul>")
    }

    private var isaVaries: Bool { Set(kernels.map(\.isa)).count > 1 }

    // MARK: Tables

    private var table: String {
        guard !kernels.isEmpty else { return "" }
        let hasPeers = kernels.contains { $0.peer != nil }
        let header = [
            "op", "type", "shape", "isa", "in", "bound by", "of limit", "Gop/s", "GB/s", "µs", "lowest", "highest",
            "error",
        ]
        let rows = kernels.map { row -> [String] in
            let cells = [
                row.op, row.dtype, row.shape, row.isa, row.level, row.isMemoryBound ? "memory" : "compute",
                Markup.figure(100 * row.fraction.median) + "%", Markup.figure(row.gops), Markup.figure(row.gbps),
                Markup.figure(row.seconds.median * 1e6), Markup.figure(row.seconds.minimum * 1e6),
                Markup.figure(row.seconds.maximum * 1e6), Markup.figure(row.check.worst),
            ]
            return cells + (hasPeers ? [row.peer.map { Markup.figure($0.ratio) + "x" } ?? ""] : [])
        }
        let threads = Set(kernels.map(\.threads)).sorted().map(String.init).joined(separator: ", ")
        return ReportDocument.section(
            "Every kernel",
            "\(threads) threads. Times are medians, with the lowest and the highest; the limit is the larger of the "
                + "time to move the bytes and the time to do the arithmetic, measured in turns with the kernel. Error "
                + "is the largest one found, in parts of the bound that the library promises.",
            ReportDocument.table(header + (hasPeers ? ["vs OpenBLAS"] : []), rows, numbersFrom: 6))
    }

    private var limitTables: String {
        var (peaks, memory, threads) = ([[String]](), [[String]](), [[String]]())
        for row in limits {
            switch row {
            case .peak(let loop, let count, let rate):
                let figures = rate.map { [$0.maximum, $0.median, $0.minimum].map { Markup.figure($0 * 1e-9) } }
                let note = loop.missing.map { "not here: \($0) is missing" } ?? loop.instructions
                peaks.append([loop.isa, loop.type.rawValue, note, "\(count)"] + (figures ?? ["-", "-", "-"]))
            case .bandwidth(let operation, let level, let bytes, let count, let rate):
                memory.append(
                    [level, operation.rawValue, "\(Markup.figure(Double(bytes) * 1e-6))", "\(count)"]
                        + [rate.maximum, rate.median, rate.minimum].map { Markup.figure($0 * 1e-9) })
            case .primitive(let primitive, let count, let time):
                threads.append(
                    [primitive.rawValue, "\(count)"]
                        + [time.minimum, time.median, time.maximum].map { Markup.figure($0 * 1e9) })
            }
        }
        guard !limits.isEmpty else { return "" }
        return ReportDocument.section(
            "Limits of the processor",
            "Loops that do nothing but arithmetic on registers, and plain loops over memory. The best sample is nearest "
                + "to the limit: whatever else the machine does only slows a loop down.",
            ReportDocument.table(
                ["isa", "type", "instructions", "threads", "best Gop/s", "median", "lowest"], peaks, numbersFrom: 3)
                + ReportDocument.table(
                    ["memory", "loop", "MB", "threads", "best GB/s", "median", "lowest"], memory, numbersFrom: 2)
                + ReportDocument.table(
                    ["threads together", "threads", "best ns", "median", "highest"], threads, numbersFrom: 1))
    }

    private var description: String {
        ReportDocument.section(
            "Machine", "What the figures were measured on.", ReportDocument.list(machine))
    }
}
