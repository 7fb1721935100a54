/* dehusk/label/html_features.py: a page's blocks as a matrix, a row a feature. */
#include "kernels.h"
#include <math.h>

enum { PARAGRAPH, HEADING, ITEM, ROW, CODE, CAPTION, KINDS };
enum { SPACE, LETTER, UPPER, DIGIT, COMMA, STOP, COLON, BAR, QUOTE, BRACKET, WIDE, OTHER, CHAR_KINDS };
enum { LEVELS = 6, CODE_TEXT_MAX = 2000, TITLE_CHARS = 200, GOOD_CHARS = 80, SETS_MAX = 64 };

/* What Python hands over; the offsets and sizes are those of arrays of 8-byte integers unless said otherwise. */
typedef struct {
    int64_t blocks, elements;
    const int64_t *columns;     /* kinds, levels, owners, lengths, link_chars, links, is_repeated: 7 by blocks */
    const int64_t *parents;     /* elements + 1: the last is no element, which is its own parent, -1 */
    const int64_t *looks;       /* elements + 1 */
    const int64_t *bits;        /* elements + 1 */
    const int64_t *tag_counts;  /* 4 */
    const uint8_t *texts;       /* UTF-8, a line feed after each; code cut at CODE_TEXT_MAX characters */
    const uint8_t *hints;       /* UTF-8, lower case: how each begins, a line feed after each */
    const uint8_t *title;       /* UTF-8, lower case: its words, a line feed after each */
    int64_t title_size;
    const uint8_t *char_kinds;  /* below WIDE_FROM */
    int64_t wide_from;
    const uint32_t *sentence_ends;
    int64_t sentence_end_count;
    const uint8_t *is_stripped; /* by code point below 1 << 16 */
    const uint64_t *word_keys;  /* a table of `word_slots`, a power of 2, keys 0 where free */
    const int64_t *word_bits;
    int64_t word_slots, text_kinds, hint_kinds;
    float *features, *words;
    int64_t *near, *around;
    int64_t *ranges;            /* 2 by LEVELS by blocks: each ancestor's first block, and its end */
    int64_t *groups;            /* blocks that look alike share a number */
} Page;

/* Room that one call needs, all of it one allocation. */
typedef struct {
    double *chars, *linked, *running; /* sums before each block, and the whole */
    float *log_length, *link_share, *ends_sentence;
    int64_t *first, *end, *wider, *every;
    uint8_t *is_long;
} Room;

static float log_of(double value) { return (float)log(1.0 + value); }

static const uint8_t *read_char(const uint8_t *at, uint32_t *code) {
    uint32_t c = *at++;
    int more = c < 0xC0 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    if (more) c &= 0x3Fu >> more;
    while (more--) c = c << 6 | (*at++ & 0x3F);
    *code = c;
    return at;
}

static const uint8_t *read_char_before(const uint8_t *at, uint32_t *code) {
    do at--; while ((*at & 0xC0) == 0x80);
    read_char(at, code);
    return at;
}

/* FNV-1a, mixed; never 0. */
static uint64_t hash_bytes(const uint8_t *at, const uint8_t *end) {
    uint64_t hash = 0xCBF29CE484222325ull;
    while (at < end) hash = (hash ^ *at++) * 0x100000001B3ull;
    hash = mix(hash);
    return hash ? hash : 1;
}

/* The key of a word in the table of words. */
EXPORT uint64_t hash_word(const uint8_t *word, int64_t size) { return hash_bytes(word, word + size); }

static int64_t find_word(const Page *page, uint64_t hash) {
    uint64_t slot = hash;
    for (;; slot++) {
        slot &= (uint64_t)page->word_slots - 1;
        if (page->word_keys[slot] == hash) return page->word_bits[slot];
        if (!page->word_keys[slot]) return 0;
    }
}

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
    const int64_t *kinds = page->columns, *lengths = kinds + 3 * n;
    const uint8_t *at = page->texts;
    for (int64_t i = 0; i < n; i++) {
        int64_t counts[CHAR_KINDS] = {0};
        int64_t size = kinds[i] == CODE && lengths[i] > CODE_TEXT_MAX ? CODE_TEXT_MAX : lengths[i];
        int first = OTHER;
        uint32_t code = 0;
        for (int64_t c = 0; c < size; c++) {
            at = read_char(at, &code);
            int kind = code < page->wide_from ? page->char_kinds[code] : WIDE;
            if (!c) first = kind;
            counts[kind]++;
        }
        at++; /* the line feed */
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

static void text_hints(const Page *page, const Title *title, float *out) {
    int64_t n = page->blocks, width = page->text_kinds;
    const int64_t *lengths = page->columns + 3 * n;
    const uint8_t *at = page->hints;
    for (int64_t i = 0; i < n; i++) {
        int64_t counts[SETS_MAX] = {0}, said = 0, words = 0;
        for (;;) { /* a word, however empty, between two spaces */
            const uint8_t *end = at, *from = at;
            while (*end != ' ' && *end != '\n') end++;
            const uint8_t *to = end;
            words++;
            if (end > at) said += is_in_title(title, hash_bytes(at, end));
            while (from < to) {
                uint32_t code;
                const uint8_t *after = read_char(from, &code);
                if (code >= 1 << 16 || !page->is_stripped[code]) break;
                from = after;
            }
            while (to > from) {
                uint32_t code;
                const uint8_t *before = read_char_before(to, &code);
                if (code >= 1 << 16 || !page->is_stripped[code]) break;
                to = before;
            }
            if (to > from)
                for (uint64_t bits = (uint64_t)find_word(page, hash_bytes(from, to)); bits; bits &= bits - 1)
                    counts[__builtin_ctzll(bits)]++;
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
}

static void unpack_bits(const int64_t *bits, int64_t n, int64_t count, float *out) {
    for (int64_t bit = 0; bit < count; bit++)
        for (int64_t i = 0; i < n; i++) out[bit * n + i] = (float)(bits[i] >> bit & 1);
}

static int64_t find_place(const Page *page, int64_t element) { return element < 0 ? page->elements : element; }

static void inherit_bits(const Page *page, const Room *room, float *out) {
    int64_t n = page->blocks, none = page->elements;
    const int64_t *owners = page->columns + 2 * n, *bits = page->bits, *parents = page->parents;
    room->every[none] = bits[none];
    for (int64_t e = 0; e < none; e++) room->every[e] = bits[e] | room->every[find_place(page, parents[e])];
    for (int64_t i = 0; i < n; i++) {
        int64_t own = find_place(page, owners[i]), parent = find_place(page, parents[own]);
        page->near[i] = bits[own] | bits[parent] | bits[find_place(page, parents[parent])];
        page->around[i] = room->every[own];
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
    for (int tag = 0; tag < 4; tag++) values[4 + tag] = log_of((double)page->tag_counts[tag]);
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

/* Fills what is not const; returns 0 where there is no memory for it. */
EXPORT int64_t describe_blocks(const Page *page) {
    size_t n = (size_t)page->blocks, places = (size_t)page->elements + 1;
    char *held = malloc(3 * (n + 1) * sizeof(double) + 4 * places * sizeof(int64_t) + 3 * n * sizeof(float) + n);
    Title title = {NULL, 0, 0};
    int is_done = 0;
    if (held && read_title(page, &title)) {
        Room room;
        room.chars = (double *)held, room.linked = room.chars + n + 1, room.running = room.linked + n + 1;
        room.first = (int64_t *)(room.running + n + 1), room.end = room.first + places;
        room.wider = room.end + places, room.every = room.wider + places;
        room.log_length = (float *)(room.every + places), room.link_share = room.log_length + n;
        room.ends_sentence = room.link_share + n, room.is_long = (uint8_t *)(room.ends_sentence + n);
        float *out = page->features;
        sum_lengths(page, &room);
        own_features(page, &room, out);
        text_shape(page, &room, out += 13 * n);
        text_hints(page, &title, out += 21 * n);
        inherit_bits(page, &room, out += (size_t)(2 * page->text_kinds + 2) * n);
        find_ranges(page, &room);
        range_features(page, &room, out += 2 * (size_t)page->hint_kinds * n);
        is_done = group_features(page, &room, out += 48 * n);
        neighbour_features(page, &room, out += 5 * n);
        place_features(page, &room, out += 22 * n);
        page_features(page, &room, out + 5 * n);
    }
    free(title.keys);
    free(held);
    return is_done;
}
