import SpyreExecutor
import Testing

@testable import SpyreCheckpoint
@testable import SpyreCommands

@Suite struct WeightBytesTests {
    private func count(_ type: ElementType, _ shape: [Int], _ dtype: ModelDType = .auto) -> Int? {
        // The bytes in the file are not what is asked for.
        let tensor = CheckpointTensor(
            name: "a", elementType: type, shape: shape, byteCount: 1, fileIndex: 0, fileOffset: 0)
        return WeightBytes.count([tensor, tensor], dtype: dtype)
    }

    /// Bytes of two matrices of 128 x 64 elements as the device packs them: a Q8_0 block has 34 bytes for 32 elements, a
    /// Q4_1 block 20 and a Q4_0 block 18.
    @Test(arguments: [
        (ElementType.float32, 2 * 128 * 64 * 4), (.float16, 2 * 128 * 64 * 2), (.bfloat16, 2 * 128 * 64 * 2),
        (.q8_0, 2 * 128 * 2 * 34), (.q4_1, 2 * 128 * 2 * 20), (.q4_0, 2 * 128 * 2 * 18),
    ])
    func matricesAreCountedAsTheyArePacked(_ type: ElementType, _ bytes: Int) {
        #expect(count(type, [128, 64]) == bytes)
        #expect(count(type, [128, 64], .float32) == 2 * 128 * 64 * 4)
        #expect(count(type, [128, 64], .bfloat16) == 2 * 128 * 64 * 2)
    }

    /// A Q4_K super-block of 256 has 148 bytes on the device, where scales have a byte each; Q6_K has the file's 210.
    @Test func superBlocksAreCounted() {
        #expect(count(.q4_K, [64, 512]) == 2 * 64 * 2 * 148 && count(.q6_K, [64, 512]) == 2 * 64 * 2 * 210)
    }

    @Test func fiveBitsAreHeldInEight() {
        #expect(count(.q5_0, [64, 96]) == count(.q8_0, [64, 96]) && count(.q5_0, [64, 96]) != nil)
    }

    @Test func outputsFillPanelsAndVectorsAreFloat32() {
        #expect(count(.float32, [65, 3]) == 2 * 128 * 3 * 4)
        #expect(count(.bfloat16, [7]) == 2 * 7 * 4)
    }

    @Test func whatCannotBePackedIsNotCounted() {
        #expect(count(.q5_K, [64, 256]) == nil && count(.q5_1, [64, 256]) == nil && count(.int32, [64, 2]) == nil)
        #expect(count(.iq2_S, [64, 256], .float32) == nil && count(.q5_K, [64, 256], .bfloat16) != nil)
        #expect(count(.q6_K, [64, 128]) == nil)
        #expect(count(.q8_0, [64, 33]) == nil)
    }
}
