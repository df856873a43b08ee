import Foundation
import SpyreCheckpoint

/// Cosines and sines of rotary position embedding, `[positions, headSize / 2, 2]` in float32.
///
/// Frequencies and angles are formed in float32 step by step as transformers forms them: at position 100,000 the
/// rounding of a frequency turns an angle by some thousandths, and a model was trained with that rounding.
public enum RotaryTable {
    /// Name of the table among a graph's parameters.
    public static let name = "rope.table"

    public static func make(_ configuration: ModelConfiguration, positions: Int) -> [Float] {
        let frequencies = inverseFrequencies(configuration)
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
    static func inverseFrequencies(_ configuration: ModelConfiguration) -> [Float] {
        let size = Float(configuration.headSize)
        let theta = Float(configuration.ropeTheta)
        let plain = (0..<(configuration.headSize / 2)).map { 1 / powf(theta, Float(2 * $0) / size) }
        switch configuration.ropeScaling {
        case nil:
            return plain
        case .frequencyFactors(let factors):
            return zip(plain, factors).map { $0 / $1 }
        case .llama3(let factor, let low, let high, let original):
            return plain.map {
                llama3($0, factor: Float(factor), low: Float(low), high: Float(high), original: Float(original))
            }
        }
    }

    /// Llama 3.1's rule: long wavelengths are stretched, short ones stay, those between are blended.
    private static func llama3(_ frequency: Float, factor: Float, low: Float, high: Float, original: Float) -> Float {
        let wavelength = Float(2 * Double.pi) / frequency
        if wavelength > original / low { return frequency / factor }
        if wavelength < original / high { return frequency }
        let blend = (original / wavelength - low) / (high - low)
        return (1 - blend) * frequency / factor + blend * frequency
    }
}
