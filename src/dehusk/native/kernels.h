/* What the kernels share. The first line of each .c file names the Python modules whose numpy code is the law: same values,
 * faster. */
#ifndef DEHUSK_KERNELS_H
#define DEHUSK_KERNELS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A block's kind, in BlockKind's order; how much of the text of a <pre> is counted. */
enum { PARAGRAPH, HEADING, ITEM, ROW, CODE, CAPTION, KINDS };
enum { CODE_TEXT_MAX = 2000 };

/* Of words, as words.py has them; how many hashes of words are counted apart. */
enum { NUMBER = 1, CAPITAL = 2, OPENING = 4 };
enum { BUCKETS = 1 << 18 };

#define EXPORT __attribute__((visibility("default")))

/* One more with every change of what a kernel takes or gives: Python loads no library of another number. */
enum { KERNELS_VERSION = 13 };

static inline uint64_t mix(uint64_t hash) {
    hash ^= hash >> 33;
    hash *= 0xFF51AFD7ED558CCDull;
    hash ^= hash >> 33;
    hash *= 0xC4CEB9FE1A85EC53ull;
    return hash ^ hash >> 33;
}

#define HASH_SEED 0xCBF29CE484222325ull

static inline uint64_t add_bytes(uint64_t hash, const uint8_t *at, const uint8_t *end) {
    while (at < end) hash = (hash ^ *at++) * 0x100000001B3ull;
    return hash;
}

static inline uint64_t close_hash(uint64_t hash) {
    hash = mix(hash);
    return hash ? hash : 1;
}

/* FNV-1a, mixed; never 0. */
static inline uint64_t hash_bytes(const uint8_t *at, const uint8_t *end) {
    return close_hash(add_bytes(HASH_SEED, at, end));
}

/* The value of a hash in a table of a power of 2 slots; 0 where it is not there. */
static inline int64_t find_bits(const uint64_t *keys, const int64_t *bits, int64_t slots, uint64_t hash) {
    for (uint64_t slot = hash;; slot++) {
        slot &= (uint64_t)slots - 1;
        if (keys[slot] == hash) return bits[slot];
        if (!keys[slot]) return 0;
    }
}

/* How many of the ascending values are less: where `value` stands, if it is among them. */
static inline int64_t count_below(const uint64_t *sorted, int64_t size, uint64_t value) {
    int64_t low = 0;
    while (size > 0) {
        int64_t half = size / 2;
        if (sorted[low + half] < value) low += half + 1, size -= half + 1;
        else size = half;
    }
    return low;
}

/* Reads a character of UTF-8; returns its bytes. */
static inline size_t read_char(const uint8_t *at, uint32_t *code) {
    uint32_t c = *at;
    if (c < 0x80) return *code = c, 1;
    if (c < 0xE0) return *code = (c & 0x1F) << 6 | (at[1] & 0x3F), 2;
    if (c < 0xF0) return *code = (c & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F), 3;
    *code = (c & 7) << 18 | (uint32_t)(at[1] & 0x3F) << 12 | (uint32_t)(at[2] & 0x3F) << 6 | (at[3] & 0x3F);
    return 4;
}

/* Writes a character in UTF-8; returns where the next one goes. */
static inline uint8_t *write_char(uint8_t *out, uint32_t code) {
    if (code < 0x80) return *out = (uint8_t)code, out + 1;
    if (code < 0x800) *out++ = (uint8_t)(0xC0 | code >> 6);
    else {
        if (code < 0x10000) *out++ = (uint8_t)(0xE0 | code >> 12);
        else *out++ = (uint8_t)(0xF0 | code >> 18), *out++ = (uint8_t)(0x80 | (code >> 12 & 0x3F));
        *out++ = (uint8_t)(0x80 | (code >> 6 & 0x3F));
    }
    *out++ = (uint8_t)(0x80 | (code & 0x3F));
    return out;
}

/* Reads the character that ends before `at`; returns where it begins. */
static inline const uint8_t *read_char_before(const uint8_t *at, uint32_t *code) {
    do at--; while ((*at & 0xC0) == 0x80);
    read_char(at, code);
    return at;
}

#endif
