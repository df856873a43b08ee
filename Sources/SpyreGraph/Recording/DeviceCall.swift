import SpyreDevice

/// Runs a call of the device and throws its failure as the graph's.
func deviceCall<R>(_ body: () throws(DeviceError) -> R) throws(GraphError) -> R {
    do throws(DeviceError) { return try body() } catch { throw .device(error) }
}
