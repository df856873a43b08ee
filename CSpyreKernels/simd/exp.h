// exp(x) = p 2^n for a finite x, p from 0.7 to 1.42: Cody and Waite range reduction to |r| <= ln(2) / 2 and a degree-7
// Taylor polynomial.
V_INLINE vf v_exp_parts(vf x, vf *n) {
    *n = v_round(v_mul(x, v_set(1.44269504088896341f)));
    vf r = v_fma(*n, v_set(-0.693145751953125f), x);
    r = v_fma(*n, v_set(-1.42860682030941723212e-6f), r);
    vf p = v_set(1.0f / 5040.0f);
    p = v_fma(p, r, v_set(1.0f / 720.0f));
    p = v_fma(p, r, v_set(1.0f / 120.0f));
    p = v_fma(p, r, v_set(1.0f / 24.0f));
    p = v_fma(p, r, v_set(1.0f / 6.0f));
    p = v_fma(p, r, v_set(0.5f));
    p = v_fma(v_mul(p, r), r, r);
    return v_add(p, v_set(1.0f));
}

// exp of a vector, within 1.1 ulp everywhere (1.068 was the most over all floats from -130 to 130, subnormal
// results included): the exponent is put back with one rounding, so that results underflow gradually. NaN stays NaN,
// large inputs give +inf.
V_INLINE vf v_exp(vf x) {
    vf n, p = v_exp_parts(v_min(v_max(x, v_set(-104.0f)), v_set(89.0f)), &n);
    return v_keep_nan(x, v_scale2(p, n));
}
// x / (1 + exp(-x)), within 2.5 ulp from -88 up (2.403 was the most over all floats). Below, the exponential
// overflows and the result is -0, off by less than 3e-37; -inf gives NaN.
V_INLINE vf v_silu(vf x) { return v_div(x, v_add(v_set(1.0f), v_exp(v_sub(v_zero(), x)))); }
