/// A change to the inverse frequencies f_j = theta^(-2j / headSize) of rotary position embedding.
public enum RoPEScaling: Sendable, Equatable {
    /// Llama 3.1's rule. With the wavelength w = 2π / f: f / factor where w > originalContextLength /
    /// lowFrequencyFactor, f where w < originalContextLength / highFrequencyFactor, a linear blend between.
    case llama3(
        factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContextLength: Int)
    /// Divides f_j by element j; headSize / 2 elements (the tensor rope_freqs.weight of a GGUF file, in which
    /// converters store Llama 3's rule).
    case frequencyFactors([Float])
}
