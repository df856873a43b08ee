import CSpyreRoofline

/// Bytes that a piece of work has to move at least once. The three are different memory.
package struct MemoryTraffic: Sendable, Equatable {
    package var read: Int
    package var written: Int
    /// Read and written in place.
    package var updated: Int

    package init(read: Int = 0, written: Int = 0, updated: Int = 0) {
        self.read = read
        self.written = written
        self.updated = updated
    }

    /// Bytes through the load and store units.
    package var bytes: Int { read + written + 2 * updated }
    /// Bytes of memory that are touched: what has to fit in a cache.
    package var workingSet: Int { read + written + updated }

    /// Room that the same traffic needs, in whole cache lines.
    package var lineBytes: Int { [read, written, updated].reduce(0) { $0 + ($1 + 63) / 64 * 64 } }

    package var description: spyre_traffic {
        spyre_traffic(read: UInt64(read), written: UInt64(written), updated: UInt64(updated))
    }
}
