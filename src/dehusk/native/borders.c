/* dehusk/segment/text_links.py: words that come again. text_style.py: glyphs counted. text_features.py: words looked
 * up. dehusk/trees.py: oblivious trees. */
#include "kernels.h"

enum { NUMBER = 1, CAPITAL = 2, OPENING = 4 };
enum { FREQUENT, NAMES, NUMBERS, OPENINGS, SINGLES, RARE, AHEAD, BEHIND, COUNTS };
enum { BUCKETS = 1 << 18, ECHO_UNITS = 12 };

/* Counts of each block's words, COUNTS a block, zeroed, and the chains; returns how many words are in chains.
 *
 * `units` are the numbers of the kept blocks, of a block that is not kept that of the one below it. `frequency` and
 * `places` have an entry a bucket and come zeroed; `blocks_of` and `order` are room for a number a word. Of a chain's
 * words are given the bucket, the unit, how many words the bucket has, and whether it is a name. */
EXPORT int64_t link_words(const uint64_t *values, const uint8_t *flags, const int64_t *bounds, int64_t blocks,
                          const uint8_t *is_kept, const int64_t *units, int64_t rare_bar, int64_t frequent_bar,
                          int32_t *frequency, int32_t *places, int32_t *blocks_of, int32_t *order, int64_t *counts,
                          int64_t *buckets, int64_t *chain_units, int64_t *chain_counts, uint8_t *names) {
    for (int64_t i = 0; i < bounds[blocks]; i++) frequency[values[i] & (BUCKETS - 1)]++;
    for (int64_t block = 0; block < blocks; block++) {
        int64_t count[COUNTS] = {0};
        for (int64_t i = bounds[block]; i < bounds[block + 1]; i++) {
            int64_t bucket = values[i] & (BUCKETS - 1);
            int flag = flags[i], is_number = (flag & NUMBER) != 0;
            int32_t found = frequency[bucket];
            count[FREQUENT] += found > frequent_bar;
            count[NAMES] += (flag & (CAPITAL | OPENING)) == CAPITAL;
            count[NUMBERS] += is_number;
            count[OPENINGS] += (flag & OPENING) != 0;
            count[SINGLES] += found == 1;
            int is_rare = found <= rare_bar && !is_number;
            count[RARE] += is_rare;
            places[bucket] += is_rare && found > 1;
            blocks_of[i] = (int32_t)block;
        }
        memcpy(counts + block * COUNTS, count, sizeof count);
    }
    int32_t used = 0;
    for (int64_t bucket = 0; bucket < BUCKETS; bucket++) {
        int32_t here = places[bucket];
        places[bucket] = used;
        used += here;
    }
    for (int64_t i = 0; i < bounds[blocks]; i++) { /* sorted by bucket, then by place */
        int64_t bucket = values[i] & (BUCKETS - 1);
        int32_t found = frequency[bucket];
        if (found > 1 && found <= rare_bar && !(flags[i] & NUMBER)) order[places[bucket]++] = (int32_t)i;
    }
    int64_t size = 0, last = -1, last_bucket = -1;
    for (int32_t at = 0; at < used; at++) {
        int64_t i = order[at], bucket = values[i] & (BUCKETS - 1), block = blocks_of[i];
        if (last >= 0 && last_bucket == bucket && last != block && units[block] - units[last] <= ECHO_UNITS)
            counts[block * COUNTS + BEHIND]++;
        if (!is_kept[block]) continue;
        buckets[size] = bucket;
        chain_units[size] = units[block];
        chain_counts[size] = frequency[bucket];
        names[size++] = (flags[i] & (CAPITAL | OPENING)) == CAPITAL;
        last = block, last_bucket = bucket;
    }
    int64_t next = -1, next_bucket = -1;
    for (int32_t at = used - 1; at >= 0; at--) {
        int64_t i = order[at], bucket = values[i] & (BUCKETS - 1), block = blocks_of[i];
        if (next >= 0 && next_bucket == bucket && next != block && units[next] - units[block] <= ECHO_UNITS)
            counts[block * COUNTS + AHEAD]++;
        if (is_kept[block]) next = block, next_bucket = bucket;
    }
    return size;
}

/* How often each text has each of `marks` strings, at most 32, none of them overlapping itself; `counts` come zeroed.
 *
 * The texts stand in `codes`, each up to its entry in `ends`. Mark k is `letters` from `letter_bounds[k]` on; `firsts`
 * has a bit for each mark by the last eight bits of its first letter, `seconds` by those of its second one, if it has
 * one. */
EXPORT void count_marks(const uint32_t *codes, int64_t size, const int64_t *ends, int64_t texts,
                        const uint32_t *letters, const int64_t *letter_bounds, int64_t marks, const uint32_t *firsts,
                        const uint32_t *seconds, double *counts) {
    int64_t free[32] = {0}, text = 0;
    for (int64_t i = 0; i < size; i++) {
        uint32_t waiting = firsts[codes[i] & 0xFF];
        if (waiting && i + 1 < size) waiting &= seconds[codes[i + 1] & 0xFF];
        for (int mark = 0; waiting; mark++, waiting >>= 1) {
            if (!(waiting & 1) || i < free[mark]) continue;
            const uint32_t *letter = letters + letter_bounds[mark];
            int64_t length = letter_bounds[mark + 1] - letter_bounds[mark], same = 0;
            while (same < length && i + same < size && codes[i + same] == letter[same]) same++;
            if (same < length) continue;
            while (i >= ends[text]) text++;
            counts[text * marks + mark]++;
            free[mark] = i + length;
        }
    }
}

/* For each block the sum of what each of `count` tables says of its words, and how many of them `is_english` knows. */
EXPORT void sum_tables(const uint64_t *values, const int64_t *bounds, int64_t blocks, const int8_t *tables,
                       int64_t count, int64_t bits, const uint8_t *is_english, int64_t *sums) {
    for (int64_t block = 0; block < blocks; block++, sums += count + 1) {
        for (int64_t i = bounds[block]; i < bounds[block + 1]; i++) {
            int64_t low = values[i] & (((uint64_t)1 << bits) - 1);
            for (int64_t table = 0; table < count; table++) sums[table] += tables[(table << bits) + low];
            sums[count] += is_english[values[i] & 0xFFFF];
        }
    }
}

/* The sums of the first 0, 1, 2 ... of `count` rows. */
EXPORT void cumulate(const float *restrict rows, int64_t count, int64_t width, double *restrict sums) {
    for (int64_t i = 0; i < width; i++) sums[i] = 0;
    for (int64_t row = 0; row < count; row++, rows += width, sums += width)
        for (int64_t i = 0; i < width; i++) sums[width + i] = sums[i] + (double)rows[i];
}

enum { LANES = 32 };

/* Log odds of each of `blocks` rows of `width` features; of tree t, question d is at [d * trees + t], leaves at t.
 *
 * LANES rows are asked at a time, so that the compiler compares several at once; `room` is for so many, turned. Each
 * row's leaves are added in the order of the trees. */
EXPORT void run_trees(const float *rows, int64_t blocks, int64_t width, const int64_t *features, const float *borders,
                      const float *leaves, int64_t depth, int64_t trees, float *room, float *odds) {
    for (int64_t first = 0; first < blocks; first += LANES) {
        int64_t size = blocks - first < LANES ? blocks - first : LANES;
        float sums[LANES] = {0};
        for (int64_t i = 0; i < size; i++)
            for (int64_t feature = 0; feature < width; feature++)
                room[feature * LANES + i] = rows[(first + i) * width + feature];
        for (int64_t tree = 0; tree < trees; tree++) {
            int32_t leaf[LANES] = {0};
            for (int64_t question = (depth - 1) * trees + tree; question >= 0; question -= trees) {
                const float *asked = room + features[question] * LANES, border = borders[question];
                for (int i = 0; i < LANES; i++) leaf[i] = 2 * leaf[i] + (asked[i] > border);
            }
            for (int i = 0; i < LANES; i++) sums[i] += leaves[(tree << depth) + leaf[i]];
        }
        memcpy(odds + first, sums, (size_t)size * sizeof *sums);
    }
}
