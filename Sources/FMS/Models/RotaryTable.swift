import Foundation
import SpyreCheckpoint

/// Cosines and sines of rotary position embedding, `[positions, headSize / 2, 2]` in float32.
///
/// The angle is formed in float32 as position * frequency, which is what transformers does; its rounding is part of
/// what a model was trained with.
public enum RotaryTable {
    /// Name of the table among a graph's parameters.
    public static let name = "rope.table"

    public static func make(_ configuration: ModelConfiguration, positions: Int) -> [Float] {
        let frequencies = inverseFrequencies(configuration).map(Float.init)
        var table: [Float] = []
        table.reserveCapacity(positions * configuration.headSize)
        for position in 0..<positions {
            for frequency in frequencies {
                let angle = Double(Float(position) * frequency)
                table.append(Float(cos(angle)))
                table.append(Float(sin(angle)))
            }
        }
        return table
    }

    /// theta^(-2j / headSize), after the model's scaling.
    static func inverseFrequencies(_ configuration: ModelConfiguration) -> [Double] {
        let size = configuration.headSize
        let plain = (0..<(size / 2)).map { pow(configuration.ropeTheta, -Double(2 * $0) / Double(size)) }
        switch configuration.ropeScaling {
        case nil:
            return plain
        case .frequencyFactors(let factors):
            return zip(plain, factors).map { $0 / Double($1) }
        case .llama3(let factor, let low, let high, let original):
            return plain.map { llama3($0, factor: factor, low: low, high: high, original: Double(original)) }
        }
    }

    /// Llama 3.1's rule: long wavelengths are stretched, short ones stay, those between are blended.
    private static func llama3(_ frequency: Double, factor: Double, low: Double, high: Double, original: Double)
        -> Double
    {
        let wavelength = 2 * Double.pi / frequency
        if wavelength > original / low { return frequency / factor }
        if wavelength < original / high { return frequency }
        let blend = (original / wavelength - low) / (high - low)
        return (1 - blend) * frequency / factor + blend * frequency
    }
}
