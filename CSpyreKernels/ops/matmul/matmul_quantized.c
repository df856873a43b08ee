// The matrix product with a quantised weight: the loops over panels, ranges of K and row tiles, shared by all
// variants.
#include "quantized_input.h"

enum {
    // Up to this many rows every thread prepares all of them for itself, which costs less than a barrier.
    PRIVATE_ROWS = 8,
    // From this many rows a thread on, threads share out rows instead of columns: a thread then prepares only
    // rows of its own, and they stay in its cache from one op to the next.
    OWN_ROWS = 48,
    // Rows whose sums with one panel are held at a time.
    BLOCK_ROWS = 256,
    // Elements of K that all tiles of a block pass before the next: so much of a panel, expanded, stays in a
    // second-level cache. A multiple of every block.
    CHUNK = 1024,
    // From this many row tiles on a panel is expanded.
    EXPAND_TILES = 3,
    // Up to this many rows (for I8: of one tile) a panel is one stream, and what is so many bytes ahead in it is
    // fetched: the loops that unpack quants ask for lines too slowly for the processor to fetch far enough
    // ahead by itself.
    STREAM_ROWS = 2,
    STREAM_AHEAD = 24 << 10,
    // Columns of the smallest share of a thread.
    UNIT = 32
};

// What a thread has to itself: a float row, room for a chunk of a panel and the sums of a block of rows.
typedef struct room {
    float *row;
    uint8_t *panel;
    float *sums;
} room;

static const uint64_t PANEL_BYTES = CHUNK / 32 * SPYRE_EXPANDED_OFFSET;

static uint64_t room_bytes(const spyre_matmul_desc *d) {
    uint64_t rows = (uint64_t)d->rows.maximum < BLOCK_ROWS ? (uint64_t)d->rows.maximum : BLOCK_ROWS;
    uint64_t sums = rows * 64 * 4 * (spyre_quantized_has_second_term(d) ? 2 : 1);
    return spyre_matmul_float_row_bytes(d) + PANEL_BYTES + sums;
}

static room room_at(const spyre_matmul_desc *d, uint8_t *start) {
    uint8_t *panel = start + spyre_matmul_float_row_bytes(d);
    return (room){(float *)start, panel, (float *)(panel + PANEL_BYTES)};
}

uint64_t spyre_quantized_scratch(const spyre_matmul_desc *d, int threads) {
    uint64_t rows = (uint64_t)d->rows.maximum;
    uint64_t private_rows = (rows < PRIVATE_ROWS ? rows : PRIVATE_ROWS) * (uint64_t)threads;
    return (uint64_t)threads * room_bytes(d) +
           (rows > private_rows ? rows : private_rows) * spyre_quantized_row_bytes(d);
}

// How the rows of a launch are prepared and shared out.
typedef enum sharing { EACH_PREPARES_ALL, TOGETHER_THEN_COLUMNS, OWN_ROWS_ONLY } sharing;

static sharing sharing_of(int64_t rows, int threads) {
    if (threads == 1 || rows >= (int64_t)OWN_ROWS * threads) return OWN_ROWS_ONLY;
    return rows <= PRIVATE_ROWS ? EACH_PREPARES_ALL : TOGETHER_THEN_COLUMNS;
}

int spyre_quantized_phases(const spyre_matmul_desc *d, const spyre_launch *launch, int threads) {
    return sharing_of(spyre_size(launch, d->rows), threads) == TOGETHER_THEN_COLUMNS ? 2 : 1;
}

// The kernels of a weight type. Without `expand`, panels are always read as they are packed.
typedef struct weight_kernels {
    spyre_matmul_kernel *packed;
    spyre_expand_kernel *expand;
    spyre_matmul_kernel *expanded;
} weight_kernels;

static weight_kernels kernels_for(const spyre_kernels *k, spyre_type type) {
    switch (type) {
    case SPYRE_TYPE_I8: return (weight_kernels){k->matmul_i8, NULL, NULL};
    case SPYRE_TYPE_Q8_0: return (weight_kernels){k->matmul_q8_0, NULL, NULL};
    case SPYRE_TYPE_Q4_0: return (weight_kernels){k->matmul_q4_0, k->expand_q4_0, k->matmul_scaled};
    case SPYRE_TYPE_Q4_1: return (weight_kernels){k->matmul_q4_1, k->expand_q4_1, k->matmul_offset};
    case SPYRE_TYPE_Q4_K: return (weight_kernels){k->matmul_q4_k, k->expand_q4_k, k->matmul_offset};
    default: return (weight_kernels){k->matmul_q6_k, k->expand_q6_k, k->matmul_halves};
    }
}

// What one thread multiplies: prepared rows row ..< row_end, and columns unit * 32 ..< unit_end * 32.
typedef struct work {
    const spyre_matmul_desc *d;
    const spyre_launch *launch;
    room room;
    const uint8_t *prepared;
    int64_t row;
    int64_t row_end;
    int64_t unit;
    int64_t unit_end;
} work;

static int64_t panels_end(const work *w) { return (w->unit_end * UNIT + 63) / 64; }

static spyre_matmul_tile tile_arguments(const work *w, const uint8_t *term, int64_t column) {
    spyre_quantized_term t = spyre_quantized_parts(w->d, term);
    int64_t block = w->d->weight_type == SPYRE_TYPE_I8 ? 0 : column / 32;
    return (spyre_matmul_tile){
        .input = t.quants + column,
        .input_stride = (int64_t)spyre_quantized_row_bytes(w->d),
        .scales = t.scales + block,
        .sums = t.sums + block,
        .offsets = t.offsets + block * (spyre_has_half_offsets(w->d) ? 2 : 1),
        .block_stride = (int64_t)spyre_quantized_row_bytes(w->d) / 4,
    };
}

// A range of K of one panel: where it lies, and the kernel for it.
typedef struct chunk {
    const uint8_t *panel;
    // Scales of I8, which a whole panel shares.
    const float *panel_scales;
    spyre_matmul_kernel *kernel;
    int64_t column;
    int64_t columns;
    bool last;
    // Columns of the panel.
    int begin;
    int end;
    // The part of the weight behind this one, to be fetched on the way.
    const uint8_t *next;
    int64_t next_lines;
} chunk;

// Rows begin ..< end of the block with a chunk; `sums` takes what they come to, term by term.
static void multiply_tile(const work *w, const chunk *c, int64_t begin, int64_t end, int64_t rows) {
    const uint8_t *input = w->prepared + (uint64_t)begin * spyre_quantized_row_bytes(w->d);
    for (int term = 0; term < (spyre_quantized_has_second_term(w->d) ? 2 : 1); term++) {
        spyre_matmul_tile t =
            tile_arguments(w, input + (uint64_t)term * spyre_quantized_term_bytes(w->d), c->column);
        t.panel = c->panel;
        t.panel_scales = c->panel_scales;
        t.columns = c->columns;
        t.rows = (int)(end - begin);
        t.output = w->room.sums + (term * rows + begin) * 64;
        t.first = c->column == 0;
        t.last = c->last;
        t.column = c->begin;
        t.column_end = c->end;
        t.ahead = c->next;
        t.ahead_lines = term == 0 ? c->next_lines : 0;
        c->kernel(&t);
    }
}

static void multiply_chunk(const work *w, const chunk *c, int64_t rows, int tiles) {
    for (int i = 0; i < tiles; i++) {
        int64_t begin, end, line, line_end;
        // Equal row tiles: 8 rows are 4 + 4, not 6 + 2.
        spyre_share(rows, i, tiles, &begin, &end);
        spyre_share(c->next_lines, i, tiles, &line, &line_end);
        chunk part = *c;
        part.next_lines = line_end - line;
        if (part.next_lines > 0) part.next += line * 64;
        multiply_tile(w, &part, begin, end, rows);
    }
}

// Hands the sums of columns column ..< column_end of a panel to the epilogue.
static void finish_panel(const work *w, int64_t panel, int column, int column_end, int64_t rows, int tiles) {
    if (spyre_quantized_has_second_term(w->d))
        for (int64_t e = 0; e < rows * 64; e++) w->room.sums[e] += w->room.sums[rows * 64 + e];
    for (int i = 0; i < tiles; i++) {
        int64_t begin, end;
        spyre_share(rows, i, tiles, &begin, &end);
        const spyre_matmul_sums sums = {
            w->room.sums + begin * 64, w->row + begin, (int)(end - begin), panel, column, column_end};
        spyre_matmul_finish_tile(w->d, w->launch, &sums);
    }
}

// What lies `ahead` bytes behind the begin of the chunk is to be fetched while the chunk is multiplied: so many
// bytes, as far as they are the thread's.
static void fetch(chunk *c, int64_t ahead, int64_t bytes, const uint8_t *weight_end) {
    int64_t left = weight_end - c->panel - ahead;
    if (left <= 0) return;
    c->next = c->panel + ahead;
    c->next_lines = (left < bytes ? left : bytes) / 64;
}

// All rows of a block with one panel.
static void multiply_panel(const work *w, int64_t panel) {
    const spyre_matmul_desc *d = w->d;
    const weight_kernels kernels = kernels_for(w->launch->kernels, d->weight_type);
    int64_t bytes = (int64_t)spyre_weight_bytes(d->weight_type, 64, d->columns);
    const uint8_t *weight = (const uint8_t *)spyre_resolve(w->launch, d->weight) + panel * bytes;
    const uint8_t *weight_end = weight + (panels_end(w) - panel) * bytes;
    int64_t head = d->weight_type == SPYRE_TYPE_I8 ? SPYRE_I8_HEAD : 0;
    int64_t rows = w->row_end - w->row, first = panel * (64 / UNIT);
    int column = w->unit > first ? (int)(w->unit - first) * UNIT : 0;
    int column_end = w->unit_end < first + 64 / UNIT ? (int)(w->unit_end - first) * UNIT : 64;
    int tiles = (int)((rows + SPYRE_TILE_ROWS - 1) / SPYRE_TILE_ROWS);
    bool expand = kernels.expand != NULL && tiles >= EXPAND_TILES;
    bool stream = rows <= (d->weight_type == SPYRE_TYPE_I8 ? SPYRE_TILE_ROWS : STREAM_ROWS);
    int64_t step = stream ? d->columns : CHUNK;
    for (int64_t k = 0; k < d->columns; k += step) {
        int64_t columns = d->columns - k < step ? d->columns - k : step;
        int64_t chunk_bytes = (int64_t)spyre_weight_bytes(d->weight_type, 64, columns) - head;
        const uint8_t *packed = weight + (k == 0 ? head : (int64_t)spyre_weight_bytes(d->weight_type, 64, k));
        chunk c = {.panel = packed,
                   .panel_scales = (const float *)weight,
                   .kernel = kernels.packed,
                   .column = k,
                   .columns = columns,
                   .last = k + columns == d->columns,
                   .begin = column,
                   .end = column_end};
        fetch(&c, stream ? STREAM_AHEAD : chunk_bytes, chunk_bytes, weight_end);
        if (expand) {
            kernels.expand(packed, w->room.panel, columns);
            c.panel = w->room.panel;
            c.kernel = kernels.expanded;
        }
        multiply_chunk(w, &c, rows, tiles);
    }
    finish_panel(w, panel, column, column_end, rows, tiles);
}

// The rows and panels of `w`, so many rows at a time as the sums have room for.
static void multiply(const work *w) {
    int64_t rows = w->row_end - w->row, blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    for (int64_t i = 0; i < blocks; i++) {
        work block = *w;
        int64_t begin = rows * i / blocks, end = rows * (i + 1) / blocks;
        block.row = w->row + begin;
        block.row_end = w->row + end;
        block.prepared = w->prepared + (uint64_t)begin * spyre_quantized_row_bytes(w->d);
        for (int64_t panel = w->unit * UNIT / 64; panel * 64 < w->unit_end * UNIT; panel++)
            multiply_panel(&block, panel);
    }
}

static void prepare(const work *w, uint8_t *target) {
    for (int64_t row = w->row; row < w->row_end; row++, target += spyre_quantized_row_bytes(w->d))
        spyre_quantized_prepare_row(w->d, w->launch, row, w->room.row, target);
}

// A share of the columns; gate and up columns of a panel stay together.
static void share_columns(work *w, int thread, int threads) {
    const int64_t unit = w->d->activation == SPYRE_MATMUL_SILU_MUL ? 64 : UNIT;
    spyre_share((w->d->outputs + unit - 1) / unit, thread, threads, &w->unit, &w->unit_end);
    w->unit *= unit / UNIT;
    w->unit_end *= unit / UNIT;
}

void spyre_quantized_run(const spyre_matmul_desc *d, const spyre_launch *launch, int phase, int thread,
                         int threads) {
    int64_t rows = spyre_size(launch, d->rows);
    uint64_t own = room_bytes(d);
    uint8_t *prepared = launch->scratch + (uint64_t)threads * own;
    work w = {.d = d,
              .launch = launch,
              .room = room_at(d, launch->scratch + (uint64_t)thread * own),
              .prepared = prepared,
              .row_end = rows,
              .unit_end = (d->outputs + UNIT - 1) / UNIT};
    switch (sharing_of(rows, threads)) {
    case EACH_PREPARES_ALL:
        prepared += (uint64_t)thread * (uint64_t)rows * spyre_quantized_row_bytes(d);
        w.prepared = prepared;
        prepare(&w, prepared);
        share_columns(&w, thread, threads);
        break;
    case TOGETHER_THEN_COLUMNS:
        if (phase == 0) {
            spyre_share(rows, thread, threads, &w.row, &w.row_end);
            prepare(&w, prepared + (uint64_t)w.row * spyre_quantized_row_bytes(d));
            return;
        }
        share_columns(&w, thread, threads);
        break;
    case OWN_ROWS_ONLY:
        spyre_share(rows, thread, threads, &w.row, &w.row_end);
        prepared += (uint64_t)w.row * spyre_quantized_row_bytes(d);
        w.prepared = prepared;
        prepare(&w, prepared);
    }
    multiply(&w);
}
