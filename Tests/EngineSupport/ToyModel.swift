import SpyreEngine

/// A model without weights: the logits are a function of all tokens of the sequence, so that a token read from the
/// wrong place changes everything after it.
package struct ToyModel: Sendable {
    package static let vocabularySize = ByteTokenizer.vocabularySize

    /// Logits for the token after `history`.
    package var logits: @Sendable (_ history: ArraySlice<Int32>) -> [Float]

    /// Pseudo-random logits in -4 ..< 4; the end-of-sequence id is as likely as any other.
    package static let hashed = ToyModel { history in
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for token in history { state = (state ^ UInt64(UInt32(bitPattern: token))) &* 0x100_0000_01B3 }
        return (0..<vocabularySize).map { _ in
            // SplitMix64 (Steele, Lea and Flood, 2014).
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Float((mixed ^ (mixed >> 31)) >> 40) * 0x1p-21 - 4
        }
    }

    /// Says `script` after a prompt of `promptLength` tokens, and ends.
    package static func saying(_ script: [Int], promptLength: Int) -> ToyModel {
        ToyModel { history in
            let place = history.count - promptLength
            var row = [Float](repeating: 0, count: vocabularySize)
            row[place >= 0 && place < script.count ? script[place] : ByteTokenizer.eos] = 10
            return row
        }
    }

    package static func saying(_ text: String, promptLength: Int) -> ToyModel {
        saying(text.utf8.map(Int.init), promptLength: promptLength)
    }

    /// Logits that are not numbers for every sequence that has `token`; otherwise as `hashed`.
    package static func poisoned(by token: Int32) -> ToyModel {
        ToyModel { history in
            history.contains(token)
                ? [Float](repeating: .nan, count: vocabularySize) : hashed.logits(history)
        }
    }

    /// What the engine has to give, without engine: one sequence, no cache, the sampler.
    package func completion(
        _ prompt: [Int], _ params: SamplingParams, index: Int = 0, contextLength: Int, badWords: [[Int]] = []
    ) throws -> [Int] {
        var sampling = SequenceSampling(
            params, prompt: prompt, seed: SamplingSeed(params), index: index, vocabularySize: Self.vocabularySize,
            endTokens: [ByteTokenizer.eos], badWords: badWords)
        var sampler = Sampler()
        var history = prompt.map { Int32($0) }
        let room = min(params.maxTokens ?? contextLength, contextLength - prompt.count)
        while history.count - prompt.count < room {
            var row = logits(history[...])
            let token = try row.withUnsafeMutableBufferPointer { try sampler.sample($0, for: &sampling).tokenID }
            history.append(Int32(token))
            if token == ByteTokenizer.eos && !params.ignoreEOS { break }
        }
        return history.dropFirst(prompt.count).map { Int($0) }
    }
}
