extension CheckpointInventory {
    /// The configuration and the naming table that belongs to it.
    func readConfiguration() throws(CheckpointError) -> (ModelConfiguration, SourceNames) {
        if let metadata { return try readGGUF(metadata) }
        return try readHuggingFace(directory ?? path)
    }

    private func readGGUF(_ metadata: GGUFMetadata) throws(CheckpointError) -> (ModelConfiguration, SourceNames) {
        let reader = try GGUFConfiguration(metadata: metadata, tensors: tensors)
        let configuration = try reader.read(frequencyFactors: frequencyFactors())
        return (configuration, GGUFNames.llama)
    }

    /// The content of rope_freqs.weight, which is a part of the configuration.
    private func frequencyFactors() throws(CheckpointError) -> [Float]? {
        guard let tensor = tensors.first(where: { $0.name == GGUFNames.frequencyFactors }) else { return nil }
        guard tensor.elementType == .float32 else {
            throw .unsupportedWeightType(file: path, tensor: tensor.name, type: tensor.elementType)
        }
        guard tensor.shape.count == 1, tensor.elementCount <= Limits.headSize.upperBound, let file = files.first else {
            throw .wrongShape(file: path, tensor: tensor.name, found: tensor.shape, expected: [])
        }
        let range = tensor.fileOffset..<(tensor.fileOffset + tensor.byteCount)
        let factors = file.withBytes(in: range) { bytes in
            (0..<tensor.elementCount).map { index in
                Float(
                    bitPattern: UInt32(
                        littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
            }
        }
        return factors
    }

    private func readHuggingFace(_ directory: String) throws(CheckpointError) -> (ModelConfiguration, SourceNames) {
        let configPath = directory + "/config.json"
        guard try FileStatus(path: configPath) != .missing else { throw .missingConfiguration(directory: directory) }
        let reader = try HuggingFaceConfiguration(HuggingFaceObject(path: configPath))

        let generationPath = directory + "/generation_config.json"
        var generation: HuggingFaceObject?
        if try FileStatus(path: generationPath) != .missing {
            generation = try HuggingFaceObject(path: generationPath)
        }
        let name = directory.split(separator: "/").last.map(String.init)
        let configuration = try reader.read(generation: generation, name: name)
        return (configuration, HuggingFaceNames.names(for: reader.architecture))
    }
}
