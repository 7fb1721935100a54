/* dehusk/words.py: words of folded text, hashed. dehusk/templates/prints.py: blocks hashed with numbers masked. */
#include "kernels.h"

enum { DIGIT = 1u << 21, SINGLE = 1u << 23, HARD = 1u << 24, STOP = 1u << 25, CODE_POINT = 0x1FFFFF };
enum { NUMBER = 1, CAPITAL = 2, OPENING = 4 };
static const uint64_t BASE = 0x9E3779B97F4A7C15ull;

/* Hashes the words of `size` code points, looked up in `table`, which has an entry for each of them.
 *
 * `ends` says where each of `pieces` texts ends; `counts` gets their numbers of words, `values` and `flags` a word's
 * hash and bits (room for `size` of them). Returns the number of words, -1 at a character that must be eased first,
 * unless it was. */
EXPORT int64_t hash_words(const uint32_t *codes, int64_t size, const uint32_t *table, const int64_t *ends,
                          int64_t pieces, int64_t is_eased, uint64_t *values, uint8_t *flags, int64_t *counts) {
    int64_t words = 0, piece = 0, before = 0;
    uint64_t value = 0, power = 1;
    int was_inside = 0, was_single = 0, is_opening = 1;
    for (int64_t i = 0; i < size; i++) {
        uint32_t entry = table[codes[i]];
        if (entry & HARD && !is_eased) return -1;
        while (piece < pieces && i >= ends[piece]) {
            counts[piece++] = words - before;
            before = words;
        }
        uint32_t code = entry & CODE_POINT;
        int is_single = (entry & SINGLE) != 0;
        if (entry & STOP) is_opening = 1;
        if (code) {
            if (!was_inside || is_single || was_single) {
                if (words) values[words - 1] = mix(value);
                flags[words++] = (uint8_t)((entry >> 21 & (NUMBER | CAPITAL)) | (is_opening ? OPENING : 0));
                value = 0, power = 1, is_opening = 0;
            }
            value += code * power;
            power *= BASE;
        }
        was_inside = code != 0, was_single = is_single;
    }
    if (words) values[words - 1] = mix(value);
    while (piece < pieces) {
        counts[piece++] = words - before;
        before = words;
    }
    return words;
}

static int is_member(uint64_t value, const uint64_t *sorted, int64_t size) {
    int64_t low = 0;
    while (size > 0) {
        int64_t half = size / 2;
        if (sorted[low + half] < value) low += half + 1, size -= half + 1;
        else size = half;
    }
    return sorted[low] == value;
}

/* Whether the word at `at` is a name of months or days with a neighbour in [start, end) whose mark is `round`. */
static int is_beside(int64_t at, int64_t start, int64_t end, const uint8_t *masked, int round) {
    return (at > start && masked[at - 1] == round) || (at + 1 < end && masked[at + 1] == round);
}

/* One hash a text of its words, runs of numbers and dates being one word; 0 if it has no others.
 *
 * `names` are the sorted hashes of what counts as a date beside a number, and one larger than any; `masked` is room
 * for a byte a word. */
EXPORT void hash_masked(const uint64_t *values, const uint8_t *flags, const int64_t *bounds, int64_t texts,
                        const uint64_t *names, int64_t name_count, uint8_t *masked, uint64_t *found) {
    for (int64_t text = 0; text < texts; text++) {
        int64_t start = bounds[text], end = bounds[text + 1];
        int has_number = 0;
        for (int64_t i = start; i < end; i++) {
            masked[i] = flags[i] & NUMBER;
            has_number |= masked[i];
        }
        for (int round = 1; has_number && round <= 2; round++) /* 1: numbers; 2: beside them; 3: beside those */
            for (int64_t i = start; i < end; i++)
                if (!masked[i] && is_beside(i, start, end, masked, round) && is_member(values[i], names, name_count))
                    masked[i] = (uint8_t)(round + 1);
        uint64_t sum = 0, place = 0;
        int has_words = 0;
        for (int64_t i = start; i < end; i++) {
            if (masked[i] && i > start && masked[i - 1]) continue;
            has_words |= !masked[i];
            sum += mix((masked[i] ? 1 : values[i]) ^ ++place * BASE);
        }
        uint64_t hash = mix(sum);
        found[text] = has_words ? (hash ? hash : 1) : 0;
    }
}
