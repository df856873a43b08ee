import Foundation
import SpyreScheduler

/// The cases of `spyre simulate --case`: one JSON value over as many lines as it likes.
struct CaseFile {
    let cases: [SimulationCase]

    init(path: String) throws(CommandFailure) {
        let reader = try LineReader(path: path)
        var data = Data()
        while let line = try reader.next() {
            data += line
            data.append(0x0A)
        }
        do throws(CommandFailure) {
            cases = try JSONRecord.decode(
                SimulationFile.self, from: data,
                expected:
                    #"a case, {"name": …, "max_num_seqs": …, "max_model_len": …, "requests": […]}, or {"cases": […]}"#
            ).cases
        } catch {
            throw CommandFailure("\(reader.name): \(error.description)")
        }
    }
}
