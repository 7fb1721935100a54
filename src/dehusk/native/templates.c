/* dehusk/templates/look.py: what a page's site shows of it. dehusk/templates/judge.py: what is known of its repeats. */
#include "kernels.h"

enum { LEAST_PAGES = 5, LEAST_COUNT = 3 };
enum { ALIKE_TEXTS = 10, KIN_MOST = 20, UNIQUE_CHARS = 25, MASKED = 1, SENTENCE = 2 };
static const double ALIKE_SHARE = 0.9, OWN_SHARE = 0.05, DUMP_SHARE = 0.5, ALIKE_RATIO = 1.1051709180756477;
static const uint64_t SITE = 0xC2B2AE3D27D4EB4Full;

/* A block, as ROW of prints.py lays it out. */
typedef struct {
    uint64_t hash;
    uint32_t start, end, chars;
    float odds;
    uint32_t part;
    uint8_t kind, signs;
} Row;
enum { ROW_BYTES = 30 };

static Row read_row(const uint8_t *rows, int64_t i) {
    Row row;
    memcpy(&row, rows + i * ROW_BYTES, ROW_BYTES);
    return row;
}

/* The place of a hash among ascending ones, which lie as evenly as hashes do; -1 if it is not there. */
static int64_t find_hash(const uint64_t *held, int64_t size, uint64_t hash) {
    int64_t low = 0, high = size; /* held[low - 1] < hash <= held[high] */
    int64_t guess = (int64_t)((hash >> 32) * (uint64_t)size >> 32);
    for (int64_t step = 8; low < high; step *= 4) {
        int64_t near = guess < low ? low : guess >= high ? high - 1 : guess;
        if (held[near] < hash) low = near + 1, guess = near + step;
        else high = near, guess = near - step;
        if (guess <= low || guess >= high) break;
    }
    low += count_below(held + low, high - low, hash);
    return low < size && held[low] == hash ? low : -1;
}

/* Adds to `counts` and `marks` what a table of `size` entries, fewer than 2^32, has of each of the `n` rows. */
EXPORT void look_up(const uint8_t *rows, int64_t n, uint64_t site, const uint64_t *keys, const uint32_t *held_counts,
                    const uint32_t *held_marks, int64_t size, int64_t *counts, uint32_t *marks) {
    for (int64_t i = 0; i < n; i++) {
        uint64_t hash = read_row(rows, i).hash;
        int64_t at = hash ? find_hash(keys, size, mix(hash + site * SITE)) : -1;
        if (at < 0) continue;
        counts[i] += held_counts[at];
        marks[i] += held_marks[at];
    }
}

typedef struct { uint64_t key; int64_t value; } Pair;

static int by_key(const void *one, const void *two) {
    const Pair *a = one, *b = two;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static int ascending(const void *one, const void *two) {
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)two;
    return (a > b) - (a < b);
}

static int descending(const void *one, const void *two) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)two;
    return (a < b) - (a > b);
}

/* The most pages on which enough of `count` texts agree, which stand on so many pages each; all pages if none do. */
static int64_t count_made(int64_t *husk, int64_t count, int64_t pages) {
    qsort(husk, (size_t)count, sizeof *husk, descending);
    for (int64_t i = 0; i + ALIKE_TEXTS - 1 < count && husk[i + ALIKE_TEXTS - 1] >= LEAST_PAGES; i++)
        if ((double)husk[i + ALIKE_TEXTS - 1] >= ALIKE_SHARE * (double)husk[i]) return husk[i];
    return pages;
}

/* `Found.kin` and `Found.made` of a page. `room` has 4 words of 64 bits a row. */
EXPORT void find_kin(const uint8_t *rows, int64_t n, const int64_t *counts, const uint32_t *marks, int64_t pages,
                     uint64_t *room, int64_t *kin, int64_t *made) {
    Pair *pairs = (Pair *)room;
    int64_t *husk = (int64_t *)(room + 2 * n), size = 0, different = 0;
    uint64_t *husk_marks = room + 3 * n;
    for (int64_t i = 0; i < n; i++) {
        Row row = read_row(rows, i);
        if (!row.part && counts[i] >= LEAST_COUNT) pairs[size++] = (Pair){row.hash, i};
    }
    qsort(pairs, (size_t)size, sizeof *pairs, by_key);
    for (int64_t i = 0; i < size; i++) {
        if (i && pairs[i].key == pairs[i - 1].key) continue;
        husk[different] = counts[pairs[i].value];
        husk_marks[different++] = marks[pairs[i].value];
    }
    qsort(husk_marks, (size_t)different, sizeof *husk_marks, ascending);
    int64_t most = count_made(husk, different, pages);
    for (int64_t i = 0; i < n; i++) {
        kin[i] = count_below(husk_marks, different, (uint64_t)marks[i] + 1) - count_below(husk_marks, different, marks[i]);
        made[i] = ALIKE_SHARE * (double)counts[i] <= (double)most ? most : pages;
    }
}

/* Of each part how many pages there are like it, `copies`, which come as ones. */
static void count_copies(const uint8_t *rows, int64_t n, const int64_t *counts, Pair *pairs, double *copies) {
    for (int64_t i = 0; i < n; i++) pairs[i] = (Pair){(uint64_t)read_row(rows, i).part << 32 | (uint64_t)counts[i], i};
    qsort(pairs, (size_t)n, sizeof *pairs, by_key);
    for (int64_t start = 0, end; start < n; start = end) {
        uint64_t part = pairs[start].key >> 32;
        int64_t whole = 0, read = 0;
        for (end = start; end < n && pairs[end].key >> 32 == part; end++) whole += read_row(rows, pairs[end].value).chars;
        if (!part || !whole) continue;
        for (int64_t i = start; i < end; i++) {
            read += read_row(rows, pairs[i].value).chars;
            if ((double)read / (double)whole < OWN_SHARE) continue;
            int64_t count = counts[pairs[i].value];
            copies[part] = count > 1 ? (double)count : 1;
            break;
        }
    }
}

typedef struct {
    int64_t repeats, unique;
} Sums;

static double share_around(const Sums *sums, int64_t n, int64_t i, int64_t reach, int is_unique) {
    int64_t first = i - reach, last = i + reach, outside = 0;
    if (first < 0) outside -= first, first = 0;
    if (last >= n) outside += last - n + 1, last = n - 1;
    int64_t own = is_unique ? sums[i + 1].unique - sums[i].unique : sums[i + 1].repeats - sums[i].repeats;
    int64_t inside = is_unique ? sums[last + 1].unique - sums[first].unique
                               : sums[last + 1].repeats - sums[first].repeats + outside;
    return (double)(inside - own) / (double)(2 * reach);
}

/* Whether blocks i and i + 1 repeat, about as often. */
static int are_alike(const Sums *sums, const double *repeated, int64_t n, int64_t i) {
    if (i < 0 || i + 1 >= n) return 0;
    if (sums[i + 2].repeats - sums[i].repeats < 2) return 0;
    double one = repeated[i] > 1 ? repeated[i] : 1, two = repeated[i + 1] > 1 ? repeated[i + 1] : 1;
    return (one > two ? one : two) < ALIKE_RATIO * (one > two ? two : one);
}

/* The rows around block i, which is one: their share that does not repeat. `table` holds where the last ones that were
 * asked for begin and end: blocks are asked for in order. */
static double share_own(const uint8_t *rows, int64_t n, const Sums *sums, int64_t i, int64_t *table) {
    if (i >= table[1]) {
        for (table[0] = i; table[0] > 0 && read_row(rows, table[0] - 1).kind == ROW;) table[0]--;
        for (table[1] = i + 1; table[1] < n && read_row(rows, table[1]).kind == ROW;) table[1]++;
    }
    int64_t size = table[1] - table[0];
    return (double)(size - sums[table[1]].repeats + sums[table[0]].repeats) / (double)size;
}

static double clip_odds(double odds) { return odds < -3 ? -3 : odds > 5 ? 5 : odds; }

/* `describe_repeats` before its logarithms: returns how many blocks are judged, `judged` which, and `columns` 21
 * features by `n`, of which so many are set. `parts` is one more than the highest part of the page; `copies` are as
 * many ones, `edges` as many pairs, n and -1; `room` has 5 words of 64 bits a row, and 2 more. */
EXPORT int64_t describe_repeats(const uint8_t *rows, int64_t n, int64_t parts, const int64_t *counts, const int64_t *kin,
                                const int64_t *made, int64_t pages, double *copies, int64_t *edges, uint64_t *room,
                                int64_t *judged, double *columns) {
    count_copies(rows, n, counts, (Pair *)room, copies);
    Sums *sums = (Sums *)room; /* how many there are before a block */
    double *repeated = (double *)(room + 2 * n + 2), *share = (double *)(room + 3 * n + 2);
    int64_t found = 0, table[2] = {0, 0};
    sums[0] = (Sums){0, 0};
    for (int64_t i = 0; i < n; i++) {
        Row row = read_row(rows, i);
        repeated[i] = (double)counts[i] / copies[row.part];
        share[i] = (double)counts[i] / (double)(made[i] > 1 ? made[i] : 1);
        if (share[i] > 1) share[i] = 1;
        int repeats = repeated[i] >= LEAST_COUNT, unique = row.part && !repeats && row.chars >= UNIQUE_CHARS;
        sums[i + 1] = (Sums){sums[i].repeats + repeats, sums[i].unique + unique};
        if (unique) {
            if (edges[2 * row.part] > i) edges[2 * row.part] = i;
            edges[2 * row.part + 1] = i;
        }
        int may_go = row.part && repeats && (double)pages / copies[row.part] >= LEAST_PAGES;
        if (may_go && (parts <= 2 || share[i] > DUMP_SHARE)) judged[found++] = i;
    }
    for (int64_t at = 0; at < found; at++) {
        int64_t i = judged[at];
        Row row = read_row(rows, i);
        int is_row = row.kind == ROW;
        int rows_beside = (i > 0 && read_row(rows, i - 1).kind == ROW) + (i + 1 < n && read_row(rows, i + 1).kind == ROW);
        double one[] = {
            share[i],
            repeated[i] > 1 ? repeated[i] : 1,
            (double)(kin[i] < KIN_MOST ? kin[i] : KIN_MOST) + 1.0,
            kin[i] == 0,
            clip_odds(row.odds),
            row.chars + 1.0,
            (row.signs & MASKED) > 0,
            (row.signs & SENTENCE) > 0,
            row.kind == HEADING,
            row.kind == ITEM,
            is_row,
            row.kind == CODE,
            share_around(sums, n, i, 1, 0),
            share_around(sums, n, i, 3, 0),
            share_around(sums, n, i, 1, 1),
            share_around(sums, n, i, 3, 1),
            (are_alike(sums, repeated, n, i - 1) + are_alike(sums, repeated, n, i)) / 2.0,
            i < edges[2 * row.part],
            i > edges[2 * row.part + 1],
            is_row ? rows_beside / 2.0 : 0,
            is_row ? share_own(rows, n, sums, i, table) : 0,
        };
        for (size_t column = 0; column < sizeof one / sizeof *one; column++) columns[(int64_t)column * n + at] = one[column];
    }
    return found;
}
