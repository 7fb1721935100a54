/* dehusk/segment/text_links.py: words that come again. text_style.py, text_usage.py: glyphs, words and signs counted.
 * text_ratios.py: counts compared. text_features.py: words looked up. dehusk/trees.py: oblivious trees. */
#include "kernels.h"

enum { FREQUENT, NAMES, NUMBERS, OPENINGS, SINGLES, RARE, AHEAD, BEHIND, COUNTS };
enum { ECHO_UNITS = 12 };

enum { DIGIT_BITS = 9, DIGITS = 1 << DIGIT_BITS, BUCKET_AT = 40 };

/* Keys in the order of their buckets, which stand from bit BUCKET_AT on, others in that in which they came. */
static void sort_by_bucket(uint64_t *keys, uint64_t *room, int64_t size) {
    for (int shift = BUCKET_AT; shift < BUCKET_AT + 2 * DIGIT_BITS; shift += DIGIT_BITS) {
        int64_t places[DIGITS + 1] = {0};
        for (int64_t i = 0; i < size; i++) places[(keys[i] >> shift & (DIGITS - 1)) + 1]++;
        for (int digit = 0; digit < DIGITS; digit++) places[digit + 1] += places[digit];
        for (int64_t i = 0; i < size; i++) room[places[keys[i] >> shift & (DIGITS - 1)]++] = keys[i];
        uint64_t *sorted = room;
        room = keys, keys = sorted;
    }
}

typedef struct {
    int64_t *low, *high, *times, pairs, last, last_bucket;
} Chains;

/* A word of a chain, and the pair that it is of, if it counts; none of it is a branch, for half of them would be guessed
 * wrong. */
static inline void add_word(Chains *chains, int64_t bucket, int64_t unit, int64_t times, int counts) {
    chains->low[chains->pairs] = chains->last;
    chains->high[chains->pairs] = unit;
    chains->times[chains->pairs] = times;
    chains->pairs += counts & (chains->last_bucket == bucket) & (chains->last < unit);
    chains->last = counts ? unit : chains->last;
    chains->last_bucket = counts ? bucket : chains->last_bucket;
}

/* Counts of each block's words, COUNTS a block, zeroed, and the pairs of the chains.
 *
 * `units` are the numbers of the kept blocks, of a block that is not kept that of the one below it. `frequency` has an
 * entry a bucket and comes zeroed; `keys` and `room` are for a number a word. For all words and for names `pairs` has
 * three rows of so many numbers: the units of a pair, and how many words its bucket has; `sizes`, zeroed, says how many
 * words each of the `kept` units has in chains, and `found` how many pairs there are. */
EXPORT void link_words(const uint64_t *values, const uint8_t *flags, const int64_t *bounds, int64_t blocks,
                       const uint8_t *is_kept, const int64_t *units, int64_t kept, int64_t rare_bar, int64_t frequent_bar,
                       int32_t *frequency, uint64_t *keys, uint64_t *room, int64_t *counts, int64_t *pairs, int64_t *sizes,
                       int64_t *found) {
    int64_t used = 0, words = bounds[blocks], *ahead = counts + AHEAD * blocks, *behind = counts + BEHIND * blocks;
    for (int64_t i = 0; i < words; i++) frequency[values[i] & (BUCKETS - 1)]++;
    for (int64_t block = 0; block < blocks; block++) {
        int64_t count[AHEAD] = {0}, first = used, chained_names = 0;
        for (int64_t i = bounds[block]; i < bounds[block + 1]; i++) {
            uint64_t bucket = values[i] & (BUCKETS - 1);
            int flag = flags[i], is_number = (flag & NUMBER) != 0, is_name = (flag & (CAPITAL | OPENING)) == CAPITAL;
            int32_t times = frequency[bucket];
            count[FREQUENT] += times > frequent_bar;
            count[NAMES] += is_name;
            count[NUMBERS] += is_number;
            count[OPENINGS] += (flag & OPENING) != 0;
            count[SINGLES] += times == 1;
            int is_rare = times <= rare_bar && !is_number, is_chained = is_rare && times > 1;
            count[RARE] += is_rare;
            keys[used] = bucket << BUCKET_AT | (uint64_t)block << 1 | (uint64_t)is_name;
            used += is_chained;
            chained_names += is_chained & is_name;
        }
        for (int i = 0; i < AHEAD; i++) counts[i * blocks + block] = count[i];
        if (is_kept[block]) sizes[units[block]] = used - first, sizes[kept + units[block]] = chained_names;
    }
    sort_by_bucket(keys, room, used);
    Chains all = {pairs, pairs + words, pairs + 2 * words, 0, -1, -1};
    Chains names = {pairs + 3 * words, pairs + 4 * words, pairs + 5 * words, 0, -1, -1};
    const uint64_t blocks_mask = ((uint64_t)1 << (BUCKET_AT - 1)) - 1;
    int64_t last = -1; /* the block of the last word that is kept, as `all` has its unit and bucket */
    for (int64_t at = 0; at < used; at++) {
        int64_t bucket = (int64_t)(keys[at] >> BUCKET_AT), block = (int64_t)(keys[at] >> 1 & blocks_mask);
        int64_t unit = units[block], times = frequency[bucket];
        int counts_too = is_kept[block];
        behind[block] += (all.last_bucket == bucket) & (last != block) & (unit - all.last <= ECHO_UNITS);
        add_word(&all, bucket, unit, times, counts_too);
        last = counts_too ? block : last;
        if (keys[at] & 1) add_word(&names, bucket, unit, times, counts_too);
    }
    int64_t next = -1, next_unit = -1, next_bucket = -1;
    for (int64_t at = used - 1; at >= 0; at--) {
        int64_t bucket = (int64_t)(keys[at] >> BUCKET_AT), block = (int64_t)(keys[at] >> 1 & blocks_mask);
        int64_t unit = units[block];
        ahead[block] += (next_bucket == bucket) & (next != block) & (next_unit - unit <= ECHO_UNITS);
        int counts_too = is_kept[block];
        next = counts_too ? block : next, next_unit = counts_too ? unit : next_unit;
        next_bucket = counts_too ? bucket : next_bucket;
    }
    found[0] = all.pairs, found[1] = names.pairs;
}

/* How often each text has each of `marks` strings, at most 32, none of them overlapping itself; `counts` come zeroed.
 *
 * The texts stand in `codes`, each up to its entry in `ends`. Mark k is `letters` from `letter_bounds[k]` on; `firsts`
 * has a bit for each mark by the last eight bits of its first letter, `seconds` by those of its second one, if it has
 * one. */
EXPORT void count_marks(const uint32_t *codes, int64_t size, const int64_t *ends, int64_t texts,
                        const uint32_t *letters, const int64_t *letter_bounds, int64_t marks, const uint32_t *firsts,
                        const uint32_t *seconds, int32_t *counts) {
    int64_t free[32] = {0}, text = 0;
    for (int64_t i = 0; i < size; i++) {
        uint32_t waiting = firsts[codes[i] & 0xFF] & seconds[codes[i + (i + 1 < size)] & 0xFF]; /* hardly ever any */
        for (; waiting; waiting &= waiting - 1) {
            int mark = __builtin_ctz(waiting);
            if (i < free[mark]) continue;
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

/* How often the words of the kept blocks fall into each of 2**bits buckets, by the last bits of their hashes; `totals`
 * come zeroed. */
EXPORT void count_buckets(const uint64_t *values, const int64_t *bounds, const int64_t *kept, int64_t size, int64_t bits,
                          int64_t *totals) {
    for (int64_t unit = 0; unit < size; unit++)
        for (int64_t i = bounds[kept[unit]]; i < bounds[kept[unit] + 1]; i++)
            totals[values[i] & ((1ull << bits) - 1)]++;
}

/* How many words of each kept block are of each column, which `table` has by bucket; `counts` come zeroed, a row of
 * `width` a block. */
EXPORT void count_columns(const uint64_t *values, const int64_t *bounds, const int64_t *kept, int64_t size, int64_t bits,
                          const uint8_t *table, int64_t width, int32_t *counts) {
    for (int64_t unit = 0; unit < size; unit++, counts += width)
        for (int64_t i = bounds[kept[unit]]; i < bounds[kept[unit] + 1]; i++)
            counts[table[values[i] & ((1ull << bits) - 1)]]++;
}

/* How often each text has a sign of each group: `table` has its number from 1 on, 0 for what is no sign, as for all
 * codes from `table_size` on. The texts stand in `codes`, each up to its entry in `ends`; `counts` come zeroed, a row of
 * `width` a text. */
EXPORT void count_signs(const uint32_t *codes, const int64_t *ends, int64_t texts, const uint8_t *table,
                        int64_t table_size, int64_t width, int32_t *counts) {
    int64_t i = 0;
    for (int64_t text = 0; text < texts; text++, counts += width) {
        int64_t end = text + 1 < texts ? ends[text] : ends[text] - 1;
        for (; i < end; i++) {
            uint8_t group = codes[i] < table_size ? table[codes[i]] : 0;
            if (group) counts[group - 1]++;
        }
    }
}

/* The sums of what the first 0, 1, 2 ... units count, each no more than `most`, then those of each group of columns:
 * (units + 1, columns + groups). They may go round. Column c is of the group whose `bounds` hold it. */
EXPORT void sum_counts(const int32_t *counts, int64_t units, int64_t most, const int64_t *bounds, int64_t groups,
                       uint32_t *sums) {
    int64_t columns = bounds[groups], width = columns + groups;
    memset(sums, 0, (size_t)width * sizeof *sums);
    for (int64_t unit = 0; unit < units; unit++, counts += columns, sums += width)
        for (int64_t group = 0; group < groups; group++) {
            uint32_t total = 0;
            for (int64_t i = bounds[group]; i < bounds[group + 1]; i++) {
                uint32_t count = (uint32_t)(counts[i] < most ? counts[i] : most);
                sums[width + i] = sums[i] + count;
                total += count;
            }
            sums[width + columns + group] = sums[columns + group] + total;
        }
}

/* Log likelihood of what is counted up to `end` since `first`, and since `middle`, given the shares of the columns of each
 * group: two sums at a time, for each addition waits for the one before it. */
static void find_entropies(const uint32_t *first, const uint32_t *middle, const uint32_t *end, const int64_t *bounds,
                           int64_t groups, const double *terms, double *since_first, double *since_middle) {
    int64_t columns = bounds[groups];
    for (int64_t group = 0; group < groups; group++) {
        double all = 0, last = 0;
        for (int64_t i = bounds[group]; i < bounds[group + 1]; i++) {
            all += terms[end[i] - first[i]];
            last += terms[end[i] - middle[i]];
        }
        since_first[group] = all - terms[end[columns + group] - first[columns + group]];
        since_middle[group] = last - terms[end[columns + group] - middle[columns + group]];
    }
}

/* How much likelier what the units on both sides of each gap count of each group's columns is apart than together, for
 * each reach: (units - 1, reaches, groups). `sums` are those of sum_counts; `room` is for (units + 1) * groups numbers. */
EXPORT void compare_counts(const uint32_t *sums, int64_t units, const int64_t *bounds, int64_t groups,
                           const double *terms, const int64_t *reaches, int64_t reach_count, double *room,
                           double *ratios) {
    int64_t width = bounds[groups] + groups;
    double *both = room + units * groups;
    for (int64_t reach = 0; reach < reach_count; reach++) {
        int64_t size = reaches[reach];
        for (int64_t gap = 0; gap < units; gap++) {
            int64_t low = gap < size ? 0 : gap - size, high = gap + size > units ? units : gap + size;
            const uint32_t *first = sums + low * width, *middle = sums + gap * width;
            double *below = room + gap * groups;
            find_entropies(first, middle, sums + high * width, bounds, groups, terms, both, below);
            if (!gap) continue;
            double *ratio = ratios + ((gap - 1) * reach_count + reach) * groups;
            if (gap < size) find_entropies(first, first, middle, bounds, groups, terms, ratio, ratio);
            else memcpy(ratio, room + low * groups, (size_t)groups * sizeof *ratio); /* what lies below another gap */
            for (int64_t group = 0; group < groups; group++) ratio[group] = ratio[group] + below[group] - both[group];
        }
    }
}

enum { CROSSING, DENSITY, TO_USUAL, DIP, DIP_TO_USUAL, OLD_SHARE, STARTS, CHAIN_COLUMNS };

/* The mean of the values from `low` to before `high`, 0 where there are none; `sums` are cumulated. */
static inline double average(const double *sums, int64_t low, int64_t high) {
    return (sums[high] - sums[low]) / (double)(high > low ? high - low : 1);
}

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* What crosses each gap between `kept` units, CHAIN_COLUMNS a gap, `width` apart: the pairs of words at most `reach` units
 * apart.
 *
 * Pair p is of the units `first[p]` and `last[p]` and counts `weights[p]`; `mass` are the sums of all chains' words by
 * unit. `room` is for 4 * (kept + 1) numbers. Of crossing and starts the logarithms are left to the caller. */
static void count_reach(const int64_t *first, const int64_t *last, const double *weights, int64_t pairs, const double *mass,
                        int64_t kept, int64_t reach, double *room, double *columns, int64_t width) {
    double *steps = room, *ends = room + kept + 1, *sums = ends + kept + 1, *old = sums + kept + 1;
    memset(room, 0, (size_t)(4 * (kept + 1)) * sizeof *room);
    for (int64_t i = 0; i < pairs; i++) {
        if (last[i] - first[i] > reach) continue;
        steps[first[i] + 1] += weights[i];
        ends[last[i] + 1] += weights[i];
        old[last[i] + 1]++; /* behind the unit, to be cumulated in place */
    }
    double crossing = 0;
    for (int64_t gap = 0; gap < kept; gap++) { /* what crosses gap g goes on from unit g - 1 to unit g */
        crossing += steps[gap] - ends[gap];
        if (!gap) continue;
        double *row = columns + (gap - 1) * width;
        double around = average(mass, most(gap - reach, 0), least(gap + reach, kept)) * (double)reach;
        row[CROSSING] = crossing;
        row[DENSITY] = crossing / (around + 5);
        row[STARTS] = old[gap + 1];
        sums[gap] = sums[gap - 1] + row[DENSITY];
    }
    for (int64_t unit = 0; unit < kept; unit++) old[unit + 1] += old[unit];
    for (int64_t gap = 1, last_gap = kept - 1; gap < kept; gap++, columns += width) {
        int64_t end = least(gap + 3, kept), here = gap - 1; /* densities are numbered from 0 */
        double usual = average(sums, most(gap - 3 * reach, 0), least(gap + 3 * reach, last_gap)) + 0.05;
        double before = average(sums, most(here - 2 * reach, 0), here);
        double after = average(sums, here + 1, least(here + 1 + 2 * reach, last_gap));
        double dip = (before < after ? before : after) - columns[DENSITY];
        columns[TO_USUAL] = columns[DENSITY] / usual;
        columns[DIP] = dip;
        columns[DIP_TO_USUAL] = dip / usual;
        columns[OLD_SHARE] = average(old, gap, end) / (average(mass, gap, end) + 1);
    }
}

/* The same for each of some reaches: (kept - 1, reaches, CHAIN_COLUMNS). */
EXPORT void count_chains(const int64_t *first, const int64_t *last, const double *weights, int64_t pairs,
                         const double *mass, int64_t kept, const int64_t *reaches, int64_t count, double *room,
                         double *columns) {
    for (int64_t i = 0; i < count; i++)
        count_reach(first, last, weights, pairs, mass, kept, reaches[i], room, columns + i * CHAIN_COLUMNS,
                    count * CHAIN_COLUMNS);
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

enum { LANES = 32, DEPTH = 6, DEEPEST = 8 };

/* Adds the leaves at which LANES rows arrive in each tree. Inlined: where the depth is known to the compiler, it keeps a
 * leaf's number in a register. */
static inline __attribute__((always_inline)) void add_leaves(const float *room, const int64_t *features,
                                                             const float *borders, const float *leaves, int64_t depth,
                                                             int64_t trees, float *restrict sums) {
    for (int64_t tree = 0; tree < trees; tree++) {
        const float *asked[DEEPEST];
        float above[DEEPEST];
        int32_t leaf[LANES];
        for (int64_t level = 0; level < depth; level++) {
            asked[level] = room + features[level * trees + tree] * LANES;
            above[level] = borders[level * trees + tree];
        }
        for (int i = 0; i < LANES; i++) {
            int32_t number = 0;
            for (int64_t level = 0; level < depth; level++) number |= (asked[level][i] > above[level]) << level;
            leaf[i] = number;
        }
        for (int i = 0; i < LANES; i++) sums[i] += leaves[(tree << depth) + leaf[i]];
    }
}

/* Log odds of each of `blocks` rows of `width` features; of tree t, question d is at [d * trees + t], leaves at t.
 *
 * LANES rows are asked at a time, so that the compiler compares several at once; `room` is for so many, turned. Each
 * row's leaves are added in the order of the trees. */
EXPORT void run_trees(const float *rows, int64_t blocks, int64_t width, const int64_t *features,
                      const float *borders, const float *leaves, int64_t depth, int64_t trees, float *room,
                      float *odds) {
    for (int64_t first = 0; first < blocks; first += LANES) {
        int64_t size = blocks - first < LANES ? blocks - first : LANES;
        float sums[LANES] = {0};
        for (int64_t feature = 0; feature < width; feature++)
            for (int64_t i = 0; i < size; i++) room[feature * LANES + i] = rows[(first + i) * width + feature];
        if (depth == DEPTH) add_leaves(room, features, borders, leaves, DEPTH, trees, sums);
        else add_leaves(room, features, borders, leaves, depth, trees, sums);
        memcpy(odds + first, sums, (size_t)size * sizeof *sums);
    }
}
