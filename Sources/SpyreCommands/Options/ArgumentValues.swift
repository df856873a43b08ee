import ArgumentParser
import SpyreExecutor
import SpyreGraph

// The argument parser lists all values in the help and in the error for an unknown one.
extension ModelDType: ExpressibleByArgument {}
extension KVCacheDType: ExpressibleByArgument {}
extension Backend: ExpressibleByArgument {}
