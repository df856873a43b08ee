/// The weights of a Hugging Face directory: one file, or shards with an index.
enum SafetensorsDirectory {
    static let singleName = "model.safetensors"
    static let indexName = "model.safetensors.index.json"

    /// Maps the files and reads their headers. A single `model.safetensors` goes before an index, as in transformers.
    ///
    /// - Returns: the mapped files and the tensors of all of them in file order.
    static func open(_ directory: String) throws(CheckpointError) -> (files: [MappedFile], tensors: [CheckpointTensor])
    {
        if try FileStatus(path: directory + "/" + singleName) != .missing {
            return try openSingle(directory + "/" + singleName)
        }
        if try FileStatus(path: directory + "/" + indexName) != .missing {
            return try openSharded(directory)
        }
        let names = try FileStatus.names(inDirectory: directory)
        let weights = names.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
        guard let only = weights.first else {
            throw .noWeights(directory: directory, hint: hint(for: names))
        }
        guard weights.count == 1 else { throw .missingIndex(directory: directory, files: weights.count) }
        return try openSingle(directory + "/" + only)
    }

    private static func openSingle(
        _ path: String
    ) throws(CheckpointError) -> (files: [MappedFile], tensors: [CheckpointTensor]) {
        let file = try MappedFile(path: path)
        return ([file], try SafetensorsHeader(file, index: 0).tensors)
    }

    private static func openSharded(
        _ directory: String
    ) throws(CheckpointError) -> (files: [MappedFile], tensors: [CheckpointTensor]) {
        let index = try SafetensorsIndex(path: directory + "/" + indexName)
        // First what a user can mend at once: an incomplete download.
        for shard in index.shards where try FileStatus(path: directory + "/" + shard) == .missing {
            throw .missingShard(file: index.file, shard: shard)
        }
        var files: [MappedFile] = []
        var tensors: [CheckpointTensor] = []
        var found: Set<String> = []
        for (position, shard) in index.shards.enumerated() {
            let file = try MappedFile(path: directory + "/" + shard)
            for tensor in try SafetensorsHeader(file, index: position).tensors {
                guard index.placement[tensor.name] == position else {
                    throw .tensorNotInIndex(file: index.file, tensor: tensor.name, shard: shard)
                }
                found.insert(tensor.name)
                tensors.append(tensor)
            }
            files.append(file)
        }
        if let (tensor, position) = index.placement.filter({ !found.contains($0.key) }).min(by: { $0.key < $1.key }) {
            throw .tensorNotInShard(file: index.file, tensor: tensor, shard: index.shards[position])
        }
        return (files, tensors)
    }

    private static func hint(for names: [String]) -> String {
        if let file = names.first(where: { $0.hasSuffix(".gguf") }) {
            return "give the file \(file) in it instead of the directory"
        }
        if names.contains(where: { $0.hasSuffix(".bin") || $0.hasSuffix(".pt") || $0.hasSuffix(".pth") }) {
            return "PyTorch files are not read because they can hold code; convert the model to safetensors"
        }
        return "fetch the model's weights into it"
    }
}
