/* dehusk/nets.py: what nets see, scaled. dehusk/label/text_model.py: a layer of a net added, or worked whole. */
#include "kernels.h"

static inline float scale_value(float value, float mean, float scale, float limit) {
    value = (value - mean) * scale;
    value = value < -limit ? -limit : value;
    return value > limit ? limit : value;
}

/* Rows of `columns` values, scaled and no further than `limit` from 0, into those of `scaled`, which are `width` apart. */
EXPORT void scale_rows(const float *restrict values, int64_t rows, int64_t columns, const float *restrict mean,
                       const float *restrict scale, int64_t limit, float *restrict scaled, int64_t width) {
    float most = (float)limit;
    for (int64_t row = 0; row < rows; row++, values += columns, scaled += width)
        for (int64_t i = 0; i < columns; i++) scaled[i] = scale_value(values[i], mean[i], scale[i], most);
}

/* Adds to each of `rows` rows of `state` what is above 0 of `bias` and what is said of it: in `said` each row has
 * `channels` numbers for the row `dilation` below it, then as many for itself, and for the row as far above it. */
EXPORT void add_layer(float *restrict state, const float *restrict said, const float *restrict bias, int64_t rows,
                      int64_t channels, int64_t dilation) {
    int64_t width = 3 * channels;
    for (int64_t row = 0; row < rows; row++, state += channels) {
        const float *own = said + row * width + channels;
        const float *up = row >= dilation ? said + (row - dilation) * width : NULL;
        const float *down = row + dilation < rows ? said + (row + dilation) * width + 2 * channels : NULL;
        for (int64_t i = 0; i < channels; i++) {
            float sum = own[i] + bias[i];
            if (up) sum += up[i];
            if (down) sum += down[i];
            state[i] += sum <= 0 ? 0 : sum;
        }
    }
}

/* Whether `run_layers` may be called. OpenBLAS leaves registers of 64 bytes half empty on processors that are newer than it
 * is, and does not know that all of a layer's steps can be done where the sums are. */
EXPORT int64_t has_wide(void);

/* Of each of `size` rows the `channels` numbers that layers make of it, in `out`. The rows' columns, scaled as `scale_rows`
 * does, are those of `count` parts, `widths` of each. Returns 0 where there is no memory.
 *
 * The first layer makes of a row what is above 0 of the bias and of the products with the weights. The others ask three rows
 * that are `steps` apart, and add the row itself; outside of the rows there are zeros. `weights` has the address of those of
 * each of `layers`: for each column `channels` numbers, in all layers but the first three times as many, for the row above, for
 * the row itself and for the one below. `biases` has that of `channels` numbers. Sums are rounded in another order than BLAS
 * has. */
EXPORT int64_t run_layers(const float *const *parts, const int64_t *widths, int64_t count, int64_t size, const float *mean,
                          const float *scale, int64_t limit, const float *const *weights, const float *const *biases,
                          const int64_t *steps, int64_t layers, int64_t channels, float *out);

#if defined(__x86_64__) && (defined(__clang__) || __GNUC__ >= 5)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f")))
/* A register has 8 channels of two rows, so that 40 of them fill five. Sums of 4 pairs leave room for weights and a value. */
enum { SIDES = 2, LANES = 16, VECTORS = 5, PANEL = VECTORS * LANES, PAIRS = 4, TILE = SIDES * PAIRS, LINE = 64 };

typedef struct {
    __m512 at[PAIRS][VECTORS];
} Sums;

typedef struct {
    const float *const *parts;
    const int64_t *widths;
    int64_t count, size;
    const float *mean, *scale;
    float limit;
} Rows;

/* Rows of the first half beside those of the second, number by number; `stride` numbers a pair. */
typedef struct {
    float *at;
    int64_t half, stride;
} Pairs;

/* Of each panel the weights of each column of each tap, every number twice, as a pair has its. */
typedef struct {
    float *weight, *bias;
    int64_t taps, columns, step;
} Layer;

int64_t has_wide(void) {
    return __builtin_cpu_supports("avx512f") != 0;
}

/* Add the products of PAIRS pairs with PANEL numbers of `weight` for each column. */
static inline WIDE __attribute__((always_inline)) void add_products(Sums *sums, const float *pairs, int64_t stride,
                                                                    int64_t columns, const float *weight) {
    for (int64_t column = 0; column < columns; column++, weight += PANEL) {
        __m512 own[VECTORS];
        for (int i = 0; i < VECTORS; i++) own[i] = _mm512_loadu_ps(weight + i * LANES);
        for (int pair = 0; pair < PAIRS; pair++) {
            double both;
            memcpy(&both, pairs + pair * stride + SIDES * column, sizeof both);
            __m512 value = _mm512_castpd_ps(_mm512_set1_pd(both));
            for (int i = 0; i < VECTORS; i++) sums->at[pair][i] = _mm512_fmadd_ps(value, own[i], sums->at[pair][i]);
        }
    }
}

/* What a layer makes of PAIRS pairs, which are `stride` apart, those in `out` `width`. */
static WIDE void run_pairs(const float *pairs, int64_t stride, const Layer *layer, float *out, int64_t width) {
    int64_t taps = layer->taps, columns = layer->columns;
    for (int64_t first = 0; first < width; first += PANEL) {
        Sums sums;
        for (int i = 0; i < VECTORS; i++) {
            __m512 bias = _mm512_loadu_ps(layer->bias + first + i * LANES);
            for (int pair = 0; pair < PAIRS; pair++) sums.at[pair][i] = bias;
        }
        for (int64_t tap = 0; tap < taps; tap++)
            add_products(&sums, pairs + (tap - taps / 2) * layer->step * stride, stride, columns,
                         layer->weight + (first * taps + tap * PANEL) * columns);
        for (int pair = 0; pair < PAIRS; pair++)
            for (int i = 0; i < VECTORS; i++) {
                __m512 sum = _mm512_max_ps(sums.at[pair][i], _mm512_setzero_ps());
                if (taps > 1) sum = _mm512_add_ps(sum, _mm512_loadu_ps(pairs + pair * stride + first + i * LANES));
                _mm512_storeu_ps(out + pair * width + first + i * LANES, sum);
            }
    }
}

/* PAIRS pairs of scaled rows, from the row `top` on. */
static WIDE void pair_rows(const Rows *rows, int64_t top, int64_t half, float *restrict pairs) {
    for (int64_t low = top; low < top + PAIRS; low++) {
        int64_t high = low + half;
        const float *restrict mean = rows->mean, *restrict scale = rows->scale;
        for (int64_t part = 0; part < rows->count; part++) {
            int64_t width = rows->widths[part];
            const float *restrict one = rows->parts[part] + (low < rows->size ? low : 0) * width;
            const float *restrict other = rows->parts[part] + (high < rows->size ? high : 0) * width;
            for (int64_t i = 0; i < width; i++) {
                pairs[SIDES * i] = scale_value(one[i], mean[i], scale[i], rows->limit);
                pairs[SIDES * i + 1] = scale_value(other[i], mean[i], scale[i], rows->limit);
            }
            pairs += SIDES * width, mean += width, scale += width;
        }
    }
}

/* The first `columns` numbers of each of `size` rows, row by row. */
static WIDE void part_pairs(Pairs pairs, int64_t size, int64_t columns, float *restrict rows) {
    for (int64_t low = 0; low < pairs.half && low < size; low++) {
        int64_t high = low + pairs.half;
        const float *restrict both = pairs.at + low * pairs.stride;
        float *restrict one = rows + low * columns, *restrict other = rows + high * columns;
        for (int64_t i = 0; i < columns; i++) one[i] = both[SIDES * i];
        for (int64_t i = 0; i < columns && high < size; i++) other[i] = both[SIDES * i + 1];
    }
}

/* Around the pairs, up to `step` of them: the end of the first half is above the second, whose beginning is below the first.
 * Everything else outside of `size` rows is 0, as is what fills the last pairs. */
static void close_edges(Pairs pairs, int64_t size, int64_t step) {
    int64_t half = pairs.half, stride = pairs.stride;
    for (int64_t row = size; row < SIDES * half; row++)
        for (int64_t i = 0; i < stride; i += SIDES) pairs.at[row % half * stride + row / half + i] = 0;
    for (int64_t k = 1; k <= step; k++) {
        float *above = pairs.at - k * stride, *below = pairs.at + (half - 1 + k) * stride;
        const float *last = pairs.at + (half - k) * stride, *first = pairs.at + (k - 1) * stride;
        for (int64_t i = 0; i < stride; i += SIDES) {
            above[i] = below[i + 1] = 0;
            above[i + 1] = last[i];
            below[i] = first[i + 1];
        }
    }
}

static WIDE void pack_layer(Layer *layer, const float *weight, const float *bias, int64_t channels, int64_t width) {
    int64_t taps = layer->taps, columns = layer->columns;
    memset(layer->weight, 0, (size_t)(taps * columns * width) * sizeof(float));
    memset(layer->bias, 0, (size_t)width * sizeof(float));
    for (int64_t i = 0; i < SIDES * channels; i++) layer->bias[i] = bias[i / SIDES];
    float *packed = layer->weight;
    for (int64_t first = 0; first < channels; first += PANEL / SIDES) {
        int64_t count = channels - first < PANEL / SIDES ? channels - first : PANEL / SIDES;
        for (int64_t tap = 0; tap < taps; tap++)
            for (int64_t column = 0; column < columns; column++, packed += PANEL) {
                const float *own = weight + (column * taps + tap) * channels + first;
                for (int64_t i = 0; i < count; i++) packed[SIDES * i] = packed[SIDES * i + 1] = own[i];
            }
    }
}

int64_t run_layers(const float *const *parts, const int64_t *widths, int64_t count, int64_t size, const float *mean,
                   const float *scale, int64_t limit, const float *const *weights, const float *const *biases,
                   const int64_t *steps, int64_t layers, int64_t channels, float *out) {
    Rows rows = {parts, widths, count, size, mean, scale, (float)limit};
    int64_t half = (size + TILE - 1) / TILE * PAIRS, width = (SIDES * channels + PANEL - 1) / PANEL * PANEL;
    int64_t columns = 0, edge = 0;
    for (int64_t i = 0; i < count; i++) columns += widths[i];
    for (int64_t i = 1; i < layers; i++) edge = steps[i] > edge ? steps[i] : edge;
    int64_t most = columns > 3 * channels ? columns : 3 * channels, state = (edge + half + edge) * width;
    char *held = malloc((size_t)(2 * state + (most + 1) * width + TILE * columns) * sizeof(float) + LINE);
    if (!held) return 0;
    float *room = (float *)(((uintptr_t)held + LINE - 1) / LINE * LINE);
    Pairs given = {room + edge * width, half, width}, made = {given.at + state, half, width};
    Layer layer = {room + 2 * state, room + 2 * state + most * width, 1, columns, 0};
    float *tile = layer.bias + width;
    pack_layer(&layer, weights[0], biases[0], channels, width);
    for (int64_t top = 0; top < half; top += PAIRS) {
        pair_rows(&rows, top, half, tile);
        run_pairs(tile, SIDES * columns, &layer, given.at + top * width, width);
    }
    for (int64_t i = 1; i < layers; i++) {
        layer = (Layer){layer.weight, layer.bias, 3, channels, steps[i]};
        pack_layer(&layer, weights[i], biases[i], channels, width);
        close_edges(given, size, steps[i]);
        for (int64_t top = 0; top < half; top += PAIRS)
            run_pairs(given.at + top * width, width, &layer, made.at + top * width, width);
        Pairs next = made;
        made = given, given = next;
    }
    part_pairs(given, size, channels, out);
    free(held);
    return 1;
}
#else
int64_t has_wide(void) {
    return 0;
}

int64_t run_layers(const float *const *parts, const int64_t *widths, int64_t count, int64_t size, const float *mean,
                   const float *scale, int64_t limit, const float *const *weights, const float *const *biases,
                   const int64_t *steps, int64_t layers, int64_t channels, float *out) {
    (void)parts, (void)widths, (void)count, (void)size, (void)mean, (void)scale, (void)limit;
    (void)weights, (void)biases, (void)steps, (void)layers, (void)channels, (void)out;
    return 0;
}
#endif
