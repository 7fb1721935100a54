/* dehusk/label/forest.py: boosted trees, 64 blocks at a time. */
#include "kernels.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { WORDS = 16, LEAVES_MAX = 256, NUMBER_BITS = 8 };

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

/* A bit in each of eight bytes: those of `octet`, the lowest first. */
static inline uint64_t spread_bits(uint64_t octet) {
    uint64_t apart = octet * 0x0101010101010101ull & 0x8040201008040201ull;
    return ((apart + 0x7F7F7F7F7F7F7F7Full) & 0x8080808080808080ull) >> 7;
}

/* Trees of `leaves` leaves at most, a power of 2 and no more than LEAVES_MAX, node after node. A node asks asked[n], "no"
 * leads to below[2 * n] and "yes" to the next: a leaf's number, or that of a node of the same tree plus `leaves`. */
typedef struct {
    const int32_t *firsts, *asked, *below; /* the nodes of tree t are [firsts[t], firsts[t + 1]), each below its parent */
    const float *values;                   /* leaf i of tree t: values[t * leaves + i] */
    int64_t leaves;
} Forest;

/* Adds to the totals of all blocks the leaves of a tree that they arrive at. There is no branch that hangs on a block:
 * most would be guessed wrong. Inlined, for a loop over a number of words that the compiler knows takes half the time. */
static inline __attribute__((always_inline)) void run_tree(const Forest *forest, int64_t tree, const uint64_t *answers,
                                                           const uint64_t *all, int64_t words, float *restrict totals) {
    const float *values = forest->values + tree * forest->leaves;
    uint64_t arrived[2 * LEAVES_MAX * WORDS], numbers[NUMBER_BITS][WORDS];
    const uint64_t *here = arrived + forest->leaves * words;
    memset(arrived, 0, (size_t)(forest->leaves * words) * sizeof *arrived); /* trees may have fewer leaves */
    memcpy(arrived + forest->leaves * words, all, (size_t)words * sizeof *all);
    for (int64_t node = forest->firsts[tree]; node < forest->firsts[tree + 1]; node++, here += words) {
        const uint64_t *answer = answers + forest->asked[node] * words;
        uint64_t *no = arrived + forest->below[2 * node] * words, *yes = arrived + forest->below[2 * node + 1] * words;
        for (int64_t word = 0; word < words; word++) {
            uint64_t blocks = here[word], are_above = answer[word];
            no[word] = blocks & ~are_above;
            yes[word] = blocks & are_above;
        }
    }
    for (int bit = 0; 1 << bit < forest->leaves; bit++) {
        uint64_t found[WORDS] = {0};
        for (int64_t leaf = 1 << bit; leaf < forest->leaves; leaf = (leaf + 1) | 1 << bit)
            for (int64_t word = 0; word < words; word++) found[word] |= arrived[leaf * words + word];
        memcpy(numbers[bit], found, (size_t)words * sizeof *found);
    }
    for (int64_t octet = 0; octet < 8 * words; octet++, totals += 8) {
        uint64_t leaf = 0;
        for (int bit = 0; 1 << bit < forest->leaves; bit++)
            leaf |= spread_bits(numbers[bit][octet / 8] >> octet % 8 * 8 & 0xFF) << bit;
        for (int i = 0; i < 8; i++) totals[i] += values[leaf >> 8 * i & 0xFF];
    }
}

/* Log odds of `blocks` blocks, at most 64 * WORDS; `rows` has a row of them for each feature.
 *
 * Question q is whether feature features[q] is above borders[q]; the trees are those of a Forest. `answers` is room for a
 * word of 64 bits a question and 64 blocks; `totals` are zeros, 64 for each 64 blocks or part of them. Trees add in their
 * order, as numpy does. */
EXPORT void run_batch(const float *rows, int64_t blocks, const int64_t *features, const float *borders,
                      int64_t questions, int64_t trees, int64_t leaves, const int32_t *firsts, const int32_t *asked,
                      const int32_t *below, const float *values, uint64_t *answers, float *totals) {
    const Forest forest = {firsts, asked, below, values, leaves};
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
    for (int64_t tree = 0; tree < trees; tree++)
        switch (words) {
#define RUN(number) \
    case number: run_tree(&forest, tree, answers, all, number, totals); break
            RUN(1); RUN(2); RUN(3); RUN(4); RUN(5); RUN(6); RUN(7); RUN(8);
#undef RUN
            default: run_tree(&forest, tree, answers, all, words, totals);
        }
}
