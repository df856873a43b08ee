/// What a tensor name may look like.
enum TensorName {
    static func check(_ name: String, file: String, limit: Int) throws(CheckpointError) {
        guard !name.isEmpty else { throw .invalidTensorName(file: file, name: name, reason: "is empty") }
        guard name.utf8.count <= limit else {
            throw .invalidTensorName(file: file, name: name, reason: "is longer than \(limit) bytes")
        }
        guard name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalidTensorName(file: file, name: name, reason: "has control characters")
        }
    }
}
