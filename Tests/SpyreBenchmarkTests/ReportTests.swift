import Testing

@testable import SpyreBenchmark

@Suite struct ReportTests {
    @Test func scales() {
        let linear = Scale(0...10, from: 100, to: 0)
        #expect(linear.position(0) == 100)
        #expect(linear.position(5) == 50)
        #expect(linear.position(20) == 0)
        #expect(linear.ticks(5) == [0, 2, 4, 6, 8, 10])
        let log = Scale(1...1000, from: 0, to: 300, isLogarithmic: true)
        #expect(abs(log.position(10) - 100) < 1e-9)
        #expect(log.position(0.001) == 0)
        #expect(log.ticks() == [1, 10, 100, 1000])
        #expect(Scale(2...3, from: 0, to: 1, isLogarithmic: true).ticks().isEmpty)
    }

    @Test func labelsKeepTheirDistance() {
        #expect(LabelPlacement.spread([10, 50], distance: 14, in: 0...100) == [10, 50])
        #expect(LabelPlacement.spread([10, 12, 11], distance: 10, in: 0...100) == [10, 30, 20])
        #expect(LabelPlacement.spread([95, 99], distance: 14, in: 0...100) == [86, 100])
        #expect(LabelPlacement.spread([], distance: 14, in: 0...100) == [])
    }

    @Test func labelsGoToTheFirstPlaceThatIsFree() {
        let places = [[(x: 0.0, y: 0.0), (x: 10.0, y: 0.0)], [(x: 20.0, y: 0.0)], [(x: 40.0, y: 0.0)]]
        #expect(LabelPlacement.clearest(places, avoiding: [], distance: 5) == 0)
        #expect(LabelPlacement.clearest(places, avoiding: [(x: 10, y: 3)], distance: 5) == 1)
        // None is free: the one with the most room.
        let everywhere = [(x: 9.0, y: 0.0), (x: 21.0, y: 0.0), (x: 43.0, y: 0.0)]
        #expect(LabelPlacement.clearest(places, avoiding: everywhere, distance: 5) == 2)
    }

    @Test func marksOfRowsHaveRoom() {
        #expect(ProductChart.apart([1, 8, 9, 16]) == [1, 8, 16])
        #expect(ProductChart.apart([]) == [])
    }

    @Test func figures() {
        #expect(Markup.number(1.005) == "1")
        #expect(Markup.number(-0.256) == "-0.26")
        #expect(Markup.number(3.5) == "3.5")
        #expect(Markup.number(7.03) == "7.03")
        #expect(Markup.number(.nan) == "0")
        #expect(Markup.figure(123456) == "123000")
        #expect(Markup.figure(0.012345) == "0.0123")
        #expect(Markup.figure(2) == "2")
        #expect(Markup.escape("<a b=\"&\">") == "&lt;a b=&quot;&amp;&quot;&gt;")
    }

    private func row(_ op: String, _ dtype: String, _ shape: String, peer: Bool = false) -> KernelRow {
        var samples = KernelSamples(peer: peer ? "Other <1>" : nil)
        (samples.kernel, samples.stream, samples.arithmetic) = ([2e-3], [1e-3], [5e-4])
        if peer { samples.peerSeconds = [4e-3] }
        return KernelRow(
            op: op, dtype: dtype, shape: shape,
            figures: KernelFigures(
                isa: "avx2", threads: 2, work: KernelWork(operations: 1e9, traffic: MemoryTraffic(read: 1 << 20)),
                level: "L2", check: KernelCheck(bound: "b"), seconds: samples.kernel, limits: samples.limits),
            samples: samples)
    }

    private let limits: [RooflineRow] = [
        .peak(PeakLoop.all[0], threads: 1, Spread([4e10])), .peak(PeakLoop.all[0], threads: 2, Spread([7e10, 8e10])),
        .bandwidth(.read, level: "L1", bytes: 1, threads: 2, Spread([4e11])),
        .bandwidth(.read, level: "DRAM", bytes: 1, threads: 2, Spread([3e10])),
        .bandwidth(.write, level: "DRAM", bytes: 1, threads: 2, Spread([9e10])),
        .primitive(.barrier, threads: 2, Spread([1e-7])),
    ]

    @Test func roofsAreTheBestOfAllThreads() {
        let roofs = RooflineChart.Roofs(limits)
        #expect(roofs.peaks.map(\.rate) == [8e10])
        #expect(roofs.levels.map(\.name) == ["L1", "DRAM"])
        #expect(roofs.levels.map(\.rate) == [4e11, 3e10])
    }

    /// One self-contained page that has every kernel twice: as a mark and as a row.
    @Test func thePageHasEverything() {
        let rows = [
            row("matmul", "float32", "1x64x32", peer: true), row("matmul", "float32", "8x64x32", peer: true),
            row("attention_decode", "bfloat16", "512x32x8x64"), row("rms_norm", "float32", "512x576"),
        ]
        let page = ReportPage(
            title: "A & B", machine: [("processor", "<x>"), ("date", "today")], limits: limits, kernels: rows)
        let html = page.html
        for row in rows {
            #expect(html.contains("<title>\(row.op) \(row.dtype) \(row.shape) avx2"), "\(row.op)")
            #expect(html.contains("<td>\(row.op)</td><td>\(row.dtype)</td><td>\(row.shape)</td>"), "\(row.op)")
        }
        #expect(html.contains("<h1>A &amp; B</h1>"))
        #expect(html.contains("&lt;x&gt;") && !html.contains("<x>"))
        #expect(html.contains("best of Other &lt;1&gt;"))
        for outside in ["<script", "src=", "http://", "https://", "url(", "@import", "NaN", "inf,"] {
            #expect(!html.contains(outside), "\(outside)")
        }
        for name in ["svg", "section", "table", "ul", "g", "figure"] {
            let opened = html.split(separator: "<\(name)").count - 1
            #expect(opened == html.split(separator: "</\(name)>").count - 1 || name == "g", "\(name)")
        }
        let bare = ReportPage(title: "t", machine: [], limits: [], kernels: []).html
        #expect(bare.hasSuffix("</html>\n"))
    }
}
