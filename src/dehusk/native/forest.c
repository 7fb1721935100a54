/* dehusk/label/forest.py: boosted trees, 64 blocks at a time. */
#include "kernels.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { WORDS = 16, DEPTH_MAX = 128, MANY = 12 }; /* MANY blocks of 64 are quicker added as all of them */

/* Bit i of what comes back: whether row[i] is above the border; the row has `size` values, at most 64. */
static uint64_t ask(const float *row, int64_t size, float border) {
    uint64_t bits = 0;
    int64_t i = 0;
#ifdef __SSE2__
    __m128 borders = _mm_set1_ps(border);
#define ABOVE(at) _mm_castps_si128(_mm_cmpgt_ps(_mm_loadu_ps(row + i + (at)), borders))
    for (; i + 16 <= size; i += 16) {
        __m128i low = _mm_packs_epi32(ABOVE(0), ABOVE(4)), high = _mm_packs_epi32(ABOVE(8), ABOVE(12));
        bits |= (uint64_t)_mm_movemask_epi8(_mm_packs_epi16(low, high)) << i;
    }
    for (; i + 4 <= size; i += 4) bits |= (uint64_t)_mm_movemask_ps(_mm_castsi128_ps(ABOVE(0))) << i;
#undef ABOVE
#endif
    for (; i < size; i++) bits |= (uint64_t)(row[i] > border) << i;
    return bits;
}

#ifdef __SSE2__
#define LANES(a) {-((a) & 1), -((a) >> 1 & 1), -((a) >> 2 & 1), -((a) >> 3 & 1)}
static const int32_t MASKS[16][4] __attribute__((aligned(16))) = {
    LANES(0), LANES(1), LANES(2), LANES(3), LANES(4), LANES(5), LANES(6), LANES(7),
    LANES(8), LANES(9), LANES(10), LANES(11), LANES(12), LANES(13), LANES(14), LANES(15),
};

/* Adds to all 64 totals, 0 where the bit is not set: for a leaf at which many blocks arrive. */
static void add_to_many(float leaf, uint64_t bits, float *totals) {
    __m128 leaves = _mm_set1_ps(leaf);
    for (int i = 0; i < 64; i += 4, bits >>= 4) {
        __m128 mask = _mm_castsi128_ps(_mm_load_si128((const __m128i *)MASKS[bits & 15]));
        _mm_storeu_ps(totals + i, _mm_add_ps(_mm_loadu_ps(totals + i), _mm_and_ps(leaves, mask)));
    }
}
#endif

/* `totals` has room for 64 a word. */
static void add_leaf(float leaf, const uint64_t *arrived, int64_t words, float *totals) {
    for (int64_t word = 0; word < words; word++) {
        uint64_t bits = arrived[word];
#ifdef __SSE2__
        if (__builtin_popcountll(bits) > MANY) {
            add_to_many(leaf, bits, totals + 64 * word);
            continue;
        }
#endif
        for (; bits; bits &= bits - 1) totals[64 * word + __builtin_ctzll(bits)] += leaf;
    }
}

static int is_empty(const uint64_t *bits, int64_t words) {
    uint64_t any = 0;
    for (int64_t word = 0; word < words; word++) any |= bits[word];
    return !any;
}

/* Sends all blocks down a tree. A child below 0 is the leaf ~child; no path is longer than DEPTH_MAX. Inlined, for a
 * loop over a number of words that the compiler knows takes half the time. */
static inline __attribute__((always_inline)) void run_tree(int32_t root, const int32_t *asked, const int32_t *children, const float *leaves,
                     const uint64_t *answers, const uint64_t *all, int64_t words, float *totals) {
    int32_t nodes[DEPTH_MAX + 2];
    uint64_t arrived[DEPTH_MAX + 2][WORDS], here[WORDS];
    int open = 1;
    nodes[0] = root;
    memcpy(arrived[0], all, (size_t)words * sizeof *all);
    while (open) {
        int32_t node = nodes[--open];
        if (node < 0) {
            add_leaf(leaves[~node], arrived[open], words, totals);
            continue;
        }
        memcpy(here, arrived[open], (size_t)words * sizeof *here);
        const uint64_t *answer = answers + (int64_t)asked[node] * words;
        for (int side = 0; side < 2; side++) { /* 0: no, 1: yes */
            for (int64_t word = 0; word < words; word++)
                arrived[open][word] = here[word] & (side ? answer[word] : ~answer[word]);
            if (!is_empty(arrived[open], words)) nodes[open++] = children[2 * node + side];
        }
    }
}

/* Log odds of `blocks` blocks, at most 64 * WORDS; `rows` has a row of them for each feature.
 *
 * Question q is whether feature features[q] is above borders[q]; node n asks asked[n], and the first nodes are the roots
 * of the trees. `answers` is room for a word of 64 bits a question and 64 blocks; `totals` are zeros, 64
 * for each 64 blocks or part of them. Trees add in their order, as numpy does. */
EXPORT void run_batch(const float *rows, int64_t blocks, const int64_t *features, const float *borders,
                      int64_t questions, int64_t trees, const int32_t *asked, const int32_t *children,
                      const float *leaves, uint64_t *answers, float *totals) {
    int64_t words = (blocks + 63) / 64;
    uint64_t all[WORDS];
    for (int64_t word = 0; word < words; word++) {
        int64_t size = blocks - 64 * word < 64 ? blocks - 64 * word : 64;
        all[word] = size == 64 ? ~0ull : (1ull << size) - 1;
    }
    for (int64_t q = 0; q < questions; q++) {
        const float *row = rows + features[q] * blocks;
        int64_t full = blocks / 64;
        for (int64_t word = 0; word < full; word++) answers[q * words + word] = ask(row + 64 * word, 64, borders[q]);
        if (full < words) answers[q * words + full] = ask(row + 64 * full, blocks - 64 * full, borders[q]);
    }
    for (int32_t tree = 0; tree < trees; tree++)
        switch (words) {
#define RUN(number) \
    case number: run_tree(tree, asked, children, leaves, answers, all, number, totals); break
            RUN(1); RUN(2); RUN(3); RUN(4); RUN(5); RUN(6); RUN(7); RUN(8);
#undef RUN
            default: run_tree(tree, asked, children, leaves, answers, all, words, totals);
        }
}
