import CSpyreKernels
import Testing

/// A type of weight matrix for the sweeps: how its bytes in a file are drawn, an independent decoder of them, and what
/// a product makes of the activations. Its kernel is `matmul_<name>`.
struct WeightFormat: Sendable, CustomTestStringConvertible {
    /// A stored weight: the value, and the size of the terms that it is made of.
    struct Element {
        var value: Double
        var size: Double

        init(_ value: Double, size: Double? = nil) {
            self.value = value
            self.size = size ?? abs(value)
        }
    }

    var name: String
    var type: Int
    /// Values of a block along K.
    var block: Int
    var preparation: Preparation
    /// Where in a block its 16-bit numbers are.
    var halves: [Int] = []
    /// The values of a row have a float32 scale in common, beside the file's bytes.
    var scaledRows = false
    /// Draws the bytes of one block.
    var draw: @Sendable (inout SplitMix64) -> [UInt8]
    /// Every block of a file, with the values of its bytes.
    var decode: @Sendable (ArraySlice<UInt8>) -> [Element]
    /// A block whose value `i` is 1 and all others 0, for formats that have one.
    var unit: (@Sendable (Int) -> [UInt8])?

    var kernel: String { "matmul_\(name)" }
    var testDescription: String { name }

    /// All types that the ABI can multiply. A new type needs its line here and nothing else.
    static let all: [WeightFormat] = [f32, bf16, f16, i8, q8_0, q4_0, q4_1, q4_k, q6_k]

    static func named(_ type: Int) -> WeightFormat? { (all + sources).first { $0.type == type } }
}

/// A weight matrix as stored in a file, and the exact values that it stands for.
struct Weight {
    let format: WeightFormat
    let bytes: [UInt8]
    let values: [Double]
    /// Size of the terms of each value.
    let sizes: [Double]
    /// One for each row, where the format has them.
    let scales: [Float]
    let outputs: Int
    let columns: Int
    var type: Int { format.type }

    init(_ format: WeightFormat, outputs: Int, columns: Int, using random: inout SplitMix64) {
        var bytes: [UInt8] = []
        for _ in 0..<outputs * columns / format.block { bytes += format.draw(&random) }
        let scales = format.scaledRows ? (0..<outputs).map { _ in Float.random(in: 0.001...0.01, using: &random) } : []
        self.init(format, outputs: outputs, columns: columns, bytes: bytes, scales: scales)
    }

    init(_ format: WeightFormat, outputs: Int, columns: Int, bytes: [UInt8], scales: [Float] = []) {
        (self.format, self.outputs, self.columns) = (format, outputs, columns)
        (self.bytes, self.scales) = (bytes, scales)
        let elements = format.decode(bytes[...])
        func scale(_ i: Int) -> Double { scales.isEmpty ? 1 : Double(scales[i / columns]) }
        values = elements.enumerated().map { $1.value * scale($0) }
        sizes = elements.enumerated().map { $1.size * abs(scale($0)) }
    }

    static func random(type: Int, outputs: Int, columns: Int, using random: inout SplitMix64) -> Weight {
        guard let format = WeightFormat.named(type) else { fatalError("weight type \(type) has no WeightFormat") }
        return Weight(format, outputs: outputs, columns: columns, using: &random)
    }

    /// The first `outputs` rows.
    func prefix(_ outputs: Int) -> Weight {
        Weight(
            format, outputs: outputs, columns: columns,
            bytes: Array(bytes.prefix(bytes.count / self.outputs * outputs)), scales: Array(scales.prefix(outputs)))
    }

    func image(_ device: Device) throws -> spyre_span {
        try device.weight(bytes, type: type, sourceType: type, outputs: outputs, columns: columns, scales: scales)
    }
}
