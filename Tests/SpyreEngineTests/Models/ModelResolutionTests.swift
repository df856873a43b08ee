import Foundation
import SpyreTestSupport
import Testing

@testable import SpyreEngine

@Suite struct ModelResolutionTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private var store: ModelStore { ModelStore(root: folder.path + "/cache", environment: ["HOME": folder.path]) }

    private func refusal(_ model: String) throws -> String {
        let error = #expect(throws: ModelStoreError.self) { try store.resolve(model) }
        let text = try #require(error).description
        #expect(!text.contains("\n"))
        return text
    }

    @Test func existingPathsAreTaken() throws {
        let file = try folder.write("models/a.gguf", [1])
        #expect(try store.resolve(file) == file)
        #expect(try store.resolve(folder.path + "/models") == folder.path + "/models")
        #expect(try store.resolve("~/models/a.gguf") == file)
        let link = folder.path + "/link.gguf"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(try store.resolve(link) == link)
    }

    @Test func aKnownNameHasToBeFetched() throws {
        #expect(
            try refusal("smollm2-135m-instruct")
                == "model smollm2-135m-instruct is not in the cache; run: spyre pull smollm2-135m-instruct")
    }

    @Test(arguments: ["smollm2-135m", "smolm2-135m-instruct", "SmolLM2-135M-Instruct", "smollm2"])
    func namesThatComeClose(name: String) throws {
        #expect(
            try refusal(name)
                == "unknown model '\(name)' (did you mean 'smollm2-135m-instruct'?); known: smollm2-135m-instruct; or "
                + "give a directory or a .gguf file")
    }

    @Test func unknownNames() throws {
        #expect(
            try refusal("gpt-17")
                == "unknown model 'gpt-17'; known: smollm2-135m-instruct; or give a directory or a .gguf file")
        #expect(try refusal("").hasPrefix("unknown model ''; known: "))
    }

    @Test func wrongPaths() throws {
        try folder.write("models/granite.gguf")
        #expect(
            try refusal(folder.path + "/models/granit.gguf")
                == "there is no file or directory at '\(folder.path)/models/granit.gguf' (did you mean "
                + "'\(folder.path)/models/granite.gguf'?); check the path")
        #expect(
            try refusal(folder.path + "/nowhere/at/all")
                == "there is no file or directory at '\(folder.path)/nowhere/at/all'; check the path")
    }

    @Test func devicesAreNoModels() throws {
        #expect(
            try refusal("/dev/null")
                == "'/dev/null' is neither a directory nor a regular file; give a directory or a .gguf file")
    }

    @Test(arguments: [
        (["SPYRE_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"], "/a"),
        (["SPYRE_CACHE": "", "XDG_CACHE_HOME": "/b", "HOME": "/c"], "/b/spyre"),
        (["XDG_CACHE_HOME": "relative", "HOME": "/c"], "/c/.cache/spyre"),
        (["SPYRE_CACHE": "beside", "HOME": "/c"], "beside"),
        (["XDG_CACHE_HOME": "", "HOME": "c"], NSHomeDirectory() + "/.cache/spyre"),
        (["HOME": "/c"], "/c/.cache/spyre"),
    ])
    func theCacheIsWhereTheEnvironmentSays(environment: [String: String], root: String) {
        #expect(ModelStore.root(environment) == root)
        // Other modules' tests look for the model themselves; they must look at the same place.
        #expect(Fixtures.cacheRoot(environment) == root)
    }

    @Test func knownModelsArePinned() throws {
        #expect(ModelStore.knownModels.contains { $0.name == ModelStore.defaultModel })
        for model in ModelStore.knownModels {
            for hash in [model.sha256, model.package.sha256] {
                #expect(hash.utf8.count == 64)
                #expect(hash.allSatisfy { "0123456789abcdef".contains($0) })
            }
        }
    }

    /// NIST's examples for SHA-256, and a file longer than one read.
    @Test func hashes() throws {
        #expect(
            try FileHash.sha256(folder.write("abc", Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            try FileHash.sha256(folder.write("million", [UInt8](repeating: 0x61, count: 1_000_000)))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        var counts: [Int] = []
        _ = try FileHash.sha256(folder.write("long", [UInt8](repeating: 0, count: (1 << 20) + 5))) { counts.append($0) }
        #expect(counts == [1 << 20, (1 << 20) + 5])
    }
}
