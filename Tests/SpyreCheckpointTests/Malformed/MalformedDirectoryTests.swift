import Foundation
import Testing

@testable import SpyreCheckpoint

/// Wrong paths, missing files and broken shard indexes.
@Suite struct MalformedDirectoryTests {
    @Test(arguments: paths + indexes)
    func isRefused(_ malformed: MalformedCase) throws { try malformed.check() }

    private static func directory(
        _ name: String, _ expected: String, _ change: @escaping @Sendable (TemporaryDirectory) throws -> Void
    ) -> MalformedCase {
        MalformedCase(name: name, expected: expected) { directory in
            try change(directory)
            return directory.path
        }
    }

    private static func path(
        _ name: String, _ expected: String, _ write: @escaping @Sendable (TemporaryDirectory) throws -> String
    ) -> MalformedCase {
        MalformedCase(name: name, expected: expected, write: write)
    }

    static let paths: [MalformedCase] = [
        path("empty path", "notFound") { _ in "" },
        path("path with a NUL", "notFound") { "\($0.path)\0/x" },
        path("nothing there", "notFound") { $0.file("model") },
        path("a file used as a directory", "notFound") { try $0.write("x", to: "file") + "/model" },
        path("path of 10,000 characters", "notReadable") { $0.file(String(repeating: "n", count: 10_000)) },
        path("symbolic link to nothing", "notFound") {
            try $0.link("model", to: "missing")
            return $0.file("model")
        },
        path("symbolic link to itself", "symbolicLinkLoop") {
            try $0.link("model", to: "model")
            return $0.file("model")
        },
        path("symbolic links in a circle", "symbolicLinkLoop") {
            try $0.link("a", to: "b")
            try $0.link("b", to: "a")
            return $0.file("a")
        },
        path("a device", "notAFile") { _ in "/dev/null" },
        path("an endless device", "notAFile") { _ in "/dev/zero" },
        path("a pipe", "notAFile") {
            mkfifo($0.file("pipe.gguf"), 0o600)
            return $0.file("pipe.gguf")
        },
        path("empty file", "emptyFile") { try $0.write([], to: "model.gguf") },
        path("a text file", "unknownFormat") { try $0.write("hello", to: "README") },
        path("text under a .gguf name", "notGGUF") { try $0.write("hello", to: "model.gguf") },
        path("three bytes", "notGGUF") { try $0.write("GGU", to: "model.gguf") },
        path("the safetensors file alone", "directoryExpected") {
            try MicroModel.write(to: $0)
            return $0.file("model.safetensors")
        },
        path("config.json alone", "unknownFormat") {
            try MicroModel.write(to: $0)
            return $0.file("config.json")
        },
        directory("empty directory", "noWeights") { _ in },
        directory("config.json only", "noWeights") {
            try $0.write(MicroModel.json(MicroModel.llamaFields), to: "config.json")
        },
        directory("PyTorch weights only", "noWeights") { try $0.write("x", to: "pytorch_model.bin") },
        directory("GGUF inside a directory", "noWeights") { try $0.write(MicroGGUF.writer().bytes, to: "m.gguf") },
        directory("hidden safetensors only", "noWeights") { try $0.write("x", to: ".model.safetensors") },
        directory("weights without config.json", "missingConfiguration") {
            try $0.write(MicroModel.safetensors().bytes, to: "model.safetensors")
        },
        directory("two safetensors files, no index", "missingIndex") {
            try $0.write(MicroModel.shard(0).bytes, to: "a.safetensors")
            try $0.write(MicroModel.shard(1).bytes, to: "b.safetensors")
        },
        directory("shards without the index", "missingIndex") {
            try MicroModel.writeSharded(to: $0)
            try FileManager.default.removeItem(atPath: $0.file(SafetensorsDirectory.indexName))
        },
        directory("model.safetensors is a directory", "notAFile") {
            try MicroModel.write(to: $0)
            try FileManager.default.removeItem(atPath: $0.file("model.safetensors"))
            try $0.makeDirectory("model.safetensors")
        },
        directory("config.json is a directory", "notAFile") {
            try MicroModel.write(to: $0)
            try FileManager.default.removeItem(atPath: $0.file("config.json"))
            try $0.makeDirectory("config.json")
        },
        directory("the index is a directory", "notAFile") { try $0.makeDirectory(SafetensorsDirectory.indexName) },
        directory("generation_config.json is a directory", "notAFile") {
            try MicroModel.write(to: $0)
            try $0.makeDirectory("generation_config.json")
        },
        directory("model.safetensors links to itself", "symbolicLinkLoop") {
            try $0.link("model.safetensors", to: "model.safetensors")
        },
        directory("config.json links to itself", "symbolicLinkLoop") {
            try $0.write(MicroModel.safetensors().bytes, to: "model.safetensors")
            try $0.link("config.json", to: "config.json")
        },
        directory("config.json links to a device", "notAFile") {
            try $0.write(MicroModel.safetensors().bytes, to: "model.safetensors")
            try $0.link("config.json", to: "/dev/zero")
        },
        directory("model.safetensors links to nothing", "notFound") { try $0.link("model.safetensors", to: "gone") },
        directory("generation_config.json is empty", "emptyFile") {
            try MicroModel.write(to: $0)
            try $0.write([], to: "generation_config.json")
        },
        directory("generation_config.json is not JSON", "invalidJSON") {
            try MicroModel.write(to: $0)
            try $0.write("eos: 2", to: "generation_config.json")
        },
        directory("generation_config.json is an array", "wrongFieldType") {
            try MicroModel.write(to: $0)
            try $0.write("[2]", to: "generation_config.json")
        },
        directory("end token of generation_config.json is a string", "wrongFieldType") {
            try MicroModel.write(to: $0)
            try $0.write(#"{"eos_token_id":"2"}"#, to: "generation_config.json")
        },
        directory("end token of generation_config.json outside the vocabulary", "fieldOutOfRange") {
            try MicroModel.write(to: $0)
            try $0.write(#"{"eos_token_id":[2,5]}"#, to: "generation_config.json")
        },
    ]

    /// A sharded model with this index.
    private static func index(_ name: String, _ expected: String, _ text: String) -> MalformedCase {
        directory(name, expected) {
            try MicroModel.writeSharded(to: $0)
            try $0.write(text, to: SafetensorsDirectory.indexName)
        }
    }

    /// A sharded model whose index places the first tensor in this shard.
    private static func shard(_ name: String, _ expected: String, _ shard: String) -> MalformedCase {
        index(name, expected, MicroModel.index { $0[0].1 = shard })
    }

    static let indexes: [MalformedCase] = [
        index("index is empty", "emptyFile", ""),
        index("index is not JSON", "invalidJSON", "weight_map"),
        index("index is an array", "invalidIndex", "[]"),
        index("index without weight_map", "invalidIndex", #"{"metadata":{}}"#),
        index("weight_map is empty", "invalidIndex", #"{"weight_map":{}}"#),
        index("weight_map is an array", "invalidIndex", #"{"weight_map":[]}"#),
        index("weight_map is null", "invalidIndex", #"{"weight_map":null}"#),
        index("weight_map holds a number", "invalidIndex", #"{"weight_map":{"a":1}}"#),
        index("weight_map holds an array", "invalidIndex", #"{"weight_map":{"a":["x.safetensors"]}}"#),
        index("weight_map twice", "duplicateKey", #"{"weight_map":{"a":"x.safetensors"},"weight_map":{}}"#),
        index("tensor twice", "duplicateKey", #"{"weight_map":{"a":"x.safetensors","a":"x.safetensors"}}"#),
        index("metadata twice", "duplicateKey", #"{"metadata":{},"metadata":{},"weight_map":{}}"#),
        index("text after the index", "invalidJSON", MicroModel.index() + "{}"),
        index("metadata nested too deep", "jsonTooDeep", #"{"metadata":"# + String(repeating: "[", count: 99)),
        shard("shard in the parent directory", "unsafeShardName", "../x.safetensors"),
        shard("shard by absolute path", "unsafeShardName", "/etc/x.safetensors"),
        shard("shard in a subdirectory", "unsafeShardName", "a/x.safetensors"),
        shard("shard in the same directory, written as a path", "unsafeShardName", "./x.safetensors"),
        shard("shard with a backslash", "unsafeShardName", #"..\\x.safetensors"#),
        shard("shard name empty", "unsafeShardName", ""),
        shard("shard name is the extension", "unsafeShardName", ".safetensors"),
        shard("shard is the parent", "unsafeShardName", ".."),
        shard("shard is hidden", "unsafeShardName", ".x.safetensors"),
        shard("shard of another kind", "unsafeShardName", "model.bin"),
        shard("shard name with a NUL", "unsafeShardName", #"x\u0000.safetensors"#),
        shard("shard name with a line break", "unsafeShardName", #"x\n.safetensors"#),
        shard("shard name of 300 bytes", "unsafeShardName", String(repeating: "n", count: 288) + ".safetensors"),
        shard("shard missing", "missingShard", "model-00003-of-00003.safetensors"),
        shard("tensor in the other shard", "tensorNotInIndex", MicroModel.shardNames[1]),
        index(
            "tensor in no shard", "tensorNotInShard", MicroModel.index { $0.append(("x", MicroModel.shardNames[0])) }),
        index("tensor not in the index", "tensorNotInIndex", MicroModel.index { $0.removeLast() }),
        directory("shard is empty", "emptyFile") {
            try MicroModel.writeSharded(to: $0)
            try $0.write([], to: MicroModel.shardNames[1])
        },
        directory("shard is a directory", "notAFile") {
            try MicroModel.writeSharded(to: $0)
            try FileManager.default.removeItem(atPath: $0.file(MicroModel.shardNames[0]))
            try $0.makeDirectory(MicroModel.shardNames[0])
        },
        directory("shard links to itself", "symbolicLinkLoop") {
            try MicroModel.writeSharded(to: $0)
            try FileManager.default.removeItem(atPath: $0.file(MicroModel.shardNames[0]))
            try $0.link(MicroModel.shardNames[0], to: MicroModel.shardNames[0])
        },
        directory("shard is cut off", "tensorOutOfBounds") {
            try MicroModel.writeSharded(to: $0)
            try $0.write(Array(MicroModel.shard(1).bytes.dropLast()), to: MicroModel.shardNames[1])
        },
        directory("both shards the same file", "tensorNotInIndex") {
            try MicroModel.writeSharded(to: $0)
            try $0.write(MicroModel.shard(0).bytes, to: MicroModel.shardNames[1])
        },
        index(
            "more shards than allowed", "tooManyShards",
            MicroModel.index { entries in
                entries += (0..<4097).map { ("t\($0)", "s\($0).safetensors") }
            }),
    ]
}
