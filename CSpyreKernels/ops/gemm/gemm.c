// The plain matrix product C = alpha op(A) op(B) + beta C: checks, and the loops over blocks (Goto and van de
// Geijn 2008, "Anatomy of high-performance matrix multiplication"). Blocks of B are packed by all threads
// together, and while one is multiplied the next one is packed beside it.
#include "gemm.h"

#include "../../device/driver.h"
#include "openblas.h"

enum {
    // A block of B: up to 32 panels of up to 64 lines of K, 8 MiB, which stay in a last-level cache.
    BLOCK_PANELS = 32,
    BLOCK_LINES = 64,
    // Rows of A that a thread packs and multiplies with a block.
    BLOCK_ROWS = 16 * SPYRE_DENSE_ROWS,
    // Lines of K that all row tiles go through before the next: 128 KiB of a panel.
    RANGE_LINES = 32,
    // From this many rows a thread on, threads share out rows of C, below it columns.
    OWN_ROWS = 4 * SPYRE_DENSE_ROWS,
    // Columns of the smallest share of a thread.
    UNIT = 32
};

static bool is_row_major(const spyre_gemm_desc *d) { return d->order == SPYRE_GEMM_ROW_MAJOR; }

// Whether A and B take part.
static bool multiplies(const spyre_gemm_desc *d) { return d->m > 0 && d->n > 0 && d->k > 0 && d->alpha != 0; }

// Rows and columns of an operand as it is stored, seen as row-major, of the matrix op(X) with `rows` rows.
static void stored(const spyre_gemm_desc *d, spyre_gemm_transpose transpose, int64_t rows, int64_t columns,
                   int64_t *out_rows, int64_t *out_columns) {
    bool swap = is_row_major(d) == (transpose == SPYRE_GEMM_TRANSPOSE);
    *out_rows = swap ? columns : rows;
    *out_columns = swap ? rows : columns;
}

static spyre_status check_stride(const spyre_gemm_desc *d, const char *name, int64_t stride,
                                 spyre_gemm_transpose transpose, int64_t rows, int64_t columns,
                                 spyre_error **out_error) {
    stored(d, transpose, rows, columns, &rows, &columns);
    if (stride >= (columns > 1 ? columns : 1) && stride <= INT32_MAX) return SPYRE_STATUS_OK;
    return spyre_fail(
        out_error, SPYRE_STATUS_INVALID_ARGUMENT,
        "gemm: %s is %lld; it has to be at least the %s of the stored matrix, %lld, and an int32", name,
        (long long)stride, is_row_major(d) ? "columns" : "rows", (long long)(columns > 1 ? columns : 1));
}

static spyre_status check(const void *raw, spyre_error **out_error) {
    const spyre_gemm_desc *d = raw;
    if (d->order != SPYRE_GEMM_ROW_MAJOR && d->order != SPYRE_GEMM_COLUMN_MAJOR)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "gemm: unknown order %d", d->order);
    if (d->transpose_a < SPYRE_GEMM_AS_STORED || d->transpose_a > SPYRE_GEMM_TRANSPOSE ||
        d->transpose_b < SPYRE_GEMM_AS_STORED || d->transpose_b > SPYRE_GEMM_TRANSPOSE)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "gemm: unknown transposition (A %d, B %d)", d->transpose_a, d->transpose_b);
    if (d->m < 0 || d->n < 0 || d->k < 0 || d->m > INT32_MAX || d->n > INT32_MAX || d->k > INT32_MAX)
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT,
                          "gemm: sizes are out of range (m %lld, n %lld, k %lld)", (long long)d->m,
                          (long long)d->n, (long long)d->k);
    spyre_status status = check_stride(d, "lda", d->lda, d->transpose_a, d->m, d->k, out_error);
    if (status == SPYRE_STATUS_OK)
        status = check_stride(d, "ldb", d->ldb, d->transpose_b, d->k, d->n, out_error);
    if (status == SPYRE_STATUS_OK)
        status = check_stride(d, "ldc", d->ldc, SPYRE_GEMM_AS_STORED, d->m, d->n, out_error);
    if (status != SPYRE_STATUS_OK) return status;
    if (multiplies(d) && (!spyre_span_present(d->a) || !spyre_span_present(d->b)))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "gemm: a or b is missing");
    if (d->m > 0 && d->n > 0 && !spyre_span_present(d->c))
        return spyre_fail(out_error, SPYRE_STATUS_INVALID_ARGUMENT, "gemm: c is missing");
    return SPYRE_STATUS_OK;
}

static int accesses(const void *raw, spyre_access out[SPYRE_MAXIMUM_ACCESSES]) {
    const spyre_gemm_desc *d = raw;
    int64_t rows, columns;
    int count = 0;
    if (multiplies(d)) {
        stored(d, d->transpose_a, d->m, d->k, &rows, &columns);
        out[count++] = spyre_reads_rows("a", d->a, rows, d->lda, columns);
        stored(d, d->transpose_b, d->k, d->n, &rows, &columns);
        out[count++] = spyre_reads_rows("b", d->b, rows, d->ldb, columns);
    }
    if (d->m > 0 && d->n > 0) {
        stored(d, SPYRE_GEMM_AS_STORED, d->m, d->n, &rows, &columns);
        out[count++] = spyre_writes_rows("c", d->c, rows, d->ldc, columns, 0);
    }
    return count;
}

static int extents(const void *raw, spyre_extent out[2]) {
    (void)raw, (void)out;
    return 0;
}

// Operands that take no part may be anything, so they are not looked up.
static spyre_gemm resolve(const spyre_gemm_desc *d, const spyre_launch *launch) {
    const bool reads = multiplies(d), writes = d->m > 0 && d->n > 0;
    spyre_gemm g = {
        .m = d->m,
        .n = d->n,
        .k = reads ? d->k : 0,
        .alpha = d->alpha,
        .beta = d->beta,
        .a = {reads ? spyre_resolve(launch, d->a) : NULL, d->lda, d->transpose_a == SPYRE_GEMM_TRANSPOSE},
        .b = {reads ? spyre_resolve(launch, d->b) : NULL, d->ldb, d->transpose_b == SPYRE_GEMM_TRANSPOSE},
        .c = writes ? spyre_resolve(launch, d->c) : NULL,
        .c_stride = d->ldc,
    };
    if (is_row_major(d)) return g;
    spyre_gemm_operand a = g.a;
    g.a = g.b;
    g.b = a;
    g.m = d->n;
    g.n = d->m;
    return g;
}

// MARK: Blocks

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// How a product is cut. K is cut by K alone, so that a row of C has the same bits in any C.
typedef struct plan {
    int64_t panels, panel_blocks;
    int64_t lines, line_blocks;
    int64_t rows;
    // Floats of a block of B, and of a thread's rows of A and sums.
    int64_t block_floats;
    int64_t thread_floats;
} plan;

static plan plan_of(const spyre_gemm *g) {
    plan p = {.panels = divide_up(g->n, 64), .lines = divide_up(g->k, SPYRE_DENSE_LINE)};
    p.panel_blocks = divide_up(p.panels, BLOCK_PANELS);
    p.line_blocks = divide_up(p.lines, BLOCK_LINES);
    p.rows = least(g->m, BLOCK_ROWS);
    int64_t lines = least(p.lines, BLOCK_LINES);
    p.block_floats = least(p.panels, BLOCK_PANELS) * lines * SPYRE_DENSE_LINE * 64;
    p.thread_floats = p.rows * (lines * SPYRE_DENSE_LINE + 64);
    // Whole sticks.
    p.thread_floats = (p.thread_floats + 31) / 32 * 32;
    return p;
}

static int64_t block_count(const plan *p) { return p->panel_blocks * p->line_blocks; }

static uint64_t scratch(const void *raw, int threads) {
    const spyre_launch unresolved = {0};
    spyre_gemm_desc d = *(const spyre_gemm_desc *)raw;
    d.a = d.b = d.c = (spyre_span){0};
    const spyre_gemm g = resolve(&d, &unresolved);
    const plan p = plan_of(&g);
    int64_t buffers = least(block_count(&p), 2);
    return (uint64_t)(threads * p.thread_floats + buffers * p.block_floats) * sizeof(float);
}

static int phases(const void *raw, const spyre_launch *launch, int threads) {
    (void)threads;
    spyre_gemm_desc d = *(const spyre_gemm_desc *)raw;
    if (launch->kernels->sgemm != NULL) return 1;
    d.a = d.b = d.c = (spyre_span){0};
    const spyre_gemm g = resolve(&d, launch);
    const plan p = plan_of(&g);
    return (int)block_count(&p) + 1;
}

// Block number `index`: blocks of K follow one another, each with a block of columns.
typedef struct block {
    int64_t panel, panel_end;
    int64_t line, line_end;
    int64_t word, words;
    float *floats;
} block;

static block block_at(const spyre_gemm *g, const plan *p, int64_t index, float *buffers) {
    int64_t columns = index / p->line_blocks, k = index % p->line_blocks;
    block b = {
        .panel = p->panels * columns / p->panel_blocks,
        .panel_end = p->panels * (columns + 1) / p->panel_blocks,
        .line = p->lines * k / p->line_blocks,
        .line_end = p->lines * (k + 1) / p->line_blocks,
        .floats = buffers + index % 2 * p->block_floats,
    };
    b.word = b.line * SPYRE_DENSE_LINE;
    b.words = least(b.line_end * SPYRE_DENSE_LINE, g->k) - b.word;
    return b;
}

static float *panel_at(const block *b, int64_t panel) {
    return b->floats + (panel - b->panel) * b->words * 64;
}

// A thread's share of a block of B, in lines of panels.
static void pack_block(const spyre_gemm *g, const block *b, int thread, int threads) {
    const int64_t lines = b->line_end - b->line;
    int64_t item, end;
    spyre_share((b->panel_end - b->panel) * lines, thread, threads, &item, &end);
    while (item < end) {
        const int64_t panel = b->panel + item / lines, first = item % lines;
        const int64_t count = least(lines - first, end - item), word = first * SPYRE_DENSE_LINE;
        spyre_gemm_pack_b(&g->b, panel * 64, (int)least(64, g->n - panel * 64), b->word + word,
                          least(count * SPYRE_DENSE_LINE, b->words - word), panel_at(b, panel) + word * 64);
        item += count;
    }
}

// MARK: Multiplication

// A thread's part of a block of C: rows row ..< row_end, columns unit * 32 ..< unit_end * 32 of the block.
typedef struct part {
    const spyre_gemm *g;
    const spyre_kernels *kernels;
    const block *b;
    float *lines;
    float *sums;
    int64_t row, row_end;
    int64_t unit, unit_end;
} part;

static int64_t tile_row(const part *t, int64_t tile, int64_t tiles) {
    return (t->row_end - t->row) * tile / tiles;
}

// C = beta C + alpha sums; only the first block of K meets beta.
static void finish(const part *t, float *sums, int64_t row, int rows, int64_t column, int64_t columns) {
    const float beta = t->b->line == 0 ? t->g->beta : 1;
    float *c = t->g->c + row * t->g->c_stride + column;
    for (int r = 0; beta != 0 && beta != 1 && r < rows; r++)
        for (int64_t i = 0; i < columns; i++) c[r * t->g->c_stride + i] *= beta;
    spyre_matmul_result result = {
        .tile = sums,
        .rows = rows,
        .scale = t->g->alpha,
        .output = c,
        .residual = beta == 0 ? NULL : c,
        .stride = t->g->c_stride,
        .count = columns,
    };
    t->kernels->matmul_finish(&result);
}

static void multiply_panel(const part *t, int64_t panel, int first, int end) {
    const block *b = t->b;
    const int64_t tiles = divide_up(t->row_end - t->row, SPYRE_DENSE_ROWS);
    const int64_t lines = b->line_end - b->line, ranges = divide_up(lines, RANGE_LINES);
    for (int64_t i = 0; i < ranges; i++) {
        const int64_t word = lines * i / ranges * SPYRE_DENSE_LINE;
        const int64_t word_end = least(lines * (i + 1) / ranges * SPYRE_DENSE_LINE, b->words);
        const float *weight = panel_at(b, panel) + word * 64;
        for (int64_t tile = 0; tile < tiles; tile++) {
            const int64_t row = tile_row(t, tile, tiles), row_end = tile_row(t, tile + 1, tiles);
            const int rows = (int)(row_end - row);
            int64_t ahead, ahead_end;
            spyre_share((word_end - word) * 4, (int)tile, (int)tiles, &ahead, &ahead_end);
            const spyre_dense_tile arguments = {
                .panel = weight,
                .input = t->lines + row * lines * SPYRE_DENSE_LINE + word * rows,
                .words = word_end - word,
                .rows = rows,
                .column = first,
                .column_end = end,
                .first = i == 0,
                .output = t->sums + row * 64,
                .ahead = (const uint8_t *)(weight + (word_end - word) * 64) + ahead * 64,
                .ahead_lines = ahead_end - ahead,
            };
            t->kernels->matmul_f32(&arguments);
            int64_t column = panel * 64 + first, columns = least(t->g->n - column, end - first);
            if (i + 1 == ranges && columns > 0)
                finish(t, t->sums + row * 64 + first, t->row + row, rows, column, columns);
        }
    }
}

// Packs the part's rows of A and multiplies them with the block.
static void multiply_part(const part *t) {
    const block *b = t->b;
    const int64_t tiles = divide_up(t->row_end - t->row, SPYRE_DENSE_ROWS);
    for (int64_t tile = 0; tile < tiles; tile++) {
        const int64_t row = tile_row(t, tile, tiles), row_end = tile_row(t, tile + 1, tiles);
        spyre_gemm_pack_a(&t->g->a, t->kernels, t->row + row, (int)(row_end - row), b->word, b->words,
                          t->lines + row * (b->line_end - b->line) * SPYRE_DENSE_LINE);
    }
    for (int64_t i = t->unit / 2; i * 2 < t->unit_end; i++)
        multiply_panel(t, b->panel + i, i * 2 < t->unit ? UNIT : 0, t->unit_end < i * 2 + 2 ? UNIT : 64);
}

static void multiply_block(const spyre_gemm *g, const spyre_kernels *kernels, const plan *p, const block *b,
                           float *own, int thread, int threads) {
    const bool by_rows = g->m >= (int64_t)OWN_ROWS * threads;
    part t = {.g = g, .kernels = kernels, .b = b, .lines = own, .unit_end = (b->panel_end - b->panel) * 2};
    t.sums = own + p->rows * (least(p->lines, BLOCK_LINES) * SPYRE_DENSE_LINE);
    int64_t begin = 0, end = g->m;
    if (by_rows) spyre_share(g->m, thread, threads, &begin, &end);
    else spyre_share(t.unit_end, thread, threads, &t.unit, &t.unit_end);
    if (t.unit == t.unit_end) return;
    const int64_t blocks = divide_up(end - begin, BLOCK_ROWS);
    for (int64_t i = 0; i < blocks; i++) {
        t.row = begin + (end - begin) * i / blocks;
        t.row_end = begin + (end - begin) * (i + 1) / blocks;
        multiply_part(&t);
    }
}

// C = beta C, a share of the rows.
static void scale(const spyre_gemm *g, int thread, int threads) {
    int64_t row, end;
    spyre_share(g->m, thread, threads, &row, &end);
    for (; row < end; row++)
        for (int64_t i = 0; i < g->n && g->beta != 1; i++) {
            float *c = g->c + row * g->c_stride + i;
            *c = g->beta == 0 ? 0 : *c * g->beta;
        }
}

static void run(const void *raw, const spyre_launch *launch, int phase, int thread, int threads) {
    const spyre_gemm g = resolve(raw, launch);
    if (g.m == 0 || g.n == 0) return;
    if (g.k == 0) {
        if (phase == 0) scale(&g, thread, threads);
        return;
    }
    if (launch->kernels->sgemm != NULL) {
        spyre_openblas_run(launch->kernels->sgemm, &g, thread, threads);
        return;
    }
    const plan p = plan_of(&g);
    float *own = (float *)launch->scratch + thread * p.thread_floats;
    float *buffers = (float *)launch->scratch + threads * p.thread_floats;
    // Phase i multiplies block i - 1 and packs block i: the barrier between phases is all that they need.
    if (phase > 0) {
        const block b = block_at(&g, &p, phase - 1, buffers);
        multiply_block(&g, launch->kernels, &p, &b, own, thread, threads);
    }
    if (phase < block_count(&p)) {
        const block b = block_at(&g, &p, phase, buffers);
        pack_block(&g, &b, thread, threads);
    }
}

static const spyre_op_class gemm_class = {
    "gemm", sizeof(spyre_gemm_desc), check, accesses, extents, scratch, phases, run,
};

spyre_status spyre_stream_gemm(spyre_stream *stream, const spyre_gemm_desc *desc, spyre_error **out_error) {
    return spyre_stream_enqueue(stream, &gemm_class, desc, out_error);
}
