/* dehusk/words.py: words of folded text, hashed. dehusk/templates/prints.py: blocks hashed with numbers masked. */
#include "kernels.h"

EXPORT int64_t kernels_version(void) { return KERNELS_VERSION; }

enum { DIGIT = 1u << 21, SINGLE = 1u << 23, HARD = 1u << 24, STOP = 1u << 25, CODE_POINT = 0x1FFFFF };
static const uint64_t BASE = 0x9E3779B97F4A7C15ull;

/* Hashes the words of `pieces` texts, whose code points are looked up in `table`, which has an entry for each of them.
 *
 * The texts stand in `codes` with a line break behind each; `ends` says where each of them ends, its break included.
 * `counts` gets their numbers of words, `values` and `flags` a word's hash and bits (room for one a code point). A text
 * with a character that must be eased first has -1 words, unless it was. Returns the number of words. */
EXPORT int64_t hash_pieces(const uint32_t *codes, const uint32_t *table, const int64_t *ends, int64_t pieces,
                           int64_t is_eased, uint64_t *values, uint8_t *flags, int64_t *counts) {
    const uint32_t hard = is_eased ? 0 : HARD;
    int64_t words = 0, i = 0;
    for (int64_t piece = 0; piece < pieces; piece++) {
        int64_t first = words, end = ends[piece];
        int is_opening = 1, is_hard = 0;
        while (i < end) {
            uint32_t entry = table[codes[i]], code = entry & CODE_POINT;
            if (entry & hard) {
                is_hard = 1;
                break;
            }
            if (entry & STOP) is_opening = 1;
            if (!code) {
                i++;
                continue;
            }
            uint64_t value = code, power = BASE;
            flags[words] = (uint8_t)((entry >> 21 & (NUMBER | CAPITAL)) | (is_opening ? OPENING : 0));
            is_opening = 0;
            /* The break behind the text ends its last word; no letter is a stop. */
            for (i++; !(entry & SINGLE); i++, power *= BASE) {
                entry = table[codes[i]], code = entry & CODE_POINT;
                if (!code || entry & (SINGLE | hard)) break;
                value += code * power;
            }
            values[words++] = mix(value);
        }
        if (is_hard) words = first;
        counts[piece] = is_hard ? -1 : words - first;
        i = end;
    }
    return words;
}

static int is_member(uint64_t value, const uint64_t *sorted, int64_t size) {
    return sorted[count_below(sorted, size, value)] == value;
}

/* Whether the word at `at` is a name of months or days with a neighbour in [start, end) whose mark is `round`. */
static int is_beside(int64_t at, int64_t start, int64_t end, const uint8_t *masked, int round) {
    return (at > start && masked[at - 1] == round) || (at + 1 < end && masked[at + 1] == round);
}

/* The hash of the words [0, count), runs of numbers and dates being one word; 0 if there are no others.
 *
 * `masked` tells of each word whether it is a number, and has it marked here if it is part of a date. */
static uint64_t hash_row(const uint64_t *values, int64_t count, const uint64_t *names, int64_t name_count,
                         uint8_t *masked, int has_number) {
    for (int round = 1; has_number && round <= 2; round++) /* 1: numbers; 2: beside them; 3: beside those */
        for (int64_t i = 0; i < count; i++)
            if (!masked[i] && is_beside(i, 0, count, masked, round) && is_member(values[i], names, name_count))
                masked[i] = (uint8_t)(round + 1);
    uint64_t sum = 0, place = 0;
    int has_words = 0;
    for (int64_t i = 0; i < count; i++) {
        if (masked[i] && i > 0 && masked[i - 1]) continue;
        has_words |= !masked[i];
        sum += mix((masked[i] ? 1 : values[i]) ^ ++place * BASE);
    }
    uint64_t hash = mix(sum);
    return has_words ? (hash ? hash : 1) : 0;
}

/* One such hash a text.
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
        found[text] = hash_row(values + start, end - start, names, name_count, masked + start, has_number);
    }
}

static int is_listed(uint32_t code, const uint32_t *codes, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (codes[i] == code) return 1;
    return 0;
}

/* `hash_words` and `hash_masked` of texts in UTF-8, a NUL after each: `found` gets the hashes, `signs` bit 0 where a text
 * has a number, bit 1 where its last character is one of the `ends`. A text that must be eased first has bit 2, and no
 * hash.
 *
 * `values` and `masked` are room for the words of the longest text. Returns 0 at a character that is not among the
 * table's `codes`, else 1. */
EXPORT int64_t print_texts(const uint8_t *at, int64_t texts, const uint32_t *table, int64_t codes,
                           const uint64_t *names, int64_t name_count, const uint32_t *ends, int64_t end_count,
                           uint64_t *values, uint8_t *masked, uint64_t *found, uint8_t *signs) {
    for (int64_t text = 0; text < texts; text++) {
        int64_t words = 0;
        uint64_t value = 0, power = 1;
        int was_inside = 0, was_single = 0, has_number = 0, is_hard = 0;
        uint32_t code = 0;
        while (*at) {
            at += read_char(at, &code);
            if (code >= codes) return 0;
            uint32_t entry = table[code], folded = entry & CODE_POINT;
            is_hard |= (entry & HARD) != 0;
            int is_single = (entry & SINGLE) != 0;
            if (folded) {
                if (!was_inside || is_single || was_single) {
                    if (words) values[words - 1] = mix(value);
                    masked[words] = entry >> 21 & NUMBER;
                    has_number |= masked[words++];
                    value = 0, power = 1;
                }
                value += folded * power;
                power *= BASE;
            }
            was_inside = folded != 0, was_single = is_single;
        }
        at++;
        if (words) values[words - 1] = mix(value);
        signs[text] = (uint8_t)(is_hard << 2 | is_listed(code, ends, end_count) << 1 | (has_number != 0));
        found[text] = is_hard ? 0 : hash_row(values, words, names, name_count, masked, has_number);
    }
    return 1;
}
