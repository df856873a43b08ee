import CSpyreKernels

/// What a call of the device ABI reported.
struct SpyreFailure: Error, CustomStringConvertible {
    let description: String

    /// Calls a function of the ABI with a place for its error, and throws the error.
    static func check(_ call: (UnsafeMutablePointer<OpaquePointer?>) -> spyre_status) throws(SpyreFailure) {
        var error: OpaquePointer?
        let status = call(&error)
        guard status != 0 else { return }
        defer { spyre_error_release(error) }
        let name = String(cString: spyre_status_name(status))
        throw SpyreFailure(description: "\(name): \(String(cString: spyre_error_message(error)))")
    }
}
