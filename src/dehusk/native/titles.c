/* dehusk/metadata/text_titles.py: which words of some lines an article says. */
#include "kernels.h"

enum { LETTER = 1, TABLE = 1 << 16, SHORTEST = 3 };

/* Reads on to the end of the next word of a text that is long enough; 0 at the NUL behind the text, or at the end. */
static inline int read_word(const uint32_t *codes, int64_t size, const uint8_t *bits, int64_t *at, uint64_t *hash) {
    while (*at < size && codes[*at]) {
        int64_t first = *at;
        uint64_t sum = HASH_SEED;
        for (; *at < size && (bits[codes[*at]] & LETTER || codes[*at] == '_'); ++*at) sum = (sum ^ codes[*at]) * 0x100000001B3ull;
        if (*at - first >= SHORTEST) return *hash = close_hash(sum), 1;
        if (*at == first) ++*at;
    }
    return 0;
}

/* The slot of a word in a table of a power of 2 slots, or the empty one where it would be. */
static inline int64_t find_slot(const uint64_t *keys, int64_t slots, uint64_t hash) {
    int64_t slot = (int64_t)(hash & ((uint64_t)slots - 1));
    while (keys[slot] && keys[slot] != hash) slot = (slot + 1) & (slots - 1);
    return slot;
}

/* Of `lines` texts, and of the blocks of an article behind them, all with a NUL between, `breaks` in all: how many words
 * each line has, and then how many of them stand in a block, or in two where the line is itself one of them (`counted`).
 *
 * Blocks are read until there are more than `most` words. Returns how many there were; -1, and fills in nothing, where a
 * text has NULs of its own or characters that are not in the table of bits. `keys` are zeros, `slots` of them, twice as
 * many as the lines have words; `room` is three times as long. */
EXPORT int64_t count_said(const uint32_t *codes, int64_t size, const uint8_t *bits, const uint8_t *counted, int64_t lines,
                          int64_t breaks, int64_t most, int64_t slots, uint64_t *keys, int64_t *room, int64_t *found) {
    int64_t *last = room, *counts = room + slots, *own = room + 2 * slots, words = 0, read = 0, at = 0;
    uint64_t hash;
    for (int64_t i = 0; i < size; i++) {
        if (codes[i] >= TABLE) return -1;
        breaks -= !codes[i];
    }
    if (breaks) return -1;
    for (int64_t line = 0; line < lines; line++, at++) {
        int64_t first = words;
        while (read_word(codes, size, bits, &at, &hash)) {
            int64_t slot = find_slot(keys, slots, hash);
            if (!keys[slot]) keys[slot] = hash, last[slot] = -1, counts[slot] = 0;
            if (last[slot] != line) last[slot] = line, own[words++] = slot;
        }
        found[line] = words - first;
    }
    for (int64_t block = lines; at < size && read <= most; block++, at++)
        for (; read_word(codes, size, bits, &at, &hash); read++) {
            int64_t slot = find_slot(keys, slots, hash);
            if (keys[slot] && last[slot] != block) last[slot] = block, counts[slot]++;
        }
    for (int64_t line = 0, i = 0, end = 0; line < lines; line++) {
        found[lines + line] = 0;
        for (end += found[line]; i < end; i++) found[lines + line] += counts[own[i]] > counted[line];
    }
    return read;
}
