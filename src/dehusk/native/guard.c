/* dehusk/blocks/guard.py: whether any tag of a page may have too many attributes; and how many tags there are. */
#define _GNU_SOURCE /* memrchr */
#include "kernels.h"

enum { CUTS_TRIED = 20, SPACES_MAX = 20 };

static int is_white(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static int is_letter(uint8_t c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

static int is_after_equals(const uint8_t *data, int64_t at) {
    int64_t first = at > SPACES_MAX ? at - SPACES_MAX : 0;
    while (at > first && is_white(data[at - 1])) at--;
    return at == first || data[at - 1] == '=';
}

static int64_t find_back(const uint8_t *data, uint8_t code, int64_t start, int64_t end) {
#ifdef __GLIBC__
    const uint8_t *found = memrchr(data + start, code, (size_t)(end - start));
    return found ? found - data : -1;
#else
    while (end > start)
        if (data[--end] == code) return end;
    return -1;
#endif
}

static int may_be_quoted(const uint8_t *data, int64_t safe, int64_t at) {
    int64_t twice = find_back(data, '"', safe, at), once = find_back(data, '\'', safe, at);
    return (twice >= 0 && is_after_equals(data, twice)) || (once >= 0 && is_after_equals(data, once));
}

static int64_t find_last_cut(const uint8_t *data, int64_t safe, int64_t end) {
    for (int tried = 0; tried < CUTS_TRIED; tried++) {
        end = find_back(data, '>', safe, end);
        if (end < 0) return 0;
        if (!may_be_quoted(data, safe, end)) return end + 1;
    }
    return 0;
}

static int64_t find_next_cut(const uint8_t *data, int64_t size, int64_t safe, int64_t distance) {
    int64_t at;
    while ((at = safe + distance) < size) {
        for (int tried = 0; tried < CUTS_TRIED; tried++) {
            const uint8_t *found = at < size ? memchr(data + at, '>', (size_t)(size - at)) : NULL;
            if (!found) return size;
            at = found - data + 1;
            if (!may_be_quoted(data, safe, at - 1)) return at;
        }
        distance = 2 * distance > at - safe ? 2 * distance : at - safe;
    }
    return size;
}

static int64_t skip_to(const uint8_t *data, int64_t at, int64_t size, uint8_t code) {
    const uint8_t *found = memchr(data + at, code, (size_t)(size - at));
    return found ? found - data + 1 : size;
}

enum { SLOTS = 1 << 16 };

/* Names of attributes: how many there are, and, with a table of SLOTS, how many of them were new to it. */
struct names { uint64_t *table; int64_t count, most; };

/* The same in capitals is the same name; never more than `most` + 1 are held. */
static void add_name(struct names *names, const uint8_t *at, const uint8_t *end) {
    if (names->count > names->most) return;
    if (names->table) {
        uint64_t hash = HASH_SEED;
        for (; at < end; at++) hash = (hash ^ (*at >= 'A' && *at <= 'Z' ? *at | 32 : *at)) * 0x100000001B3ull;
        uint64_t slot = hash = close_hash(hash);
        for (;; slot++) {
            slot &= SLOTS - 1;
            if (names->table[slot] == hash) return;
            if (!names->table[slot]) break;
        }
        names->table[slot] = hash;
    }
    names->count++;
}

/* Where the tag that begins at `at` ends; -1 if it has more attributes than `most`. As the tokeniser of the HTML
 * standard reads it. Adds the names of its attributes to `names`, where that is given. */
static int64_t read_tag(const uint8_t *data, int64_t size, int64_t at, int64_t most, struct names *names) {
    at += at + 1 < size && data[at + 1] == '/' ? 2 : 1;
    while (at < size && !is_white(data[at]) && data[at] != '>' && data[at] != '/') at++;
    for (int64_t attributes = 0;; attributes++) {
        while (at < size && (is_white(data[at]) || data[at] == '/')) at++;
        if (at >= size || data[at] == '>') return at < size ? at + 1 : size;
        if (attributes == most) return -1;
        const uint8_t *name = data + at++; /* it may begin with "=" */
        while (at < size && !is_white(data[at]) && data[at] != '>' && data[at] != '/' && data[at] != '=') at++;
        if (names) add_name(names, name, data + at);
        int64_t after = at;
        while (after < size && is_white(data[after])) after++;
        if (after >= size || data[after] != '=') continue;
        at = after + 1;
        while (at < size && is_white(data[at])) at++;
        if (at < size && (data[at] == '"' || data[at] == '\'')) at = skip_to(data, at + 1, size, data[at]);
        else while (at < size && !is_white(data[at]) && data[at] != '>') at++;
    }
}

/* How many bytes the tags that begin in [start, end) have together; more than 2 * size if one has too many attributes. */
static int64_t read_tags(const uint8_t *data, int64_t size, int64_t start, int64_t end, int64_t most) {
    int64_t read = 0;
    while (read <= 2 * size && start + 2 * most < end) { /* what begins later has no room for so many */
        const uint8_t *found = memchr(data + start, '<', (size_t)(end - start));
        if (!found) break;
        int64_t at = found - data;
        start = at + 1;
        if (start < size && (data[start] == '/' || is_letter(data[start]))) {
            int64_t after = read_tag(data, size, at, most, NULL);
            if (after < 0) return 3 * size;
            read += after - at;
        }
    }
    return read;
}

/* 1 if no tag can have more attributes than `most`; 0 means nothing yet. Linear in `size`. */
EXPORT int32_t has_short_tags(const uint8_t *data, int64_t size, int64_t most) {
    int64_t safe = 0, left = 2 * size, reach = 2 * most;
    while (size - safe > reach) {
        int64_t cut = find_last_cut(data, safe, safe + reach);
        if (!cut) {
            cut = find_next_cut(data, size, safe, reach);
            left -= read_tags(data, size, safe, cut, most);
            if (left < 0) return 0;
        }
        safe = cut;
    }
    return 1;
}

/* tags[0]: how many "<" there are; tags[1]: how many of them may begin a formatting tag, by the next two bytes. */
EXPORT void count_tags(const uint8_t *data, int64_t size, const uint8_t *is_formatting, int64_t *tags) {
    const uint8_t *at = data, *end = data + size;
    tags[0] = tags[1] = 0;
    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        tags[0]++;
        if (end - at > 2) tags[1] += is_formatting[at[1] << 8 | at[2]];
        at++;
    }
}

/* Read whatever looks like a tag; 0 if these have more than twice the bytes that there are. */
static int read_names(const uint8_t *data, int64_t size, struct names *names) {
    const uint8_t *at = data, *end = data + size;
    int64_t left = 2 * size;
    while (names->count <= names->most && (at = memchr(at, '<', (size_t)(end - at)))) {
        int64_t start = at++ - data;
        if (at == end || !(*at == '/' || is_letter(*at))) continue;
        left -= read_tag(data, size, start, INT64_MAX, names) - start;
        if (left < 0) return 0;
    }
    return 1;
}

/* 1 if the tags of a page have no more than `most` different names of attributes together, or no more attributes; 0
 * means nothing yet. `most` is at most half of SLOTS. Linear in `size`. */
EXPORT int32_t has_few_names(const uint8_t *data, int64_t size, int64_t most) {
    struct names names = {NULL, 0, most};
    if (!read_names(data, size, &names)) return 0;
    if (names.count <= most) return 1;
    names = (struct names){calloc(SLOTS, sizeof(uint64_t)), 0, most};
    int32_t is_few = names.table && read_names(data, size, &names) && names.count <= most;
    free(names.table);
    return is_few;
}
