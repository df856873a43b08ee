/// The executor of one Spyre device in this process.
public typealias SpyreExecutor = UniprocExecutor<SpyreDeviceSpec>
