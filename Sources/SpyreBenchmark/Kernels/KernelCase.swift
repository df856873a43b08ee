/// A kernel that is to be measured.
package struct KernelCase: Sendable {
    package let family: KernelFamily
    package let dtype: String
    package let shape: KernelShape

    package var name: String { "\(family.name) \(dtype) \(shape)" }
}
