import Testing

@testable import SpyreEngine

@Suite struct RadixSelectionTests {
    static func rows() -> [[Float]] {
        var generator = TestGenerator(11)
        var rows = [generator.row(1), generator.row(2), generator.row(333), generator.row(64, deviation: 1e-3)]
        rows.append((0..<200).map { _ in Float(Int.random(in: -3...3, using: &generator)) })
        rows.append([Float](repeating: 2.5, count: 50))
        rows.append([-.infinity, -.infinity, 0, -0.0, 0x1p-149, -0x1p-149, 3e38, -3e38, 1, 1, -1, -1])
        rows.append((0..<100).map { 1 + Float($0) * Float.ulpOfOne })
        return rows
    }

    @Test(arguments: rows())
    func greatestIsTheSortedRowsValue(row: [Float]) {
        var selection = RadixSelection()
        let sorted = row.sorted(by: >)
        for k in 1...row.count {
            #expect(row.withUnsafeBufferPointer { selection.greatest(k, of: $0) } == sorted[k - 1])
        }
    }

    @Test(arguments: rows().map { $0.map { abs($0) }.filter { $0 <= 1e30 } }, [1e-9, 0.1, 0.5, 0.9, 0.999999])
    func nucleusIsTheSortedRowsPrefix(weights: [Float], part: Double) {
        var selection = RadixSelection()
        let sorted = weights.sorted(by: >)
        let target = weights.reduce(0.0) { $0 + Double($1) } * part
        var kept = 0
        var before = 0.0
        while kept < sorted.count, kept == 0 || before < target {
            before += Double(sorted[kept])
            kept += 1
        }
        let threshold = sorted[kept - 1]
        let ties = sorted[..<kept].filter { $0 == threshold }.count
        let nucleus = weights.withUnsafeBufferPointer { selection.nucleus(of: $0, target: target) }
        #expect(nucleus == .init(threshold: threshold, ties: ties))
    }

    @Test func aTargetBeyondTheSumKeepsAll() {
        var selection = RadixSelection()
        let weights: [Float] = [0.5, 0.25, 0.25, 1]
        let nucleus = weights.withUnsafeBufferPointer { selection.nucleus(of: $0, target: 2.1) }
        #expect(nucleus == .init(threshold: 0.25, ties: 2))
    }
}
