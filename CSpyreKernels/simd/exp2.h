// Powers of two of a vector, for the weights of attention: scores are scaled by log2(e) beforehand. Include
// behind simd/<isa>.h.
//
// x is split as n + f with n the nearest integer, by adding a number so large that only integers are left
// below it; n is then the low bits of the sum, and moves into the exponent by one shift and one addition. The
// polynomials are minimax in relative error over |f| <= 1/2.

// Largest n + 1.5 * 2^23 has n in its low bits, in two's complement.
#define V_EXP2_SHIFTER 12582912.0f

// 2^x for x <= 0: within 2.2 ulp down to -126, 0 below; -inf gives 0, NaN stays NaN. 2^0 is 1.
V_INLINE vf v_exp2(vf x) {
    // A NaN as second operand is kept.
    vf clamped = v_max(v_set(-126.0f), x);
    vf t = v_add(clamped, v_set(V_EXP2_SHIFTER));
    vf f = v_sub(clamped, v_sub(t, v_set(V_EXP2_SHIFTER)));
    vf p = v_set(0x1.5bba14p-10f);
    p = v_fma(p, f, v_set(0x1.3cea88p-7f));
    p = v_fma(p, f, v_set(0x1.c6b752p-5f));
    p = v_fma(p, f, v_set(0x1.ebf9bcp-3f));
    p = v_fma(p, f, v_set(0x1.62e42ap-1f));
    p = v_fma(p, f, v_set(1.0f));
    return v_keep_nan(x, v_zero_below(x, -126.0f, v_raise(p, t)));
}

// 2^x for x <= 0 that is to be rounded to bfloat16: off by at most 2^-13.6 of the result down to -125.9. From
// there on it may be, and below -126 it is, a subnormal, which the rounding takes for 0; so it is for -inf.
// NaN stays NaN if the low nine bits of it are 0, as they are when it comes out of bfloat16 numbers.
V_INLINE vf v_exp2_short(vf x) {
    vf clamped = v_max(v_set(-126.5f), x);
    vf t = v_add(clamped, v_set(V_EXP2_SHIFTER));
    vf f = v_sub(clamped, v_sub(t, v_set(V_EXP2_SHIFTER)));
    vf p = v_set(0x1.c3f760p-5f);
    p = v_fma(p, f, v_set(0x1.f0de1ap-3f));
    p = v_fma(p, f, v_set(0x1.62f31ap-1f));
    p = v_fma(p, f, v_set(0x1.fff692p-1f));
    return v_raise(p, t);
}
