/// What the multiplications of a kernel work on.
package enum ComputeType: String, Sendable, CaseIterable, Encodable {
    case float32, bfloat16, int8
}
