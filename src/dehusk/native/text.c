/* dehusk/label/text_features.py, text_hints.py, text_model.py: characters and words of a text's blocks, counted. */
#include "kernels.h"

enum { CLASSES = 16, DIGIT = 4, MARKS = 6 };
enum { ADDRESS, AT, ELLIPSIS, BRACKET, CLOSED, DOUBLE };
static const int64_t CLOSED_WITHIN = 6;

/* Whether the marks at `codes` are there, `left` characters being left. */
static void find_marks(const uint32_t *codes, int64_t left, int64_t place, uint8_t *marks) {
    switch (codes[0]) {
    case ':': marks[ADDRESS] |= left > 2 && codes[1] == '/' && codes[2] == '/'; break;
    case '@': marks[AT] = 1; break;
    case '.': marks[ELLIPSIS] |= left > 2 && codes[1] == '.' && codes[2] == '.'; break;
    case 0x2026: marks[ELLIPSIS] = 1; break;
    case '[': marks[BRACKET] = 1; break;
    case ']': marks[CLOSED] |= place < CLOSED_WITHIN; break;
    case ' ': marks[DOUBLE] |= left > 1 && codes[1] == ' '; break;
    }
}

/* Characters of `blocks` texts by class, and which marks each holds.
 *
 * The texts stand in `codes` with one character between two, which counts to the text before it. What lies above the
 * table has the class of its last entry. `counts` is 16 a block, `marks` 6 a block; both come zeroed. */
EXPORT void count_chars(const uint32_t *codes, int64_t size, const uint8_t *table, int64_t table_size,
                        const int64_t *starts, int64_t blocks, int64_t *counts, uint8_t *marks) {
    for (int64_t block = 0; block < blocks; block++, counts += CLASSES, marks += MARKS) {
        int64_t start = starts[block], end = block + 1 < blocks ? starts[block + 1] : size;
        for (int64_t i = start; i < end; i++) {
            int kind = table[codes[i] < table_size ? codes[i] : table_size - 1];
            counts[kind]++;
            if (kind > DIGIT) find_marks(codes + i, size - i, i - start, marks);
        }
    }
}

static int is_listed(uint64_t value, const uint64_t *listed, int64_t size) {
    for (int64_t i = 0; i < size; i++)
        if (listed[i] == value) return 1;
    return 0;
}

enum { FREQUENT, CAPITALS, NAMES, NUMBERS, OPENINGS, SINGLES, YEARS, ENGLISH };
enum { NEAR_BACK = 8, NEAR_AHEAD, WIDE_BACK, WIDE_AHEAD, LONE, LINKED, LINKED_NAMES, SAID, WORD_COUNTS };
enum { CHAINS = 1 << 16, NEAR = 6, WIDE = 30, FAR = 1 << 20 };

/* How many words of each block are what, WORD_COUNTS a block.
 *
 * A word is frequent if more than `bar` words fall into its bucket of `frequency`, which comes zeroed. `listed`
 * has bits by the last 16 bits of a hash: 1 where it may be one of `years`, 2 of `english`. `lasts` is room for a
 * word's number by such bits, `blocks_of`, `steps` and `ahead` for a number a word. */
EXPORT void count_words(const uint64_t *values, const uint8_t *flags, const int64_t *bounds, int64_t blocks,
                        int64_t bar, const uint8_t *listed, const uint64_t *years, int64_t year_count,
                        const uint64_t *english, int64_t english_count, int32_t *frequency, int32_t *lasts,
                        int32_t *blocks_of, int32_t *back, int32_t *ahead, int64_t *counts) {
    for (int64_t i = 0; i < bounds[blocks]; i++) frequency[values[i] & (BUCKETS - 1)]++;
    for (int64_t i = 0; i < CHAINS; i++) lasts[i] = -1;
    for (int64_t block = 0; block < blocks; block++) {
        int64_t count[NEAR_BACK] = {0};
        for (int64_t i = bounds[block]; i < bounds[block + 1]; i++) {
            int flag = flags[i], low = (int)(values[i] & (CHAINS - 1));
            int32_t found = frequency[values[i] & (BUCKETS - 1)], last = lasts[low];
            int is_number = (flag & NUMBER) != 0, is_frequent = found > bar && !is_number;
            count[FREQUENT] += is_frequent;
            count[CAPITALS] += (flag & CAPITAL) != 0;
            count[NAMES] += (flag & (CAPITAL | OPENING)) == CAPITAL;
            count[NUMBERS] += is_number;
            count[OPENINGS] += (flag & OPENING) != 0;
            count[SINGLES] += found == 1;
            if (listed[low] & 1) count[YEARS] += is_listed(values[i], years, year_count);
            if (listed[low] & 2) count[ENGLISH] += is_listed(values[i], english, english_count);
            blocks_of[i] = (int32_t)block;
            back[i] = ahead[i] = is_frequent || is_number ? -1 : FAR;
            if (is_frequent || is_number) continue;
            if (last >= 0 && values[last] == values[i]) back[i] = ahead[last] = (int32_t)block - blocks_of[last];
            lasts[low] = (int32_t)i;
        }
        memcpy(counts + block * WORD_COUNTS, count, sizeof count);
    }
    for (int64_t block = 0; block < blocks; block++) {
        int64_t count[WORD_COUNTS] = {0};
        for (int64_t i = bounds[block]; i < bounds[block + 1]; i++) {
            int32_t behind = back[i], before = ahead[i];
            if (behind < 0) continue;
            int is_near = (behind > 0 && behind <= WIDE) || (before > 0 && before <= WIDE);
            count[NEAR_BACK] += behind > 0 && behind <= NEAR;
            count[NEAR_AHEAD] += before > 0 && before <= NEAR;
            count[WIDE_BACK] += behind > 0 && behind <= WIDE;
            count[WIDE_AHEAD] += before > 0 && before <= WIDE;
            count[LONE] += behind == FAR && before == FAR;
            count[LINKED] += is_near;
            count[LINKED_NAMES] += is_near && (flags[i] & (CAPITAL | OPENING)) == CAPITAL;
            count[SAID]++;
        }
        memcpy(counts + block * WORD_COUNTS + NEAR_BACK, count + NEAR_BACK, sizeof count - NEAR_BACK * sizeof *count);
    }
}

enum { SHELF_BITS = 14, LOOK_BITS = 18, LOOK_MASK = (1 << LOOK_BITS) - 1 };
static const uint64_t GRAM_BASE = 0xD6E8FEB86659FD93ull;

/* How many words of each block are in hints at each kind, `kinds` a block, the last of them the words of the phrase, two or
 * more, that it begins with; `counts` come zeroed.
 *
 * `looks` has by the last LOOK_BITS bits of a run's hash 1 where a hint may begin with the run, 2 where the run may be one.
 * `listed` are the hashes of the hints, ascending, `sizes` their words, `bits` their kinds, those of single words being
 * `word_bits`. Of several hints that begin at one word, the longest with such bits and the longest with others count. */
EXPORT void count_hints(const uint64_t *values, const int64_t *bounds, int64_t blocks, const uint8_t *looks,
                        const uint64_t *listed, const int32_t *shelves, const int64_t *sizes, const int64_t *bits,
                        int64_t kinds, int64_t word_bits, int64_t *counts) {
    for (int64_t block = 0; block < blocks; block++, counts += kinds) {
        for (int64_t i = bounds[block]; i < bounds[block + 1]; i++) {
            uint64_t gram = 0;
            int64_t longest[2] = {-1, -1};
            for (int64_t end = i; end < bounds[block + 1]; end++) {
                gram = gram * GRAM_BASE + values[end];
                int look = looks[gram & LOOK_MASK];
                if (!look) break;
                if (!(look & 2)) continue;
                const int32_t *shelf = shelves + (gram >> (64 - SHELF_BITS));
                int32_t at = shelf[0];
                while (at < shelf[1] && listed[at] != gram) at++;
                if (at == shelf[1] || sizes[at] != end - i + 1) continue;
                if (bits[at] & word_bits) longest[0] = at;
                if (bits[at] & ~word_bits) longest[1] = at;
            }
            if (i == bounds[block] && longest[1] >= 0 && sizes[longest[1]] > 1) counts[kinds - 1] = sizes[longest[1]];
            for (int which = 0; which < 2; which++) {
                if (longest[which] < 0) continue;
                uint64_t left = (uint64_t)(bits[longest[which]] & (which ? ~word_bits : word_bits));
                for (; left; left &= left - 1) counts[__builtin_ctzll(left)] += sizes[longest[which]];
            }
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
