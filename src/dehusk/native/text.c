/* dehusk/label/text_features.py, text_hints.py, text_model.py, text_rules.py: characters and words of blocks, counted. */
#include "kernels.h"

enum { CLASSES = 16, SPACE = 5, MARKS = 6, EDGES = 3 };
enum { ADDRESS, AT, ELLIPSIS, BRACKET, CLOSED, DOUBLE };
static const int64_t CLOSED_WITHIN = 6;

/* Whether a character is one of the marks, with what stands from `at` to `end` behind it. */
static void find_marks(uint32_t code, const uint8_t *at, const uint8_t *end, int64_t place, uint8_t *marks) {
    switch (code) {
    case ':': marks[ADDRESS] |= end - at > 1 && at[0] == '/' && at[1] == '/'; break;
    case '@': marks[AT] = 1; break;
    case '.': marks[ELLIPSIS] |= end - at > 1 && at[0] == '.' && at[1] == '.'; break;
    case 0x2026: marks[ELLIPSIS] = 1; break;
    case '[': marks[BRACKET] = 1; break;
    case ']': marks[CLOSED] |= place < CLOSED_WITHIN; break;
    }
}

/* Reads a character and goes on to the next one; returns its class. */
static inline int read_class(const uint8_t *table, int64_t table_size, const uint8_t **at, uint32_t *code) {
    if (**at < 0x80) return table[*code = *(*at)++];
    *at += read_char(*at, code);
    return table[*code < table_size ? *code : table_size - 1];
}

/* A byte a class: a count in memory would wait for that of the character before. */
typedef uint8_t Lanes __attribute__((vector_size(CLASSES)));

/* Characters of `blocks` texts by class, which marks each holds, and of what classes the first one is, the last one and the
 * one before.
 *
 * The texts, of `sizes` characters and none of them empty, stand in UTF-8 with one byte between two, which counts to the text
 * before it. What lies above the table has the class of its last entry. `counts` is 16 a block, `marks` 6, `edges` 3; the
 * first two come zeroed. */
EXPORT void count_chars(const uint8_t *text, int64_t bytes, const uint8_t *table, int64_t table_size, const int64_t *sizes,
                        int64_t blocks, int32_t *counts, uint8_t *marks, uint8_t *edges) {
    const uint8_t *at = text, *end = text + bytes;
    Lanes ones[CLASSES] = {{0}};
    for (int kind = 0; kind < CLASSES; kind++) ones[kind][kind] = 1;
    for (int64_t block = 0; block < blocks; block++, counts += CLASSES, marks += MARKS, edges += EDGES) {
        const uint8_t *start = at;
        uint32_t code, before = 0;
        uint8_t is_double = 0;
        for (int64_t place = 0; place < sizes[block];) {
            Lanes found = {0};
            for (int64_t stop = sizes[block] - place < UINT8_MAX ? sizes[block] : place + UINT8_MAX; place < stop; place++) {
                int kind = read_class(table, table_size, &at, &code);
                found += ones[kind];
                is_double |= (code == ' ') & (before == ' ');
                before = code;
                if (kind > SPACE) find_marks(code, at, end, place, marks);
            }
            for (int kind = 0; kind < CLASSES; kind++) counts[kind] += found[kind];
        }
        marks[DOUBLE] = is_double;
        const uint8_t *places[EDGES] = {start, read_char_before(at, &code)};
        places[2] = places[1] > start ? read_char_before(places[1], &code) : start;
        for (int i = 0; i < EDGES; i++) edges[i] = (uint8_t)read_class(table, table_size, places + i, &code);
        if (at < end) counts[table[*at++]]++;
    }
}

enum { FREQUENT, CAPITALS, NAMES, NUMBERS, OPENINGS, SINGLES, YEARS, ENGLISH };
enum { NEAR_BACK = 8, NEAR_AHEAD, WIDE_BACK, WIDE_AHEAD, LONE, LINKED, LINKED_NAMES, SAID, WORD_COUNTS };
enum { CHAINS = 1 << 16, NEAR = 6, WIDE = 30 };
/* Whether a word comes nowhere else, somewhere, or in a block nearby. */
enum { ALONE, TOLD, NEARBY };

static int is_name(int flag) {
    return (flag & (CAPITAL | OPENING)) == CAPITAL;
}

/* How many words of each block are what, WORD_COUNTS a block; `counts` come zeroed.
 *
 * A word is frequent if more than `bar` words fall into its bucket of `frequency`, which comes zeroed. `listed`
 * has by the last 16 bits of a hash the number of the one of `members` that it may be, from 1, of which `years` are years
 * and the others English. `lasts` is room for a word's number by such bits, `blocks_of` and `links` for a number a word. */
EXPORT void count_words(const uint64_t *values, const uint8_t *flags, const int64_t *bounds, int64_t blocks,
                        int64_t bar, const uint8_t *listed, const uint64_t *members, int64_t years, int32_t *frequency,
                        int32_t *lasts, int32_t *blocks_of, int32_t *links, int32_t *counts) {
    for (int64_t i = 0; i < bounds[blocks]; i++) frequency[values[i] & (BUCKETS - 1)]++;
    for (int64_t i = 0; i < CHAINS; i++) lasts[i] = -1;
    for (int64_t block = 0; block < blocks; block++) {
        int32_t *own = counts + block * WORD_COUNTS;
        for (int64_t i = bounds[block]; i < bounds[block + 1]; i++) {
            int flag = flags[i], low = (int)(values[i] & (CHAINS - 1));
            int32_t found = frequency[values[i] & (BUCKETS - 1)], last = lasts[low];
            int is_number = (flag & NUMBER) != 0, is_frequent = found > bar && !is_number;
            own[FREQUENT] += is_frequent;
            own[CAPITALS] += (flag & CAPITAL) != 0;
            own[NAMES] += is_name(flag);
            own[NUMBERS] += is_number;
            own[OPENINGS] += (flag & OPENING) != 0;
            own[SINGLES] += found == 1;
            if (listed[low] && members[listed[low] - 1] == values[i]) own[listed[low] > years ? ENGLISH : YEARS]++;
            if (is_frequent || is_number) continue;
            blocks_of[i] = (int32_t)block;
            links[i] = ALONE;
            lasts[low] = (int32_t)i;
            own[SAID]++;
            if (last < 0 || values[last] != values[i]) {
                own[LONE]++;
                continue;
            }
            int32_t *above = counts + (int64_t)blocks_of[last] * WORD_COUNTS;
            int64_t step = block - blocks_of[last];
            above[LONE] -= links[last] == ALONE;
            links[i] = TOLD;
            if (links[last] == ALONE) links[last] = TOLD;
            if (step == 0 || step > WIDE) continue;
            own[WIDE_BACK]++, above[WIDE_AHEAD]++;
            own[NEAR_BACK] += step <= NEAR, above[NEAR_AHEAD] += step <= NEAR;
            own[LINKED]++, own[LINKED_NAMES] += is_name(flag);
            if (links[last] != NEARBY) above[LINKED]++, above[LINKED_NAMES] += is_name(flags[last]);
            links[i] = links[last] = NEARBY;
        }
    }
}

enum { SHELF_BITS = 14, LOOK_BITS = 18, LOOK_MASK = (1 << LOOK_BITS) - 1 };
static const uint64_t GRAM_BASE = 0xD6E8FEB86659FD93ull;

/* The share of each block's words that are in hints at each kind, `kinds` a block, 0 where fewer than one in `rarest` are; the
 * last of them 1 where the block begins with a phrase of two words or more. `shares` come zeroed, as does `counts`, room for
 * a number a kind.
 *
 * `looks` has by the last LOOK_BITS bits of a run's hash 1 where a longer hint may begin with it, 2 where it may be one.
 * `listed` are the hashes of the hints, ascending, `sizes` their words, `bits` their kinds, those of single words being
 * `word_bits`. Of several hints that begin at one word, the longest with such bits and the longest with others count. */
EXPORT void describe_hints(const uint64_t *values, const int64_t *bounds, int64_t blocks, const uint8_t *looks,
                           const uint64_t *listed, const int32_t *shelves, const int64_t *sizes, const int64_t *bits,
                           int64_t kinds, int64_t word_bits, int64_t rarest, int64_t *counts, float *shares) {
    for (int64_t block = 0; block < blocks; block++, shares += kinds) {
        int64_t start = bounds[block], stop = bounds[block + 1], words = stop - start;
        uint64_t found = 0;
        for (int64_t i = start; i < stop; i++) {
            if (!looks[values[i] & LOOK_MASK]) continue; /* half of the words */
            uint64_t gram = 0;
            int64_t longest[2] = {-1, -1};
            for (int64_t end = i; end < stop; end++) {
                gram = gram * GRAM_BASE + values[end];
                int look = looks[gram & LOOK_MASK];
                if (look & 2) {
                    const int32_t *shelf = shelves + (gram >> (64 - SHELF_BITS));
                    int32_t at = shelf[0];
                    while (at < shelf[1] && listed[at] != gram) at++;
                    int is_hint = at < shelf[1] && sizes[at] == end - i + 1;
                    if (is_hint && (bits[at] & word_bits)) longest[0] = at;
                    if (is_hint && (bits[at] & ~word_bits)) longest[1] = at;
                }
                if (!(look & 1)) break;
            }
            if (i == start && longest[1] >= 0 && sizes[longest[1]] > 1) shares[kinds - 1] = 1;
            for (int which = 0; which < 2; which++) {
                if (longest[which] < 0) continue;
                uint64_t left = (uint64_t)(bits[longest[which]] & (which ? ~word_bits : word_bits));
                for (found |= left; left; left &= left - 1) counts[__builtin_ctzll(left)] += sizes[longest[which]];
            }
        }
        for (uint64_t left = found; left; left &= left - 1) {
            int kind = __builtin_ctzll(left);
            if (counts[kind] * rarest >= words) shares[kind] = (float)((double)counts[kind] / (double)words);
            counts[kind] = 0;
        }
    }
}

/* What the triggers among each text's words wake, or-ed; `wakes` come zeroed.
 *
 * `looks` has by the last 16 bits of a word's hash whether it may be one of `count` ascending `triggers`. One wakes its
 * `opening` where there are but numbers before it, else its `inside`. */
EXPORT void find_triggers(const uint64_t *values, const uint8_t *flags, const int64_t *bounds, int64_t texts,
                          const uint8_t *looks, const uint64_t *triggers, const int64_t *opening, const int64_t *inside,
                          int64_t count, int64_t *wakes) {
    for (int64_t text = 0; text < texts; text++) {
        const int64_t *wakened = opening;
        for (int64_t i = bounds[text]; i < bounds[text + 1]; i++) {
            if (looks[values[i] & 0xFFFF]) {
                int64_t at = count_below(triggers, count, values[i]);
                if (at < count && triggers[at] == values[i]) wakes[text] |= wakened[at];
            }
            if (!(flags[i] & NUMBER)) wakened = inside;
        }
    }
}

/* What two tables of int8 say of the words and pairs of words of some blocks, none of which is empty, six numbers a block: the
 * sums of both; the least and the most of a word; the first word with the pair behind it; the last word.
 *
 * A word is looked up by its last `word_bits`, one with the word before it by the first `pair_bits` of their hash. */
EXPORT void ask_tables(const uint64_t *values, const int64_t *bounds, const int64_t *blocks, int64_t count,
                       const int8_t *of_words, const int8_t *of_pairs, int64_t word_bits, int64_t pair_bits,
                       uint64_t factor, int64_t *said) {
    uint64_t mask = ((uint64_t)1 << word_bits) - 1;
    for (; count--; blocks++, said += 6) {
        int64_t start = bounds[*blocks], end = bounds[*blocks + 1], sum = of_words[values[start] & mask];
        int64_t least = sum, most = sum, first = sum, pairs = 0, last = sum;
        for (int64_t i = start + 1; i < end; i++) {
            int64_t pair = of_pairs[(values[i] ^ values[i - 1] * factor) * factor >> (64 - pair_bits)];
            last = of_words[values[i] & mask];
            if (i == start + 1) first += pair;
            if (last < least) least = last;
            if (last > most) most = last;
            sum += last, pairs += pair;
        }
        said[0] = sum, said[1] = pairs, said[2] = least, said[3] = most, said[4] = first, said[5] = last;
    }
}
