extension ElementType {
    /// The type that a safetensors header calls `name`, or nil.
    init?(safetensorsName name: String) {
        guard let type = Self(rawValue: name), Self.safetensorsTypes.contains(type) else { return nil }
        self = type
    }

    static let safetensorsTypes: Set<ElementType> = [
        .float64, .float32, .float16, .bfloat16, .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8,
        .bool, .complex64, .float8E5M2, .float8E4M3, .float8E8M0, .float6E2M3, .float6E3M2, .float4,
    ]

    /// The type that GGUF stores as `number` (enum ggml_type), or nil. Numbers of types that ggml has removed are nil.
    init?(ggufNumber number: UInt32) {
        guard let type = Self.ggufTypes[number] else { return nil }
        self = type
    }

    static let ggufTypes: [UInt32: ElementType] = [
        0: .float32, 1: .float16, 2: .q4_0, 3: .q4_1, 6: .q5_0, 7: .q5_1, 8: .q8_0, 9: .q8_1,
        10: .q2_K, 11: .q3_K, 12: .q4_K, 13: .q5_K, 14: .q6_K, 15: .q8_K,
        16: .iq2_XXS, 17: .iq2_XS, 18: .iq3_XXS, 19: .iq1_S, 20: .iq4_NL, 21: .iq3_S, 22: .iq2_S, 23: .iq4_XS,
        24: .int8, 25: .int16, 26: .int32, 27: .int64, 28: .float64, 29: .iq1_M, 30: .bfloat16,
        34: .tq1_0, 35: .tq2_0, 39: .mxfp4, 40: .nvfp4, 41: .q1_0,
    ]

    /// Bytes of `elements` elements, or nil when that overflows or is not a whole number of blocks.
    func byteCount(elements: Int) -> Int? {
        guard elements >= 0, elements.isMultiple(of: blockLength) else { return nil }
        let (bytes, overflow) = (elements / blockLength).multipliedReportingOverflow(by: bytesPerBlock)
        return overflow ? nil : bytes
    }
}
