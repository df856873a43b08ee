/// Gives the tensors of a file their canonical names and checks them against the configuration.
enum CanonicalTensors {
    /// - Returns: exactly the weights that the configuration asks for, by canonical name.
    /// - Throws: `missingTensor`, `wrongShape`, `unsupportedWeightType`, `unexpectedTensor`.
    static func map(
        _ source: [CheckpointTensor], names: SourceNames, configuration: ModelConfiguration, file: String
    ) throws(CheckpointError) -> [String: CheckpointTensor] {
        var mapping = Mapping(source, names: names, configuration: configuration, file: file)
        for weight in ModelWeight.frame {
            if weight == .head, configuration.tiedEmbeddings { continue }
            try mapping.add(weight, layer: nil)
        }
        for layer in 0..<configuration.layerCount {
            for weight in ModelWeight.layer { try mapping.add(weight, layer: layer) }
        }
        try mapping.checkUnused(source)
        return mapping.tensors
    }

    private struct Mapping {
        let names: SourceNames
        let configuration: ModelConfiguration
        let file: String
        let source: [String: CheckpointTensor]
        var used: Set<String> = []
        var tensors: [String: CheckpointTensor] = [:]

        init(_ source: [CheckpointTensor], names: SourceNames, configuration: ModelConfiguration, file: String) {
            self.names = names
            self.configuration = configuration
            self.file = file
            self.source = Dictionary(source.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        }

        mutating func add(_ weight: ModelWeight, layer: Int?) throws(CheckpointError) {
            let shape = weight.shape(configuration)
            try add(weight, layer: layer, suffix: ".weight", shape: shape)
            if weight.hasBias(configuration) {
                try add(weight, layer: layer, suffix: ".bias", shape: Array(shape.prefix(1)))
            }
        }

        private mutating func add(
            _ weight: ModelWeight, layer: Int?, suffix: String, shape: [Int]
        ) throws(CheckpointError) {
            let canonical = SourceNames.name(weight.canonicalPattern, layer: layer) + suffix
            guard let entry = names.entries[weight] else {
                throw .missingTensor(file: file, tensor: canonical, source: canonical)
            }
            let sourceName = SourceNames.name(entry.pattern, layer: layer) + suffix
            guard let tensor = source[sourceName] else {
                throw .missingTensor(file: file, tensor: canonical, source: sourceName)
            }
            let whole = [shape[0] * entry.parts] + shape.dropFirst()
            guard tensor.shape == whole else {
                throw .wrongShape(file: file, tensor: sourceName, found: tensor.shape, expected: whole)
            }
            guard Dequantizer.supports(tensor.elementType) else {
                throw .unsupportedWeightType(file: file, tensor: sourceName, type: tensor.elementType)
            }
            guard let part = tensor.rowPart(entry.part, of: entry.parts, name: canonical) else {
                throw .partialBlock(
                    file: file, tensor: sourceName, elements: tensor.columnCount,
                    block: tensor.elementType.blockLength)
            }
            used.insert(sourceName)
            tensors[canonical] = part
        }

        /// Every tensor of the file is a weight, an ignored one, or the copy of a tied head.
        func checkUnused(_ source: [CheckpointTensor]) throws(CheckpointError) {
            let tiedHead = configuration.tiedEmbeddings ? names.entries[.head].map { $0.pattern + ".weight" } : nil
            for tensor in source where !used.contains(tensor.name) && tensor.name != tiedHead {
                guard names.ignores(tensor.name, layerCount: configuration.layerCount) else {
                    throw .unexpectedTensor(file: file, tensor: tensor.name)
                }
            }
        }
    }
}
