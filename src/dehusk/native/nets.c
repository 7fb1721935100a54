/* dehusk/nets.py: what nets see, scaled. dehusk/label/text_model.py: a layer of a net added, or worked whole. */
#include "kernels.h"

/* Rows of `columns` values, scaled and no further than `limit` from 0, into those of `scaled`, which are `width` apart. */
EXPORT void scale_rows(const float *restrict values, int64_t rows, int64_t columns, const float *restrict mean,
                       const float *restrict scale, int64_t limit, float *restrict scaled, int64_t width) {
    float most = (float)limit;
    for (int64_t row = 0; row < rows; row++, values += columns, scaled += width)
        for (int64_t i = 0; i < columns; i++) {
            float value = (values[i] - mean[i]) * scale[i];
            value = value < -most ? -most : value;
            scaled[i] = value > most ? most : value;
        }
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

/* Whether `run_layer` may be called. OpenBLAS leaves registers of 64 bytes half empty on processors that are newer than it
 * is, and does not know that all of a layer's steps can be done where the sums are. */
EXPORT int64_t has_wide(void);

/* Of each of `size` rows what is above 0 of `bias` and of the products of `taps` rows with `weight`, in `out`: of itself; or
 * of the one `dilation` above it, of itself and of the one as far below it, and the row itself is added.
 *
 * `weight` has `taps` times `channels` numbers for each of the `columns`. With three taps there are as many columns as
 * channels, and `dilation` rows of zeros before and behind the rows. Sums are rounded in another order than BLAS has. */
EXPORT void run_layer(const float *restrict rows, int64_t size, int64_t columns, const float *restrict weight, int64_t taps,
                      const float *restrict bias, int64_t channels, int64_t dilation, float *restrict out);

#if defined(__x86_64__) && (defined(__clang__) || __GNUC__ >= 5)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f")))
enum { LANES = 16, VECTORS = 3, PANEL = VECTORS * LANES, ROWS = 6 }; /* sums for 6 rows of 48 numbers: no register is spilled */

typedef struct {
    __m512 at[ROWS][VECTORS];
} Sums;

int64_t has_wide(void) {
    return __builtin_cpu_supports("avx512f") != 0;
}

static inline WIDE __m512 load(const float *at, __mmask16 mask) {
    return _mm512_maskz_loadu_ps(mask, at);
}

/* Add the products of ROWS rows with PANEL numbers of `weight` for each column. */
static inline WIDE __attribute__((always_inline)) void add_products(Sums *sums, const float *const rows[ROWS], int64_t columns,
                                                                    const float *weight) {
    for (int64_t column = 0; column < columns; column++, weight += PANEL) {
        __m512 first = _mm512_loadu_ps(weight), second = _mm512_loadu_ps(weight + LANES);
        __m512 third = _mm512_loadu_ps(weight + 2 * LANES);
        for (int row = 0; row < ROWS; row++) {
            __m512 value = _mm512_set1_ps(rows[row][column]);
            sums->at[row][0] = _mm512_fmadd_ps(value, first, sums->at[row][0]);
            sums->at[row][1] = _mm512_fmadd_ps(value, second, sums->at[row][1]);
            sums->at[row][2] = _mm512_fmadd_ps(value, third, sums->at[row][2]);
        }
    }
}

/* The numbers from `first` to before `first` + PANEL of every row. */
static WIDE void run_panel(const float *restrict rows, int64_t size, int64_t columns, const float *restrict weight, int64_t taps,
                           const float *restrict bias, int64_t channels, int64_t dilation, float *restrict out,
                           int64_t first) {
    __mmask16 masks[VECTORS];
    float packed[taps * columns * PANEL] __attribute__((aligned(64))); /* whole registers are loaded in half of the steps */
    memset(packed, 0, sizeof packed);
    for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t column = 0; column < columns; column++)
            for (int64_t i = 0; i < PANEL && first + i < channels; i++)
                packed[(tap * columns + column) * PANEL + i] = weight[(column * taps + tap) * channels + first + i];
    for (int i = 0; i < VECTORS; i++) {
        int64_t left = channels - first - i * LANES;
        masks[i] = (__mmask16)(left >= LANES ? 0xFFFF : left <= 0 ? 0 : (1 << left) - 1);
    }
    for (int64_t top = 0; top < size; top += ROWS) {
        int64_t count = size - top < ROWS ? size - top : ROWS;
        Sums sums;
        for (int row = 0; row < ROWS; row++)
            for (int i = 0; i < VECTORS; i++) sums.at[row][i] = load(bias + first + i * LANES, masks[i]);
        for (int64_t tap = 0; tap < taps; tap++) {
            const float *near[ROWS], *base = rows + (top + (tap - taps / 2) * dilation) * columns;
            for (int row = 0; row < ROWS; row++) near[row] = base + (row < count ? row : 0) * columns;
            add_products(&sums, near, columns, packed + tap * columns * PANEL);
        }
        for (int row = 0; row < ROWS; row++) { /* to a constant: where sums are read by a variable they leave the registers */
            if (row >= count) break;
            for (int i = 0; i < VECTORS; i++) {
                __m512 sum = _mm512_max_ps(sums.at[row][i], _mm512_setzero_ps());
                if (taps > 1) sum = _mm512_add_ps(sum, load(rows + (top + row) * columns + first + i * LANES, masks[i]));
                _mm512_mask_storeu_ps(out + (top + row) * channels + first + i * LANES, masks[i], sum);
            }
        }
    }
}

void run_layer(const float *restrict rows, int64_t size, int64_t columns, const float *restrict weight, int64_t taps,
               const float *restrict bias, int64_t channels, int64_t dilation, float *restrict out) {
    for (int64_t first = 0; first < channels; first += PANEL)
        run_panel(rows, size, columns, weight, taps, bias, channels, dilation, out, first);
}
#else
int64_t has_wide(void) {
    return 0;
}

void run_layer(const float *restrict rows, int64_t size, int64_t columns, const float *restrict weight, int64_t taps,
               const float *restrict bias, int64_t channels, int64_t dilation, float *restrict out) {
    (void)rows, (void)size, (void)columns, (void)weight, (void)taps, (void)bias, (void)channels, (void)dilation, (void)out;
}
#endif
