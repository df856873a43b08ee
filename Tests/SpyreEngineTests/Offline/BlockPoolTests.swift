import Testing

@testable import SpyreEngine

@Suite struct BlockPoolTests {
    private func expectPromise(_ count: Int, of pool: inout BlockPool, _ expected: Bool) {
        let given = pool.promise(count)
        #expect(given == expected)
    }

    @Test func blockZeroIsNeverHandedOut() throws {
        var pool = BlockPool(blockCount: 5)
        #expect(pool.capacity == 4)
        expectPromise(4, of: &pool, true)
        let blocks = try (0..<4).map { _ in try pool.allocate() }
        #expect(blocks == [1, 2, 3, 4])
        #expect(throws: BlockPoolError.self) { try pool.allocate() }
    }

    @Test func promisesAreKept() throws {
        var pool = BlockPool(blockCount: 5)
        expectPromise(3, of: &pool, true)
        expectPromise(2, of: &pool, false)
        #expect(pool.availableCount == 1)
        let block = try pool.allocate()
        expectPromise(2, of: &pool, false)
        try pool.withdraw(2)
        expectPromise(3, of: &pool, true)
        try pool.release([block])
        #expect(pool.availableCount == 1)
    }

    @Test func nothingIsHandedOutWithoutAPromise() {
        var pool = BlockPool(blockCount: 5)
        #expect(throws: BlockPoolError.notPromised(count: 1, promised: 0)) { try pool.allocate() }
        #expect(throws: BlockPoolError.notPromised(count: 1, promised: 0)) { try pool.withdraw(1) }
        expectPromise(-1, of: &pool, false)
    }

    @Test func aBlockIsFreedOnce() throws {
        var pool = BlockPool(blockCount: 5)
        expectPromise(2, of: &pool, true)
        let block = try pool.allocate()
        try pool.release([block])
        #expect(throws: BlockPoolError.freedTwice(block)) { try pool.release([block]) }
        #expect(throws: BlockPoolError.freedTwice(3)) { try pool.release([3]) }
        #expect(throws: BlockPoolError.unknownBlock(0)) { try pool.release([0]) }
        #expect(throws: BlockPoolError.unknownBlock(5)) { try pool.release([5]) }
        #expect(throws: BlockPoolError.unknownBlock(-1)) { try pool.release([-1]) }
    }

    @Test(arguments: [-3, 0, 1]) func aPoolWithoutBlocksPromisesNothing(count: Int) {
        var pool = BlockPool(blockCount: count)
        #expect(pool.capacity == 0)
        expectPromise(1, of: &pool, false)
    }
}
