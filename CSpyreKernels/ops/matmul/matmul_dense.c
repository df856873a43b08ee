// The matrix product with a dense weight: preparation of rows as lines, and the loops over panels, ranges of
// K and row tiles, shared by all variants.
#include "matmul.h"

enum {
    // Up to this many rows every thread prepares all of them for itself, which costs less than a barrier.
    PRIVATE_ROWS = SPYRE_DENSE_ROWS,
    // From this many rows a thread on, threads share out rows instead of columns: a thread then prepares only
    // rows of its own, and they stay in its cache from one op to the next.
    OWN_ROWS = 4 * SPYRE_DENSE_ROWS,
    // Rows that a thread prepares before it multiplies them: every panel is read once for them.
    BLOCK_TILES = 24,
    BLOCK_ROWS = BLOCK_TILES * SPYRE_DENSE_ROWS,
    // Lines of K that several row tiles go through before the next: 128 KiB of a panel, which stay in a
    // second-level cache, beside the rows.
    BLOCK_LINES = 32,
    // Up to this many rows a panel is one stream, which the processor fetches ahead better by itself.
    STREAM_ROWS = SPYRE_DENSE_ROWS / 2,
    // Columns of the smallest share of a thread.
    UNIT = 32,
    // From more rows than this on, panels of 16 bits are widened to float32 range by range, where the processor
    // multiplies float32 only.
    NARROW_ROWS = 6,
    WIDENED_BYTES = BLOCK_LINES * SPYRE_DENSE_LINE * 256
};

// Whether what rounding takes from some elements of a row is made good.
static bool has_remainders(const spyre_matmul_desc *d) {
    return d->input_terms == 2 && d->weight_type == SPYRE_TYPE_BF16;
}

// Whether a launch widens panels if it has many rows. A prepared row then has float32 in it from the start, or
// room for it.
static bool may_widen(const spyre_matmul_desc *d, const spyre_kernels *kernels) {
    return (d->weight_type == SPYRE_TYPE_F16 && kernels->expand_f16 != NULL) ||
           (d->weight_type == SPYRE_TYPE_BF16 && kernels->expand_bf16 != NULL);
}

static int64_t lines_of(int64_t words) { return (words + SPYRE_DENSE_LINE - 1) / SPYRE_DENSE_LINE; }

// Bytes of the lines of one prepared row; `floats` when its elements may be float32.
static uint64_t line_bytes(const spyre_matmul_desc *d, bool floats) {
    const bool pairs = d->weight_type == SPYRE_TYPE_BF16 && !floats;
    return (uint64_t)lines_of(pairs ? (d->columns + 1) / 2 : d->columns) * SPYRE_DENSE_LINE * 4;
}

static uint64_t row_bytes(const spyre_matmul_desc *d, bool floats) {
    return line_bytes(d, floats) + (has_remainders(d) ? spyre_round_up(sizeof(spyre_remainders), 64) : 0);
}

// A thread's sums of a panel for all rows of a block, [rows][64].
static uint64_t sums_bytes(const spyre_matmul_desc *d) {
    int64_t rows = d->rows.maximum < BLOCK_ROWS ? d->rows.maximum : BLOCK_ROWS;
    return (uint64_t)rows * 64 * 4;
}

// What a thread needs besides prepared rows: room for a row that is normalised or rounded, and for a range of
// a panel that is widened, and sums.
static uint64_t widened_bytes(const spyre_matmul_desc *d) {
    return d->weight_type == SPYRE_TYPE_F32 ? 0 : WIDENED_BYTES;
}

static uint64_t thread_bytes(const spyre_matmul_desc *d) {
    return spyre_matmul_float_row_bytes(d) + widened_bytes(d) + sums_bytes(d);
}

uint64_t spyre_dense_scratch(const spyre_matmul_desc *d, int threads) {
    uint64_t rows = (uint64_t)d->rows.maximum, most = (uint64_t)BLOCK_ROWS * (uint64_t)threads;
    uint64_t prepared = (rows < most ? rows : most) + (uint64_t)threads;
    uint64_t private_rows = (rows < PRIVATE_ROWS ? rows : PRIVATE_ROWS) * (uint64_t)threads;
    return (uint64_t)threads * thread_bytes(d) +
           (prepared > private_rows ? prepared : private_rows) * row_bytes(d, true);
}

// How the rows of a launch are prepared and shared out.
typedef enum sharing { EACH_PREPARES_ALL, TOGETHER_THEN_COLUMNS, OWN_ROWS_ONLY } sharing;

static sharing sharing_of(int64_t rows, int threads) {
    if (threads == 1 || rows >= (int64_t)OWN_ROWS * threads) return OWN_ROWS_ONLY;
    return rows <= PRIVATE_ROWS ? EACH_PREPARES_ALL : TOGETHER_THEN_COLUMNS;
}

int spyre_dense_phases(const spyre_matmul_desc *d, const spyre_launch *launch, int threads) {
    return sharing_of(spyre_size(launch, d->rows), threads) == TOGETHER_THEN_COLUMNS ? 2 : 1;
}

// A thread's work: rows row ..< row_end, which are prepared as equal tiles one after another, and columns
// unit * 32 ..< unit_end * 32.
typedef struct work {
    const spyre_matmul_desc *d;
    const spyre_launch *launch;
    bool may_widen;
    uint8_t *prepared;
    float *sums;
    uint8_t *widened;
    float *room;
    int64_t row;
    int64_t row_end;
    int64_t unit;
    int64_t unit_end;
} work;

static int64_t tile_count(const work *w) {
    return (w->row_end - w->row + SPYRE_DENSE_ROWS - 1) / SPYRE_DENSE_ROWS;
}

// Whether the rows of this work meet widened panels.
static bool widens(const work *w) { return w->may_widen && w->row_end - w->row > NARROW_ROWS; }

static bool has_pairs(const work *w) { return w->d->weight_type == SPYRE_TYPE_BF16 && !widens(w); }

// Words along K: pairs of bfloat16, or single elements. Widened pairs keep the zero that fills the last one up:
// it turns a sum of -0 into 0, as where pairs are multiplied.
static int64_t word_count(const work *w) {
    const int64_t pairs = (w->d->columns + 1) / 2;
    if (w->d->weight_type != SPYRE_TYPE_BF16) return w->d->columns;
    return has_pairs(w) ? pairs : 2 * pairs;
}

// Rows of a tile within the work's, and where they lie: 16 rows are 8 + 8, not 12 + 4.
typedef struct row_tile {
    int64_t begin;
    int rows;
    uint8_t *lines;
    // One a row, where there are any.
    spyre_remainders *remainders;
} row_tile;

static row_tile tile_at(const work *w, int64_t tile) {
    int64_t rows = w->row_end - w->row, tiles = tile_count(w);
    int64_t begin = rows * tile / tiles, end = rows * (tile + 1) / tiles;
    uint8_t *lines = w->prepared + (uint64_t)begin * row_bytes(w->d, w->may_widen);
    uint64_t bytes = line_bytes(w->d, w->may_widen) * (uint64_t)(end - begin);
    return (row_tile){begin, (int)(end - begin), lines, (spyre_remainders *)(lines + bytes)};
}

// MARK: Preparation

static spyre_spread_kernel *spread_of(const work *w) {
    const spyre_kernels *kernels = w->launch->kernels;
    if (w->d->weight_type != SPYRE_TYPE_BF16) return kernels->spread_f32;
    return has_pairs(w) ? kernels->spread_bf16 : kernels->spread_rounded;
}

static void prepare_row(const work *w, const row_tile *tile, int row) {
    const spyre_matmul_desc *d = w->d;
    spyre_spread_kernel *spread = spread_of(w);
    const int64_t line = SPYRE_DENSE_LINE * 4, stride = tile->rows * line;
    uint8_t *lines = tile->lines + row * line;
    const float *x = spyre_matmul_source_row(d, w->launch, w->row + tile->begin + row, w->room);
    spread(x, lines, d->columns, stride);
    if (has_remainders(d)) w->launch->kernels->find_remainders(x, d->columns, tile->remainders + row);
}

// Prepares those rows of the work that are in begin ..< end, counted from its first.
static void prepare(const work *w, int64_t begin, int64_t end) {
    for (int64_t i = 0; i < tile_count(w); i++) {
        row_tile tile = tile_at(w, i);
        for (int r = 0; r < tile.rows; r++)
            if (tile.begin + r >= begin && tile.begin + r < end) prepare_row(w, &tile, r);
    }
}

// MARK: Multiplication

// A range of K of a part of a panel, and lines of memory that come after it.
typedef struct range {
    // The panel, the first word of the range, and the kernel that reads it.
    const uint8_t *whole;
    const uint8_t *words;
    spyre_dense_kernel *kernel;
    int64_t panel;
    int column;
    int column_end;
    int64_t line;
    int64_t line_end;
    bool last;
    const uint8_t *ahead;
    int64_t ahead_lines;
} range;

// Fetches the part of the output that a tile goes to, while the tile is computed.
static void fetch_output(const work *w, const range *r, const row_tile *tile) {
    const spyre_matmul_desc *d = w->d;
    const bool gated = d->activation == SPYRE_MATMUL_SILU_MUL;
    const int64_t begin = gated ? r->panel * 32 : r->panel * 64 + r->column;
    const int64_t results = spyre_matmul_results(d), most = begin + (gated ? 32 : r->column_end - r->column);
    const float *output = spyre_resolve(w->launch, d->output);
    for (int i = 0; i < tile->rows; i++)
        for (int64_t column = begin; column < most && column < results; column += 16)
            __builtin_prefetch(output + (w->row + tile->begin + i) * d->output_stride + column, 1, 3);
}

// Adds to sums what rounding took from the rows of a tile.
static void add_remainders(const work *w, const range *r, const row_tile *tile, float *sums) {
    const spyre_dense_tile arguments = {
        .panel = r->whole,
        .input = tile->remainders,
        .rows = tile->rows,
        .column = r->column,
        .column_end = r->column_end,
        .output = sums,
    };
    w->launch->kernels->matmul_remainders(&arguments);
}

static void multiply_tile(const work *w, const range *r, int64_t index) {
    const spyre_matmul_desc *d = w->d;
    const row_tile tile = tile_at(w, index);
    const int64_t word = r->line * SPYRE_DENSE_LINE, words = word_count(w);
    const int64_t end = r->line_end * SPYRE_DENSE_LINE < words ? r->line_end * SPYRE_DENSE_LINE : words;
    // Each tile fetches its share.
    int64_t ahead = 0, ahead_end = 0;
    spyre_share(r->ahead_lines, (int)index, (int)tile_count(w), &ahead, &ahead_end);
    float *sums = w->sums + tile.begin * 64;
    const spyre_dense_tile arguments = {
        .panel = r->words,
        .input = tile.lines + (uint64_t)(word * tile.rows) * 4,
        .words = end - word,
        .rows = tile.rows,
        .column = r->column,
        .column_end = r->column_end,
        .first = r->line == 0,
        .output = sums,
        .ahead = r->ahead + (uint64_t)ahead * 64,
        .ahead_lines = ahead_end - ahead,
    };
    if (r->last) fetch_output(w, r, &tile);
    r->kernel(&arguments);
    if (!r->last) return;
    if (has_remainders(d)) add_remainders(w, r, &tile, sums);
    const spyre_matmul_sums finished = {sums,     w->row + tile.begin, tile.rows,
                                        r->panel, r->column,           r->column_end};
    spyre_matmul_finish_tile(d, w->launch, &finished);
}

// Where the words of a range are, widened when the kernel for many rows wants them so.
static void find_words(const work *w, range *r, const uint8_t *panel) {
    const spyre_kernels *kernels = w->launch->kernels;
    const int64_t word = r->line * SPYRE_DENSE_LINE, words = word_count(w);
    const int64_t end = r->line_end * SPYRE_DENSE_LINE < words ? r->line_end * SPYRE_DENSE_LINE : words;
    const int64_t bytes = w->d->weight_type == SPYRE_TYPE_F32 || has_pairs(w) ? SPYRE_QUADS : SPYRE_HALVES;
    switch (w->d->weight_type) {
    case SPYRE_TYPE_F32: r->kernel = kernels->matmul_f32; break;
    case SPYRE_TYPE_BF16: r->kernel = kernels->matmul_bf16; break;
    default: r->kernel = kernels->matmul_f16;
    }
    r->whole = panel;
    r->words = panel + word * bytes;
    r->ahead = panel + end * bytes;
    r->ahead_lines = w->row_end - w->row > STREAM_ROWS ? (end - word) * bytes / 64 : 0;
    if (!widens(w)) return;
    spyre_expand_kernel *expand =
        w->d->weight_type == SPYRE_TYPE_F16 ? kernels->expand_f16 : kernels->expand_bf16;
    expand(r->words, w->widened, end - word);
    r->words = w->widened;
    r->kernel = kernels->matmul_f32;
}

// All row tiles with the columns of one panel that are the work's. A range of K stays in the cache from the
// first tile and pass of a kernel to the last, which fetch the next one meanwhile.
static void multiply_panel(const work *w, int64_t panel) {
    const spyre_matmul_desc *d = w->d;
    const int64_t tiles = tile_count(w), lines = lines_of(word_count(w)), first = panel * (64 / UNIT);
    const int64_t ranges = (lines + BLOCK_LINES - 1) / BLOCK_LINES;
    const uint8_t *weight = (const uint8_t *)spyre_resolve(w->launch, d->weight) +
                            (uint64_t)panel * spyre_weight_bytes(d->weight_type, 64, d->columns);
    range r = {
        .panel = panel,
        .column = w->unit > first ? (int)(w->unit - first) * UNIT : 0,
        .column_end = w->unit_end < first + 64 / UNIT ? (int)(w->unit_end - first) * UNIT : 64,
    };
    for (int64_t i = 0; i < ranges; i++) {
        r.line = lines * i / ranges;
        r.line_end = lines * (i + 1) / ranges;
        r.last = i + 1 == ranges;
        find_words(w, &r, weight);
        for (int64_t tile = 0; tile < tiles; tile++) multiply_tile(w, &r, tile);
    }
}

static void multiply(const work *w) {
    if (w->unit == w->unit_end) return;
    for (int64_t panel = w->unit * UNIT / 64; panel * 64 < w->unit_end * UNIT; panel++)
        multiply_panel(w, panel);
}

// MARK: Shares

// A share of the columns; gate and up columns of a panel stay together.
static void share_columns(work *w, int thread, int threads) {
    const bool gated = w->d->activation == SPYRE_MATMUL_SILU_MUL;
    const int64_t unit = gated ? 64 : UNIT;
    spyre_share((w->d->outputs + unit - 1) / unit, thread, threads, &w->unit, &w->unit_end);
    w->unit *= unit / UNIT;
    w->unit_end *= unit / UNIT;
}

// Prepares a share of the rows, or multiplies all of them with a share of the columns.
static void together(work *w, int64_t rows, int phase, int thread, int threads) {
    int64_t begin, end, blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    uint8_t *prepared = w->prepared;
    spyre_share(rows, thread, threads, &begin, &end);
    if (phase == 1) share_columns(w, thread, threads);
    for (int64_t i = 0; i < blocks; i++) {
        w->row = rows * i / blocks;
        w->row_end = rows * (i + 1) / blocks;
        w->prepared = prepared + (uint64_t)w->row * row_bytes(w->d, w->may_widen);
        if (phase == 0) prepare(w, begin - w->row, end - w->row);
        else multiply(w);
    }
}

static void own_rows(work *w, int64_t rows, int thread, int threads) {
    int64_t begin, end;
    spyre_share(rows, thread, threads, &begin, &end);
    int64_t most = (rows + threads - 1) / threads;
    w->prepared +=
        (uint64_t)(thread * (most < BLOCK_ROWS ? most : BLOCK_ROWS)) * row_bytes(w->d, w->may_widen);
    int64_t blocks = (end - begin + BLOCK_ROWS - 1) / BLOCK_ROWS;
    for (int64_t i = 0; i < blocks; i++) {
        w->row = begin + (end - begin) * i / blocks;
        w->row_end = begin + (end - begin) * (i + 1) / blocks;
        prepare(w, 0, w->row_end - w->row);
        multiply(w);
    }
}

void spyre_dense_run(const spyre_matmul_desc *d, const spyre_launch *launch, int phase, int thread,
                     int threads) {
    const int64_t rows = spyre_size(launch, d->rows);
    uint8_t *own = launch->scratch + (uint64_t)thread * thread_bytes(d);
    work w = {
        .d = d,
        .launch = launch,
        .may_widen = may_widen(d, launch->kernels),
        .prepared = launch->scratch + (uint64_t)threads * thread_bytes(d),
        .sums = (float *)(own + spyre_matmul_float_row_bytes(d) + widened_bytes(d)),
        .widened = own + spyre_matmul_float_row_bytes(d),
        .room = (float *)own,
        .row_end = rows,
        .unit_end = (d->outputs + UNIT - 1) / UNIT,
    };
    switch (sharing_of(rows, threads)) {
    case EACH_PREPARES_ALL:
        w.prepared += (uint64_t)(thread * rows) * row_bytes(d, w.may_widen);
        prepare(&w, 0, rows);
        share_columns(&w, thread, threads);
        multiply(&w);
        break;
    case TOGETHER_THEN_COLUMNS: together(&w, rows, phase, thread, threads); break;
    case OWN_ROWS_ONLY: own_rows(&w, rows, thread, threads);
    }
}
