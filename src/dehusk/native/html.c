/* dehusk/label/html_features.py: a page's blocks as a matrix, a row a feature. */
#include "kernels.h"
#include <math.h>

enum { CAPITAL_DOTTED_I = 0x130, DOT_ABOVE = 0x307, NO_LOWER = 0xFFFF, LAST_CASED = 0x1E943 };
enum { NO_MEMORY, DESCRIBED, ASK_PYTHON };
enum { SPACE, LETTER, UPPER, DIGIT, COMMA, STOP, COLON, BAR, QUOTE, BRACKET, WIDE, OTHER, CHAR_KINDS };
enum { FIRST_UNSPACED = 0x3040, LAST_UNSPACED = 0x9FFF, LONGEST_UNSPACED = 16 };
enum { STRIPPED = 1, BEGINS_WORD = 2 };
enum { LEVELS = 6, HINT_CHARS = 240, TITLE_CHARS = 200, GOOD_CHARS = 80, SETS_MAX = 64, COUNTED = 4, COUNTED_SHIFT = 60 };

/* What Python hands over; the offsets and sizes are those of arrays of 8-byte integers unless said otherwise. */
typedef struct {
    int64_t blocks, elements;
    const int64_t *columns;     /* kinds, levels, owners, lengths, link_chars, links, is_repeated, bytes: 8 by blocks */
    const int64_t *parents;     /* elements + 1: the last is no element, which is its own parent, -1 */
    const int64_t *looks;       /* elements + 1 */
    const uint8_t *look_names;  /* of each look but the last: its tag and its marks, a NUL after each */
    const uint64_t *mark_keys;  /* as word_keys, of `mark_slots` */
    const int64_t *mark_bits;
    const uint64_t *tag_keys;   /* as word_keys, of `tag_slots`; among the values those of the counted tags stand at */
    const int64_t *tag_bits;    /* COUNTED_SHIFT, numbered from 1 */
    int64_t mark_slots, tag_slots;
    const uint8_t *texts;       /* UTF-8, a byte after each */
    const uint8_t *hints;       /* UTF-8, lower case: how each begins, a line feed after each; NULL to have them made */
    const uint8_t *title;       /* UTF-8, lower case: its words, a line feed after each */
    int64_t title_size;
    const uint16_t *lower;      /* of characters below 1 << 16; NO_LOWER where only Python knows */
    const uint8_t *char_kinds;  /* below wide_from */
    int64_t wide_from;
    const uint32_t *sentence_ends;
    int64_t sentence_end_count;
    const uint8_t *char_roles;  /* by code point below 1 << 16: STRIPPED, BEGINS_WORD (an unspaced one) */
    const uint64_t *word_keys;  /* a table of `word_slots`, a power of 2, keys 0 where free */
    const int64_t *word_bits;
    int64_t word_slots, text_kinds, hint_kinds;
    float *features, *words;
    int64_t *near, *around, *inner;
    int64_t *ranges;            /* 2 by LEVELS by blocks: each ancestor's first block, and its end */
    int64_t *groups;            /* blocks that look alike share a number */
} Page;

/* Room that one call needs, all of it one allocation. */
typedef struct {
    double *chars, *linked, *running; /* sums before each block, and the whole */
    float *log_length, *link_share, *ends_sentence;
    int64_t *first, *end, *wider, *every, *bits; /* the last: of elements + 1 */
    int64_t tag_counts[COUNTED + 1];             /* the first: of the other tags */
    uint8_t *is_long;
} Room;

static float log_of(double value) { return (float)log(1.0 + value); }

/* The key of a word in the table of words. */
EXPORT uint64_t hash_word(const uint8_t *word, int64_t size) { return hash_bytes(word, word + size); }

static void own_features(const Page *page, const Room *room, float *out) {
    int64_t n = page->blocks;
    const int64_t *kinds = page->columns, *levels = kinds + n, *lengths = levels + 2 * n, *links = lengths + 2 * n;
    double total = room->chars[n] > 1 ? room->chars[n] : 1;
    memset(out, 0, (size_t)(KINDS * n) * sizeof *out);
    for (int64_t i = 0; i < n; i++) {
        out[kinds[i] * n + i] = 1;
        out[6 * n + i] = (float)levels[i];
        out[7 * n + i] = room->log_length[i] = log_of((double)lengths[i]);
        out[8 * n + i] = room->link_share[i];
        out[9 * n + i] = log_of((double)links[i]);
        out[10 * n + i] = (float)((double)i / (double)n);
        out[11 * n + i] = (float)(room->chars[i] / total);
        out[12 * n + i] = log_of((double)i);
    }
}

static void text_shape(const Page *page, const Room *room, float *out) {
    int64_t n = page->blocks;
    const int64_t *kinds = page->columns, *lengths = kinds + 3 * n, *sizes = kinds + 7 * n;
    const uint8_t *start = page->texts, *at;
    for (int64_t i = 0; i < n; i++, start += sizes[i - 1] + 1) {
        int64_t counts[CHAR_KINDS] = {0};
        int64_t size = kinds[i] == CODE && lengths[i] > CODE_TEXT_MAX ? CODE_TEXT_MAX : lengths[i];
        int first = OTHER;
        uint32_t code = 0;
        at = start;
        for (int64_t c = 0; c < size; c++) {
            at += read_char(at, &code);
            int kind = code < page->wide_from ? page->char_kinds[code] : WIDE;
            if (!c) first = kind;
            counts[kind]++;
        }
        int is_end = 0;
        for (int64_t e = 0; e < page->sentence_end_count; e++) is_end |= code == page->sentence_ends[e];
        float chars = (float)size, words = (float)(counts[SPACE] + 1) + (float)counts[WIDE] / 2;
        int64_t letters = counts[UPPER] + counts[LETTER];
        page->words[i] = words;
        for (int kind = 1; kind < CHAR_KINDS; kind++) out[(kind - 1) * n + i] = (float)counts[kind] / chars;
        out[11 * n + i] = log_of(words);
        out[12 * n + i] = chars / words;
        out[13 * n + i] = (float)counts[STOP] / words;
        out[14 * n + i] = (float)counts[COMMA] / words;
        out[15 * n + i] = room->ends_sentence[i] = (float)is_end;
        out[16 * n + i] = code == ':';
        out[17 * n + i] = first == UPPER;
        out[18 * n + i] = first == DIGIT;
        out[19 * n + i] = first == LETTER;
        out[20 * n + i] = (float)counts[UPPER] / (float)(letters > 1 ? letters : 1);
    }
}

/* The hashes of the title's words, in a table of a power of 2, at most half full. */
typedef struct {
    uint64_t *keys;
    uint64_t slots;
    int64_t words;
} Title;

static int read_title(const Page *page, Title *title) {
    const uint8_t *at = page->title, *end = at + page->title_size;
    int64_t lines = 0;
    for (const uint8_t *c = at; c < end; c++) lines += *c == '\n';
    title->slots = 4;
    while (title->slots < 2 * (uint64_t)lines + 2) title->slots *= 2;
    title->words = lines;
    title->keys = calloc(title->slots, sizeof *title->keys);
    if (!title->keys) return 0;
    while (at < end) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        uint64_t hash = hash_bytes(at, stop), slot = hash;
        while (title->keys[slot &= title->slots - 1]) slot++;
        title->keys[slot] = hash;
        at = stop + 1;
    }
    return 1;
}

static int is_in_title(const Title *title, uint64_t hash) {
    for (uint64_t slot = hash;; slot++) {
        slot &= title->slots - 1;
        if (title->keys[slot] == hash) return 1;
        if (!title->keys[slot]) return 0;
    }
}

/* How a text begins, in lower case, its lines joined, a line feed after it; 0 where only Python can. */
static int lower_hint(const Page *page, const uint8_t *at, int64_t chars, uint8_t *out) {
    for (chars = chars < HINT_CHARS ? chars : HINT_CHARS; chars > 0; chars--) {
        uint32_t code;
        size_t width = read_char(at, &code);
        if (code < 0x80) *out++ = (uint8_t)(code == '\n' ? ' ' : code >= 'A' && code <= 'Z' ? code | 0x20 : code);
        else if (code == CAPITAL_DOTTED_I) out = write_char(write_char(out, 'i'), DOT_ABOVE);
        else if (code < 1 << 16) {
            if (page->lower[code] == NO_LOWER) return 0;
            out = write_char(out, page->lower[code]);
        } else {
            if (code <= LAST_CASED) return 0;
            for (size_t i = 0; i < width; i++) *out++ = at[i];
        }
        at += width;
    }
    *out = '\n';
    return 1;
}

static void count_word(const Page *page, uint64_t hash, int64_t *counts) {
    for (uint64_t bits = (uint64_t)find_bits(page->word_keys, page->word_bits, page->word_slots, hash); bits; bits &= bits - 1)
        counts[__builtin_ctzll(bits)]++;
}

/* The first character that needs no space to the next word. */
static const uint8_t *find_unspaced(const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        uint32_t code;
        size_t width = read_char(at, &code);
        if (code >= FIRST_UNSPACED && code <= LAST_UNSPACED) break;
        at += width;
    }
    return at;
}

/* The end of the longest listed word that begins with an unspaced character, and its key; where it begins if none does. */
static const uint8_t *read_listed(const Page *page, const uint8_t *at, const uint8_t *end, uint64_t *key) {
    const uint8_t *found = at;
    uint32_t code;
    size_t width = read_char(at, &code);
    if (!(page->char_roles[code] & BEGINS_WORD)) return at;
    uint64_t hash = HASH_SEED;
    for (int length = 0; length < LONGEST_UNSPACED && at < end; length++) {
        width = read_char(at, &code);
        if (code < FIRST_UNSPACED || code > LAST_UNSPACED) break;
        hash = add_bytes(hash, at, at + width);
        at += width;
        uint64_t whole = close_hash(hash);
        if (find_bits(page->word_keys, page->word_bits, page->word_slots, whole)) found = at, *key = whole;
    }
    return found;
}

/* Of a text without spaces; returns its words. */
static int64_t count_unspaced(const Page *page, const uint8_t *at, const uint8_t *end, int64_t *counts) {
    int64_t words = 0;
    while (at < end) {
        const uint8_t *next = find_unspaced(at, end);
        uint64_t key;
        words++;
        if (next > at) count_word(page, hash_bytes(at, next), counts), at = next;
        else if ((next = read_listed(page, at, end, &key)) > at) count_word(page, key, counts), at = next;
        else {
            uint32_t code;
            at += read_char(at, &code);
            if (at < end && find_unspaced(at, end) == at && read_listed(page, at, end, &key) == at)
                at += read_char(at, &code);
        }
    }
    return words;
}

static int text_hints(const Page *page, const Title *title, float *out) {
    int64_t n = page->blocks, width = page->text_kinds;
    const int64_t *lengths = page->columns + 3 * n, *sizes = page->columns + 7 * n;
    const uint8_t *at = page->hints, *text = page->texts;
    uint8_t hint[4 * HINT_CHARS + 1];
    for (int64_t i = 0; i < n; i++, text += sizes[i - 1] + 1) {
        int64_t counts[SETS_MAX] = {0}, said = 0, words = 0;
        if (!page->hints) {
            if (!lower_hint(page, text, lengths[i], hint)) return 0;
            at = hint;
        }
        for (;;) { /* a word, however empty, between two spaces */
            const uint8_t *end = at, *from = at;
            while (*end != ' ' && *end != '\n') end++;
            const uint8_t *to = end;
            words++;
            if (end > at) said += is_in_title(title, hash_bytes(at, end));
            while (from < to) {
                uint32_t code;
                size_t size = read_char(from, &code);
                if (code >= 1 << 16 || !(page->char_roles[code] & STRIPPED)) break;
                from += size;
            }
            while (to > from) {
                uint32_t code;
                const uint8_t *before = read_char_before(to, &code);
                if (code >= 1 << 16 || !(page->char_roles[code] & STRIPPED)) break;
                to = before;
            }
            if (find_unspaced(from, to) < to) words += count_unspaced(page, from, to, counts) - 1;
            else if (to > from) count_word(page, hash_bytes(from, to), counts);
            at = end + 1;
            if (*end == '\n') break;
        }
        for (int64_t kind = 0; kind < width; kind++) {
            out[kind * n + i] = counts[kind] ? log_of((double)counts[kind]) : 0;
            out[(width + kind) * n + i] = (float)((double)counts[kind] / (double)words);
        }
        double in_title = lengths[i] < TITLE_CHARS ? (double)said : 0;
        double of_title = in_title / (double)(title->words > 1 ? title->words : 1), of_words = in_title / (double)words;
        out[2 * width * n + i] = (float)(of_title < 1 ? of_title : 1);
        out[(2 * width + 1) * n + i] = (float)(of_words < 1 ? of_words : 1);
    }
    return 1;
}

static void unpack_bits(const int64_t *bits, int64_t n, int64_t count, float *out) {
    for (int64_t bit = 0; bit < count; bit++)
        for (int64_t i = 0; i < n; i++) out[bit * n + i] = (float)(bits[i] >> bit & 1);
}

static int64_t find_place(const Page *page, int64_t element) { return element < 0 ? page->elements : element; }

/* The bits of every element, from its tag and the words of its marks; how often the counted tags are there. */
static int read_elements(const Page *page, Room *room) {
    int64_t looks = page->looks[page->elements];
    int64_t *bits = malloc((size_t)(looks + 1) * sizeof *bits), *sizes = calloc((size_t)looks + 1, sizeof *sizes);
    const uint8_t *at = page->look_names;
    memset(room->tag_counts, 0, sizeof room->tag_counts);
    for (int64_t e = 0; sizes && e < page->elements; e++) sizes[page->looks[e]]++;
    for (int64_t look = 0; bits && sizes && look < looks; look++) {
        const uint8_t *end = at + strlen((const char *)at);
        int64_t found = find_bits(page->tag_keys, page->tag_bits, page->tag_slots, hash_bytes(at, end));
        room->tag_counts[found >> COUNTED_SHIFT] += sizes[look];
        found &= ((int64_t)1 << COUNTED_SHIFT) - 1;
        for (at = end + 1; *at; at = end) {
            while (*at && (*at < 'a' || *at > 'z')) at++;
            for (end = at; *end >= 'a' && *end <= 'z';) end++;
            if (end > at) found |= find_bits(page->mark_keys, page->mark_bits, page->mark_slots, hash_bytes(at, end));
        }
        at++;
        bits[look] = found;
    }
    int is_done = bits && sizes;
    if (is_done) {
        bits[looks] = 0;
        for (int64_t e = 0; e <= page->elements; e++) room->bits[e] = bits[page->looks[e]];
    }
    free(bits), free(sizes);
    return is_done;
}

static void inherit_bits(const Page *page, const Room *room, float *out) {
    int64_t n = page->blocks, none = page->elements;
    const int64_t *owners = page->columns + 2 * n, *bits = room->bits, *parents = page->parents;
    const char *names = (const char *)page->look_names;
    int is_body = none > 0 && !page->looks[0] && !strcmp(names, "body"); /* the looks are numbered as they come */
    int64_t *inner = room->wider;
    room->every[none] = inner[none] = bits[none];
    for (int64_t e = 0; e < none; e++) {
        int64_t parent = find_place(page, parents[e]);
        room->every[e] = bits[e] | room->every[parent];
        inner[e] = (e || !is_body ? bits[e] : 0) | inner[parent];
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t own = find_place(page, owners[i]), parent = find_place(page, parents[own]);
        page->near[i] = bits[own] | bits[parent] | bits[find_place(page, parents[parent])];
        page->around[i] = room->every[own];
        page->inner[i] = inner[own];
    }
    unpack_bits(page->near, n, page->hint_kinds, out);
    unpack_bits(page->around, n, page->hint_kinds, out + page->hint_kinds * n);
}

/* For each element the range of its blocks, and the nearest element around it that has more. */
static void find_ranges(const Page *page, const Room *room) {
    int64_t n = page->blocks, none = page->elements;
    const int64_t *owners = page->columns + 2 * n, *parents = page->parents;
    int64_t *first = room->first, *end = room->end, *wider = room->wider;
    for (int64_t e = 0; e < none; e++) first[e] = n, end[e] = 0, wider[e] = -1;
    first[none] = 0, end[none] = n, wider[none] = -1;
    for (int64_t i = 0; i < n; i++)
        if (owners[i] >= 0) {
            end[owners[i]] = i + 1;
            if (first[owners[i]] > i) first[owners[i]] = i;
        }
    for (int64_t e = none - 1; e > 0; e--)
        if (parents[e] >= 0) {
            if (first[e] < first[parents[e]]) first[parents[e]] = first[e];
            if (end[e] > end[parents[e]]) end[parents[e]] = end[e];
        }
    for (int64_t e = 0; e < none; e++)
        if (parents[e] >= 0) {
            int is_same = first[parents[e]] == first[e] && end[parents[e]] == end[e];
            wider[e] = is_same ? wider[parents[e]] : parents[e];
        }
}

static void range_features(const Page *page, const Room *room, float *out) {
    int64_t n = page->blocks;
    const int64_t *owners = page->columns + 2 * n;
    double all = room->chars[n], all_running = room->running[n] > 1 ? room->running[n] : 1;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = owners[i], last = -2;
        float values[8] = {0};
        for (int level = 0; level < LEVELS; level++) {
            if (at != last) {
                int64_t place = find_place(page, at), first = room->first[place], end = room->end[place];
                double count = (double)(end - first), chars = room->chars[end] - room->chars[first];
                double linked = room->linked[end] - room->linked[first];
                double running = room->running[end] - room->running[first];
                if (chars < 1) chars = 1;
                values[0] = log_of(count), values[1] = log_of(chars);
                values[2] = (float)(linked / chars), values[3] = (float)(running / chars);
                values[4] = log_of(chars / count), values[5] = (float)(chars / all);
                values[6] = (float)(running / all_running), values[7] = (float)((double)(i - first) / count);
                last = at;
                at = room->wider[place];
            }
            int64_t place = find_place(page, last);
            page->ranges[level * n + i] = room->first[place];
            page->ranges[(LEVELS + level) * n + i] = room->end[place];
            for (int v = 0; v < 8; v++) out[(v * LEVELS + level) * n + i] = values[v];
        }
    }
}

/* Numbers blocks of one kind whose elements and their parents look the same; returns how many numbers there are. */
static int64_t find_groups(const Page *page, int64_t *group) {
    int64_t n = page->blocks, slots = 16, groups = 0, looks = page->elements + 1;
    const int64_t *kinds = page->columns, *owners = kinds + 2 * n;
    while (slots < 2 * n) slots *= 2;
    int64_t *table = malloc((size_t)slots * 2 * sizeof *table);
    if (!table) return -1;
    for (int64_t slot = 0; slot < slots; slot++) table[2 * slot] = -1;
    for (int64_t i = 0; i < n; i++) {
        int64_t own = find_place(page, owners[i]), above = find_place(page, page->parents[own]);
        int64_t key = (kinds[i] * looks + page->looks[own]) * looks + page->looks[above];
        uint64_t slot = mix((uint64_t)key);
        while (table[2 * (slot &= (uint64_t)slots - 1)] != key && table[2 * slot] >= 0) slot++;
        if (table[2 * slot] < 0) table[2 * slot] = key, table[2 * slot + 1] = groups++;
        group[i] = table[2 * slot + 1];
    }
    free(table);
    return groups;
}

static int group_features(const Page *page, const Room *room, float *out) {
    int64_t n = page->blocks, groups = find_groups(page, page->groups);
    const int64_t *lengths = page->columns + 3 * n, *link_chars = lengths + n;
    double *sums = groups < 0 ? NULL : calloc((size_t)groups * 9, sizeof *sums);
    if (!sums) return 0;
    for (int64_t i = 0; i < n; i++) {
        double *sum = sums + 9 * page->groups[i], length = (double)lengths[i];
        sum[0]++, sum[1] += length, sum[2] += length * length, sum[3] += (double)link_chars[i];
    }
    for (double *sum = sums; sum < sums + 9 * groups; sum += 9) {
        double mean = sum[1] / sum[0], spread = sum[2] / sum[0] - mean * mean;
        sum[4] = log_of(sum[0]), sum[5] = log_of(mean), sum[6] = sum[3] / sum[1], sum[7] = sum[1] / room->chars[n];
        sum[8] = sqrt(spread > 0 ? spread : 0) / mean;
    }
    for (int64_t i = 0; i < n; i++)
        for (int v = 0; v < 5; v++) out[v * n + i] = (float)sums[9 * page->groups[i] + 4 + v];
    free(sums);
    return 1;
}

static void neighbour_features(const Page *page, const Room *room, float *out) {
    static const int shifts[] = {-2, -1, 1, 2}, reaches[] = {4, 12};
    int64_t n = page->blocks;
    const int64_t *kinds = page->columns;
    for (int s = 0; s < 4; s++)
        for (int64_t i = 0; i < n; i++) {
            int64_t at = i + shifts[s];
            float *cell = out + 4 * s * n + i;
            int is_there = at >= 0 && at < n;
            cell[0] = is_there ? room->log_length[at] : 0;
            cell[n] = is_there ? room->link_share[at] : 0;
            cell[2 * n] = is_there && kinds[at] == HEADING;
            cell[3 * n] = is_there ? room->ends_sentence[at] : 0;
        }
    for (int r = 0; r < 2; r++)
        for (int64_t i = 0; i < n; i++) {
            int64_t low = i > reaches[r] ? i - reaches[r] : 0, high = i + reaches[r] + 1 < n ? i + reaches[r] + 1 : n;
            float *cell = out + (16 + 3 * r) * n + i;
            float chars = (float)(room->chars[high] - room->chars[low]);
            cell[0] = log_of(chars);
            cell[n] = (float)(room->linked[high] - room->linked[low]) / chars;
            cell[2 * n] = (float)(room->running[high] - room->running[low]) / chars;
        }
}

static void place_features(const Page *page, const Room *room, float *out) {
    int64_t n = page->blocks, title = 0, heading = -1, before = -n, after = 2 * n;
    const int64_t *kinds = page->columns, *levels = kinds + n, *is_repeated = kinds + 6 * n;
    for (int64_t i = n - 1; i >= 0; i--)
        if (kinds[i] == HEADING && levels[i] == 1) title = i;
    for (int64_t i = 0; i < n; i++) {
        if (kinds[i] == HEADING) heading = i;
        if (room->is_long[i]) before = i;
        out[i] = (float)((double)(i - title) / (double)n);
        out[n + i] = log_of((double)(i - heading));
        out[2 * n + i] = log_of((double)(i - before));
        out[4 * n + i] = (float)is_repeated[i];
    }
    for (int64_t i = n - 1; i >= 0; i--) {
        if (room->is_long[i]) after = i;
        out[3 * n + i] = log_of((double)(after - i));
    }
}

static void page_features(const Page *page, const Room *room, float *out) {
    int64_t n = page->blocks, counts[KINDS] = {0}, is_long = 0;
    const int64_t *kinds = page->columns;
    double chars = room->chars[n];
    for (int64_t i = 0; i < n; i++) counts[kinds[i]]++, is_long += room->is_long[i];
    double values[13] = {
        log_of((double)n), log_of(chars), log_of((double)is_long), log_of((double)counts[CODE]), 0, 0, 0, 0,
        room->linked[n] / chars, room->running[n] / chars, (double)counts[ITEM] / (double)n,
        (double)counts[ROW] / (double)n, (double)counts[HEADING] / (double)n,
    };
    for (int tag = 0; tag < COUNTED; tag++) values[4 + tag] = log_of((double)room->tag_counts[1 + tag]);
    for (int v = 0; v < 13; v++)
        for (int64_t i = 0; i < n; i++) out[v * n + i] = (float)values[v];
}

static void sum_lengths(const Page *page, const Room *room) {
    int64_t n = page->blocks;
    const int64_t *lengths = page->columns + 3 * n, *link_chars = lengths + n;
    room->chars[0] = room->linked[0] = room->running[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        float length = (float)lengths[i], linked = (float)link_chars[i];
        room->is_long[i] = length >= GOOD_CHARS && linked < 0.33f * length;
        room->link_share[i] = linked / length;
        room->chars[i + 1] = room->chars[i] + (double)lengths[i];
        room->linked[i + 1] = room->linked[i] + (double)link_chars[i];
        room->running[i + 1] = room->running[i] + (room->is_long[i] ? (double)lengths[i] : 0);
    }
}

/* Fills what is not const; returns one of the numbers above: ASK_PYTHON for the hints. */
EXPORT int64_t describe_blocks(const Page *page) {
    size_t n = (size_t)page->blocks, places = (size_t)page->elements + 1;
    char *held = malloc(3 * (n + 1) * sizeof(double) + 5 * places * sizeof(int64_t) + 3 * n * sizeof(float) + n);
    Title title = {NULL, 0, 0};
    int is_done = NO_MEMORY;
    if (held && read_title(page, &title)) {
        Room room;
        room.chars = (double *)held, room.linked = room.chars + n + 1, room.running = room.linked + n + 1;
        room.first = (int64_t *)(room.running + n + 1), room.end = room.first + places;
        room.wider = room.end + places, room.every = room.wider + places, room.bits = room.every + places;
        room.log_length = (float *)(room.bits + places), room.link_share = room.log_length + n;
        room.ends_sentence = room.link_share + n, room.is_long = (uint8_t *)(room.ends_sentence + n);
        float *out = page->features;
        int has_memory = read_elements(page, &room);
        if (!has_memory) memset(room.bits, 0, places * sizeof *room.bits);
        sum_lengths(page, &room);
        own_features(page, &room, out);
        text_shape(page, &room, out += 13 * n);
        int has_hints = text_hints(page, &title, out += 21 * n);
        inherit_bits(page, &room, out += (size_t)(2 * page->text_kinds + 2) * n);
        find_ranges(page, &room);
        range_features(page, &room, out += 2 * (size_t)page->hint_kinds * n);
        has_memory &= group_features(page, &room, out += 48 * n);
        is_done = has_memory ? has_hints ? DESCRIBED : ASK_PYTHON : NO_MEMORY;
        neighbour_features(page, &room, out += 5 * n);
        place_features(page, &room, out += 22 * n);
        page_features(page, &room, out + 5 * n);
    }
    free(title.keys);
    free(held);
    return is_done;
}

/* dehusk/label/html_context.py */
enum { CONTEXT_LEVELS = 5, REACHES = 3 };
#define ODDS_MAX 8.0
#define CAUTION 1.4

typedef struct { double odds; int64_t at; } Ranked;

static int compare_ranked(const void *left, const void *right) {
    const Ranked *a = left, *b = right;
    if (a->odds != b->odds) return a->odds > b->odds ? -1 : 1;
    return a->at < b->at ? -1 : 1;
}

/* Means over the blocks that have the same number, below `n + 1`: two rows. */
static void average_numbered(const double *right, const double *words, const double *odds, const int64_t *number,
                             int64_t n, double *sums, float *out) {
    memset(sums, 0, (size_t)(n + 1) * 4 * sizeof *sums);
    for (int64_t i = 0; i < n; i++) {
        double *sum = sums + 4 * number[i];
        sum[0] += right[i], sum[1] += words[i], sum[2] += odds[i], sum[3]++;
    }
    for (int64_t i = 0; i < n; i++) {
        const double *sum = sums + 4 * number[i];
        out[i] = (float)(sum[0] / (sum[1] > 1e-9 ? sum[1] : 1e-9));
        out[n + i] = (float)(sum[2] / sum[3]);
    }
}

static void average_ranges(const double *sums, const int64_t *first, const int64_t *end, int64_t n, float *out) {
    for (int64_t i = 0; i < CONTEXT_LEVELS * n; i++) {
        const double *low = sums + 3 * first[i], *high = sums + 3 * end[i];
        out[i] = (float)((high[0] - low[0]) / (high[1] - low[1]));
        out[CONTEXT_LEVELS * n + i] = (float)((high[2] - low[2]) / (double)(end[i] - first[i]));
    }
}

static void compare_with_page(const double *right, const double *words, const double *odds, Ranked *order,
                              int64_t *is_kept, int64_t n, const double *sums, float *out) {
    double ranked_words = 0, ranked_right = 0, best = -1, kept_words = 0, all_right = 0, all_words = sums[3 * n + 1];
    int64_t last = 0, before = -n, after = 2 * n;
    for (int64_t i = 0; i < n; i++) order[i] = (Ranked){odds[i], i};
    qsort(order, (size_t)n, sizeof *order, compare_ranked);
    for (int64_t i = 0; i < n; i++) all_right += right[order[i].at];
    all_right += 1e-9;
    double every_word = 0;
    for (int64_t i = 0; i < n; i++) every_word += words[order[i].at];
    for (int64_t i = 0; i < n; i++) {
        int64_t at = order[i].at;
        ranked_words += words[at], ranked_right += right[at];
        double gain = 2 * ranked_right / (CAUTION * ranked_words + all_right);
        if (gain > best) best = gain, last = i, kept_words = ranked_words;
        out[at] = (float)(ranked_words / every_word);
        out[n + at] = (float)(ranked_right / all_right);
    }
    double bar = odds[order[last].at], top = order[0].odds;
    float page[6] = {
        (float)log1p(all_right), (float)top, (float)(all_right / all_words), (float)best, (float)bar,
        (float)(kept_words / every_word),
    };
    for (int64_t i = 0; i < n; i++) {
        out[2 * n + i] = (float)(odds[i] - bar);
        out[3 * n + i] = (float)((sums[3 * i + 3] - right[i]) / all_right);
        for (int v = 0; v < 6; v++) out[(6 + v) * n + i] = page[v];
    }
    memset(is_kept, 0, (size_t)n * sizeof *is_kept);
    for (int64_t i = 0; i <= last; i++) is_kept[order[i].at] = 1;
    for (int64_t i = 0; i < n; i++) {
        if (is_kept[i]) before = i;
        out[4 * n + i] = log_of((double)(i - before));
    }
    for (int64_t i = n - 1; i >= 0; i--) {
        if (is_kept[i]) after = i;
        out[5 * n + i] = log_of((double)(after - i));
    }
}

/* Fills `out`, 35 by n, for n blocks; returns 0 where there is no memory for it. */
EXPORT int64_t add_context(int64_t n, const double *odds, const double *words, const double *right,
                           const uint8_t *is_heading, const int64_t *first, const int64_t *end, const int64_t *groups,
                           float *out) {
    static const int shifts[] = {-2, -1, 1, 2}, reaches[REACHES] = {2, 5, 12};
    size_t places = (size_t)n + 1;
    char *held = malloc(places * (3 * sizeof(double) + 4 * sizeof(double) + sizeof(int64_t) + sizeof(Ranked)));
    if (!held) return 0;
    double *sums = (double *)held, *grouped = sums + 3 * places;
    Ranked *order = (Ranked *)(grouped + 4 * places);
    int64_t *headed = (int64_t *)(order + places), last = -1;
    memset(sums, 0, 3 * sizeof *sums);
    for (int64_t i = 0; i < n; i++) {
        double *sum = sums + 3 * i;
        sum[3] = sum[0] + right[i], sum[4] = sum[1] + words[i], sum[5] = sum[2] + odds[i];
        if (is_heading[i]) last = i;
        headed[i] = (i ? headed[i - 1] : 0) + is_heading[i];
        out[i] = (float)odds[i];
        for (int s = 0; s < 4; s++) {
            int64_t at = i + shifts[s];
            out[(1 + s) * n + i] = (float)(at >= 0 && at < n ? odds[at] : -ODDS_MAX);
        }
        out[5 * n + i] = (float)(last >= 0 ? odds[last] : -ODDS_MAX);
    }
    average_ranges(sums, first, end, n, out += 6 * n);
    average_numbered(right, words, odds, groups, n, grouped, out += 2 * CONTEXT_LEVELS * n);
    average_numbered(right, words, odds, headed, n, grouped, out += 2 * n);
    out += 2 * n;
    for (int r = 0; r < REACHES; r++)
        for (int64_t i = 0; i < n; i++) {
            const double *low = sums + 3 * (i > reaches[r] ? i - reaches[r] : 0);
            const double *high = sums + 3 * (i + reaches[r] + 1 < n ? i + reaches[r] + 1 : n);
            out[r * n + i] = (float)((high[0] - low[0]) / (high[1] - low[1]));
        }
    compare_with_page(right, words, odds, order, headed, n, sums, out + REACHES * n);
    free(held);
    return 1;
}
