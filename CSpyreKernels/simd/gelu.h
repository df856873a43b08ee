// GELU of a vector (Hendrycks and Gimpel 2016, arXiv:1606.08415). Include behind exp.h.

// x * Phi(x) with the normal distribution function, within 5 ulp wherever the result is a normal number, and at
// -inf -0. For t = |x|, Phi(-t) = exp(-t^2 / 2) P(z) / (t + 7/2) with z = (t - 7/2) / (t + 7/2): what is left beside
// the exponential is so smooth that a polynomial of degree 9, fitted to t <= 14.5 in the relative error, is within
// 8e-9. The square is taken in two parts, since the exponential magnifies its rounding by t^2 / 2.
V_INLINE vf v_gelu(vf x) {
    // Below -15 the result is -0; a NaN is put back at the end.
    vf clamped = v_max(x, v_set(-15.0f));
    vf t = v_min(v_abs(clamped), v_set(15.0f));
    vf inverse = v_div(v_set(1.0f), v_add(t, v_set(3.5f)));
    vf z = v_mul(v_sub(t, v_set(3.5f)), inverse);
    vf p = v_set(0x1.d04622p-14f);
    p = v_fma(p, z, v_set(0x1.ba6510p-12f));
    p = v_fma(p, z, v_set(-0x1.037e6ep-11f));
    p = v_fma(p, z, v_set(-0x1.a031d4p-9f));
    p = v_fma(p, z, v_set(0x1.a9886ap-8f));
    p = v_fma(p, z, v_set(0x1.1d2fa6p-6f));
    p = v_fma(p, z, v_set(-0x1.db5a6ep-4f));
    p = v_fma(p, z, v_set(0x1.42fec8p-2f));
    p = v_fma(p, z, v_set(-0x1.219150p-1f));
    p = v_fma(p, z, v_set(0x1.7d241ap-1f));
    vf square = v_mul(t, t);
    vf rest = v_fma(t, t, v_sub(v_zero(), square));
    p = v_mul(p, inverse);
    p = v_fma(v_mul(p, rest), v_set(-0.5f), p);
    // The product with x comes before the exponential, which may be subnormal where the result is not.
    vf e = v_exp(v_mul(square, v_set(-0.5f)));
    vf below = v_mul(v_mul(clamped, p), e);
    vf above = v_fma(v_sub(v_zero(), v_mul(t, p)), e, x);
    return v_keep_nan(x, v_where_positive(x, above, below));
}

// x / (1 + exp(-w)) with w = 2 sqrt(2 / pi) (x + 0.044715 x^3), the form that the tanh approximation of GELU comes to,
// within 5 ulp; at -inf it is -0. w has two parts like the square above, from constants in two parts. Below 0 the
// exponential's power of two comes last: before x it would round the result a second time where it is subnormal, and
// x magnifies that.
V_INLINE vf v_gelu_tanh(vf x) {
    const vf a = v_set(0x1.988454p+0f), a_rest = v_set(-0x1.857936p-25f);
    const vf b = v_set(0x1.2444f2p-4f), b_rest = v_set(0x1.49b16ap-29f);
    vf clamped = v_max(x, v_set(-12.0f));
    vf t = v_min(v_abs(clamped), v_set(12.0f));
    vf square = v_mul(t, t);
    vf square_rest = v_fma(t, t, v_sub(v_zero(), square));
    vf cubic = v_mul(b, square);
    vf rest = v_fma(b, square, v_sub(v_zero(), cubic));
    // The sum of two numbers and its rounding error (Knuth, The Art of Computer Programming 2, 4.2.2).
    vf factor = v_add(a, cubic);
    vf second = v_sub(factor, a);
    rest = v_add(rest, v_add(v_sub(a, v_sub(factor, second)), v_sub(cubic, second)));
    rest = v_add(rest, v_fma(b, square_rest, v_fma(b_rest, square, a_rest)));
    vf w = v_mul(t, factor);
    vf w_rest = v_fma(t, rest, v_fma(t, factor, v_sub(v_zero(), w)));
    vf n, p = v_exp_parts(v_sub(v_zero(), w), &n);
    p = v_fma(v_mul(p, w_rest), v_set(-1.0f), p);
    vf sum = v_add(v_set(1.0f), v_scale2(p, n));
    vf share = v_div(v_where_positive(x, x, v_mul(clamped, p)), sum);
    return v_keep_nan(x, v_scale2(share, v_where_positive(x, v_zero(), n)));
}
