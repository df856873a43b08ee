/// How long a step takes: `a + b * prefill tokens + c * decode sequences + d * context tokens`, in seconds.
package struct StepTimeModel: Sendable, Equatable, Codable {
    /// A step's own time, such as reading the weights.
    package var a: Double
    package var b: Double
    package var c: Double
    package var d: Double

    package init(a: Double, b: Double, c: Double, d: Double) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }

    package var coefficients: [Double] { [a, b, c, d] }
    package var isUsable: Bool {
        coefficients.allSatisfy { $0.isFinite && $0 >= 0 } && coefficients.contains { $0 > 0 }
    }

    package func seconds(_ work: StepWork) -> Double {
        a + b * Double(work.prefillTokens) + c * Double(work.decodeSequences) + d * Double(work.contextTokens)
    }

    /// Measured steps: their number, and their work and time together.
    package struct Sample: Sendable, Equatable {
        package var steps: Int
        package var work: StepWork
        package var seconds: Double

        package init(steps: Int = 1, work: StepWork, seconds: Double) {
            self.steps = steps
            self.work = work
            self.seconds = seconds
        }
    }

    /// The model with the least sum of squared relative errors over measured steps, without negative coefficients:
    /// least squares by normal equations; the most negative one is taken out until none is. nil when the samples do not
    /// determine one.
    package static func fitted(to samples: [Sample]) -> StepTimeModel? {
        let usable = samples.filter { $0.seconds > 0 && $0.seconds.isFinite }
        guard !usable.isEmpty else { return nil }
        let rows = usable.map { sample in
            [sample.steps, sample.work.prefillTokens, sample.work.decodeSequences, sample.work.contextTokens]
                .map { Double($0) / sample.seconds }
        }
        var free = (0..<4).filter { column in rows.contains { $0[column] != 0 } }
        while !free.isEmpty {
            guard let solution = solve(rows, free) else {
                // Columns that depend on each other: the last says least.
                free.removeLast()
                continue
            }
            guard let worst = solution.indices.min(by: { solution[$0] < solution[$1] }), solution[worst] < 0 else {
                var all = [0.0, 0, 0, 0]
                for (index, column) in free.enumerated() { all[column] = solution[index] }
                return StepTimeModel(a: all[0], b: all[1], c: all[2], d: all[3])
            }
            free.remove(at: worst)
        }
        return nil
    }

    /// Solves `rows * x = 1` for the given columns in the least squares; nil where it is singular.
    private static func solve(_ rows: [[Double]], _ columns: [Int]) -> [Double]? {
        // Scaled columns keep the normal equations well conditioned.
        let scales = columns.map { column in rows.map { abs($0[column]) }.max() ?? 1 }
        var matrix = columns.indices.map { i in
            columns.indices.map { j in
                rows.reduce(0) { $0 + $1[columns[i]] / scales[i] * $1[columns[j]] / scales[j] }
            } + [rows.reduce(0) { $0 + $1[columns[i]] / scales[i] }]
        }
        for pivot in matrix.indices {
            guard let row = (pivot..<matrix.count).max(by: { abs(matrix[$0][pivot]) < abs(matrix[$1][pivot]) }),
                abs(matrix[row][pivot]) > 1e-10
            else { return nil }
            matrix.swapAt(pivot, row)
            for other in matrix.indices where other != pivot {
                let factor = matrix[other][pivot] / matrix[pivot][pivot]
                for column in pivot...matrix.count { matrix[other][column] -= factor * matrix[pivot][column] }
            }
        }
        return matrix.indices.map { matrix[$0][matrix.count] / matrix[$0][$0] / scales[$0] }
    }
}
