import Foundation
import SpyreCheckpoint
import SpyreTestSupport
import Testing

@testable import FMS

/// Rotary tables against transformers', made by Tests/Fixtures/make_rope_goldens.py.
@Suite struct RotaryTableTests {
    struct Goldens: Decodable {
        let cases: [Golden]
    }
    struct Golden: Decodable {
        let name: String
        let theta: Double
        let headSize: Int
        let scaling: Scaling?
        let positions: [Int]
        let frequencies: [Float]
        let cos: [[Float]]
        let sin: [[Float]]
    }
    struct Scaling: Decodable {
        let factor: Double
        let lowFreqFactor: Double
        let highFreqFactor: Double
        let originalMaxPositionEmbeddings: Int
    }

    static func goldens() throws -> [(Golden, ModelConfiguration)] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("rope.json")))
        return try decoder.decode(Goldens.self, from: data).cases.map { golden in
            let scaling = golden.scaling.map {
                RoPEScaling.llama3(
                    factor: $0.factor, lowFrequencyFactor: $0.lowFreqFactor, highFrequencyFactor: $0.highFreqFactor,
                    originalContextLength: $0.originalMaxPositionEmbeddings)
            }
            let configuration = ModelConfiguration(
                vocabularySize: 1, hiddenSize: golden.headSize, intermediateSize: 1, layerCount: 1, headCount: 1,
                ropeTheta: golden.theta, ropeScaling: scaling, maximumPositions: 131_072)
            return (golden, configuration)
        }
    }

    /// Within one unit in the last place: two libraries' float32 powers may differ by that.
    @Test func frequenciesAreTransformers() throws {
        for (golden, configuration) in try Self.goldens() {
            let frequencies = RotaryTable.inverseFrequencies(configuration)
            #expect(frequencies.count == golden.frequencies.count)
            for (j, (ours, theirs)) in zip(frequencies, golden.frequencies).enumerated() {
                #expect(abs(ours - theirs) <= theirs.ulp, "\(golden.name) frequency \(j)")
            }
        }
    }

    /// One unit of a frequency turns the angle at position p by p units; cosine and sine follow with slope 1.
    @Test func rowsAreTransformers() throws {
        for (golden, configuration) in try Self.goldens() {
            let half = golden.headSize / 2
            let count = (golden.positions.max() ?? 0) + 1
            let table = RotaryTable.make(configuration, positions: count)
            #expect(table.count == count * golden.headSize)
            for (row, position) in golden.positions.enumerated() {
                for j in 0..<half {
                    let bound = Float(position) * golden.frequencies[j].ulp * 1.5 + Float.ulpOfOne
                    let cosine = table[(position * half + j) * 2]
                    let sine = table[(position * half + j) * 2 + 1]
                    #expect(abs(cosine - golden.cos[row][j]) <= bound, "\(golden.name) cos \(position) \(j)")
                    #expect(abs(sine - golden.sin[row][j]) <= bound, "\(golden.name) sin \(position) \(j)")
                }
            }
        }
    }

    /// GGUF files carry Llama 3's rule as divisors.
    @Test func frequencyFactorsDivide() throws {
        let factors: [Float] = [1, 2, 4, 8]
        let plain = ModelConfiguration(
            vocabularySize: 1, hiddenSize: 8, intermediateSize: 1, layerCount: 1, headCount: 1)
        var scaled = plain
        scaled.ropeScaling = .frequencyFactors(factors)
        #expect(
            RotaryTable.inverseFrequencies(scaled)
                == zip(RotaryTable.inverseFrequencies(plain), factors).map { $0 / $1 })
    }
}
