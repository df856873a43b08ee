import SpyreCheckpoint
import SpyreGraph
import SpyreTestSupport
import Testing

@testable import SpyreExecutor

/// The scales of an int8 cache.
@Suite struct KVCacheCalibrationTests {
    /// What is cut shows how far from its size an element was: a step of 16. What is not, how large it is.
    @Test func scalesComeNearer() {
        #expect(KVCacheCalibration.next(0.5, 127) == 8)
        #expect(KVCacheCalibration.next(0.5, 64) == 0.5)
        #expect(KVCacheCalibration.next(0.5, 32) == 0.25)
        #expect(KVCacheCalibration.next(64, 0) == 0.5)
        // Elements that are all 0 would need no scale at all: it stays a normal number.
        var scale: Float = 1
        for _ in 0..<100 { scale = KVCacheCalibration.next(scale, 0) }
        #expect(scale.isNormal && scale < 0x1p-110)
    }

    @Test func thePromptIsOfTheVocabularyAndNeverTheSameTwice() {
        for vocabulary in [1, 7, 128, 49152, 1 << 20] {
            let prompt = KVCacheCalibration.prompt(256, vocabulary: vocabulary)
            #expect(prompt.count == 256 && prompt.allSatisfy { (0..<Int32(vocabulary)).contains($0) })
            #expect(vocabulary < 49152 || Set(prompt).count == 256)
            #expect(prompt == KVCacheCalibration.prompt(256, vocabulary: vocabulary))
        }
    }

    /// The largest code of each head after calibration is near the target, on every backend; another executor has the
    /// same logits, on any number of threads.
    @Test(arguments: Backend.allCases)
    func logitsAreThoseOfTheLastTime(backend: Backend) throws {
        let logits = try [1, 2, 3].map { threads in
            let session = try Session(
                Fixtures.path("micro/llama-gqa"), backend: backend, kvCacheDType: .int8, threads: threads,
                sequences: 1)
            return try session.run([(0, [5, 6, 7, 8, 9, 10, 11, 12, 13])], allLogits: true)
        }
        #expect(logits[1] == logits[0] && logits[2] == logits[0])
        #expect(logits[0].joined().allSatisfy { $0.isFinite })
    }

    /// A model of one block of tokens and a step of a few rows is calibrated too.
    @Test func shortModelsAndSteps() throws {
        for (length, rows) in [(1, 1), (5, 3), (64, 200), (100, 7)] {
            let session = try Session(
                Fixtures.path("micro/llama-gqa"), kvCacheDType: .int8, length: length, sequences: 1, stepRows: rows)
            #expect(try session.run([(0, [5])])[0].allSatisfy { $0.isFinite })
        }
    }
}
