/// How the elements of a tensor are stored. Raw values are the names that the formats themselves use.
///
/// Block types store `blockLength` consecutive elements of a row in `bytesPerBlock` bytes; plain types have blocks of
/// one.
/// Sources: the safetensors format description (dtype names) and the GGUF specification with ggml's block layouts.
public enum ElementType: String, Sendable, CaseIterable, Hashable {
    // Plain types.
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"
    case complex64 = "C64"

    // Small floating point types (safetensors).
    case float8E5M2 = "F8_E5M2"
    case float8E4M3 = "F8_E4M3"
    case float8E8M0 = "F8_E8M0"
    case float6E2M3 = "F6_E2M3"
    case float6E3M2 = "F6_E3M2"
    case float4 = "F4"

    // ggml blocks.
    case q4_0 = "Q4_0"
    case q4_1 = "Q4_1"
    case q5_0 = "Q5_0"
    case q5_1 = "Q5_1"
    case q8_0 = "Q8_0"
    case q8_1 = "Q8_1"
    case q2_K = "Q2_K"
    case q3_K = "Q3_K"
    case q4_K = "Q4_K"
    case q5_K = "Q5_K"
    case q6_K = "Q6_K"
    case q8_K = "Q8_K"
    case iq2_XXS = "IQ2_XXS"
    case iq2_XS = "IQ2_XS"
    case iq2_S = "IQ2_S"
    case iq3_XXS = "IQ3_XXS"
    case iq3_S = "IQ3_S"
    case iq1_S = "IQ1_S"
    case iq1_M = "IQ1_M"
    case iq4_NL = "IQ4_NL"
    case iq4_XS = "IQ4_XS"
    case tq1_0 = "TQ1_0"
    case tq2_0 = "TQ2_0"
    case mxfp4 = "MXFP4"
    case nvfp4 = "NVFP4"
    case q1_0 = "Q1_0"

    /// Elements per block, at least 1.
    public var blockLength: Int { layout.elements }

    /// Bytes per block.
    public var bytesPerBlock: Int { layout.bytes }

    private var layout: (elements: Int, bytes: Int) {
        switch self {
        case .float64, .int64, .uint64, .complex64: (1, 8)
        case .float32, .int32, .uint32: (1, 4)
        case .float16, .bfloat16, .int16, .uint16: (1, 2)
        case .int8, .uint8, .bool, .float8E5M2, .float8E4M3, .float8E8M0: (1, 1)
        case .float6E2M3, .float6E3M2: (4, 3)
        case .float4: (2, 1)
        // Legacy blocks: 32 elements, one or two 16-bit scales, optionally 32 high bits.
        case .q4_0, .iq4_NL: (32, 2 + 16)
        case .q4_1: (32, 2 + 2 + 16)
        case .q5_0: (32, 2 + 4 + 16)
        case .q5_1: (32, 2 + 2 + 4 + 16)
        case .q8_0: (32, 2 + 32)
        case .q8_1: (32, 2 + 2 + 32)
        case .mxfp4: (32, 1 + 16)
        case .nvfp4: (64, 4 + 32)
        case .q1_0: (128, 2 + 16)
        // Super-blocks of 256.
        case .q2_K: (256, 16 + 64 + 2 + 2)
        case .q3_K: (256, 32 + 64 + 12 + 2)
        case .q4_K: (256, 2 + 2 + 12 + 128)
        case .q5_K: (256, 2 + 2 + 12 + 32 + 128)
        case .q6_K: (256, 128 + 64 + 16 + 2)
        case .q8_K: (256, 4 + 256 + 32)
        case .iq2_XXS: (256, 2 + 64)
        case .iq2_XS: (256, 2 + 64 + 8)
        case .iq2_S: (256, 2 + 64 + 8 + 8)
        case .iq3_XXS: (256, 2 + 96)
        case .iq3_S: (256, 2 + 64 + 8 + 32 + 4)
        case .iq1_S: (256, 2 + 32 + 16)
        case .iq1_M: (256, 32 + 16 + 8)
        case .iq4_XS: (256, 2 + 2 + 4 + 128)
        case .tq1_0: (256, 48 + 4 + 2)
        case .tq2_0: (256, 64 + 2)
        }
    }
}
