import CSpyreKernels
import SpyreDevice

/// The instruction set that a device chose for each kernel.
struct KernelChoices: Equatable {
    /// Pairs in the registry's order.
    let choices: [(kernel: String, isa: String)]

    static func == (left: KernelChoices, right: KernelChoices) -> Bool {
        left.choices.elementsEqual(right.choices) { $0 == $1 }
    }

    init(device: Device) {
        var seen: Set<String> = []
        var choices: [(String, String)] = []
        for index in 0..<spyre_variant_count() {
            var variant = spyre_variant()
            guard spyre_variant_at(index, &variant) == SPYRE_STATUS_OK, let name = variant.kernel else { continue }
            let kernel = String(cString: name)
            guard seen.insert(kernel).inserted, let isa = device.variant(ofKernel: kernel) else { continue }
            choices.append((kernel, isa))
        }
        self.choices = choices
    }

    init(choices: [(kernel: String, isa: String)]) {
        self.choices = choices
    }

    /// `avx512: matmul_f32, …; avx2: …`, most capable first.
    var summary: String {
        var groups: [(isa: String, kernels: [String])] = []
        for (kernel, isa) in choices {
            if let index = groups.firstIndex(where: { $0.isa == isa }) {
                groups[index].kernels.append(kernel)
            } else {
                groups.append((isa, [kernel]))
            }
        }
        return groups.map { "\($0.isa): \($0.kernels.joined(separator: ", "))" }.joined(separator: "; ")
    }
}
