/* dehusk/blocks/walk.py: the blocks of a page, read off the tree that lexbor made, through lexbor's own functions. */
#include "kernels.h"

enum {
    INLINE_ROLE = 1, RAISED_ROLE, TIME_ROLE, APART_ROLE, JOINED_ROLE, LINK_ROLE, SKIPPED_ROLE, NOTED_ROLE, BREAK_ROLE, NOSCRIPT_ROLE,
    PICTURE_ROLE, CUSTOM_ROLE, BLOCK_ROLE, CODE_ROLE, ROW_ROLE, HEADING_ROLE, ITEM_ROLE, LIST_ROLE, CAPTION_ROLE, CELL_ROLE
};
enum { DONE, TOO_DEEP, ASK_PYTHON, NO_MEMORY };
enum { ELEMENT_NODE = 1, TEXT_NODE = 3, KNOWN_TAGS = 512, COLUMNS = 8 };
enum { ALNUM_BIT = 1, LOWER_BIT = 2, NO_LOWER = 0xFFFF };
enum { NORMS = 0x3100, RANK = 0xFF, SECOND = 1 << 8, CHANGES = 1 << 9, PARTED = 1 << 10 };
enum { MARKS_MAX = 400, CELL_MAX = 400, NOSCRIPT_BODY_MAX = 600, TAB = 4, CUSTOM_NODES = 50, PERMALINK_BYTES = 64 };

typedef void Node;
typedef void Attribute;

/* What Python hands over and gets back, field by field as in blocks/walk_native.py. */
typedef struct {
    /* lexbor's functions, and where in a text node its bytes' address and number stand */
    Node *(*first_child)(Node *);
    Node *(*next)(Node *);
    Node *(*parent)(Node *);
    uint64_t (*tag_id)(Node *);
    int (*type)(Node *);
    const uint8_t *(*tag)(Node *, size_t *);
    Attribute *(*first_attribute)(Node *);
    Attribute *(*next_attribute)(Attribute *);
    const uint8_t *(*name)(Attribute *, size_t *);
    const uint8_t *(*value)(Attribute *, size_t *);
    int64_t text_offset;
    /* tables: the roles of tags by the hashes of their names, slots free where 0; of characters below 1 << 16 */
    const uint64_t *role_keys;
    const int64_t *roles;
    int64_t role_slots;
    const uint8_t *char_bits;
    const uint16_t *lower;
    /* what NFC does with characters below NORMS: the rank of a mark, and the bits above; the pairs that it joins, ascending */
    const uint16_t *norms;
    const uint64_t *pairs;
    int64_t pair_count;
    /* the page */
    Node *body, *head;
    int64_t max_depth;
    /* found */
    int64_t blocks, elements;
    int64_t *columns; /* COLUMNS a block: kind, level, element, characters, link characters, links, repeated, bytes */
    int64_t *parents, *looks; /* an element's parent, and the number of its tag and marks among `look_names` */
    uint8_t *texts, *look_names, *notes;
    int64_t text_size, look_size, note_size;
} Page;

typedef struct { uint8_t *bytes; size_t size, room; } Buffer;

typedef struct { Node *node; int64_t first; int role, kind, level; } Frame;

typedef struct {
    Page *page;
    Buffer columns, parents, looks, texts, look_names, notes; /* what is found */
    Buffer raw;      /* the open block's text since its last line break, as it stands in the page */
    Buffer stack, open, made, noscripts, scratch;
    uint64_t *look_table; /* hash, number + 1, and place in `look_names` of each look */
    size_t look_slots, look_count;
    size_t last_part; /* where in `raw` the last piece begins */
    size_t block_start; /* of the open block's finished lines in `texts` */
    int64_t block_chars, parts, lines, link_chars, links, link_depth, list_depth, chars;
    int kind, level, status;
    uint8_t roles[KNOWN_TAGS];
} Walk;

static int reserve(Walk *walk, Buffer *buffer, size_t more) {
    if (buffer->size + more <= buffer->room) return 1;
    size_t room = 2 * buffer->room + more + 256;
    uint8_t *bytes = realloc(buffer->bytes, room);
    if (!bytes) {
        walk->status = NO_MEMORY;
        return 0;
    }
    buffer->bytes = bytes, buffer->room = room;
    return 1;
}

static int append(Walk *walk, Buffer *buffer, const void *bytes, size_t size) {
    if (!reserve(walk, buffer, size)) return 0;
    if (size) memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    return 1;
}

static int push_number(Walk *walk, Buffer *buffer, int64_t number) {
    return append(walk, buffer, &number, sizeof number);
}

static int64_t *numbers(const Buffer *buffer) { return (int64_t *)buffer->bytes; }
static size_t count(const Buffer *buffer) { return buffer->size / sizeof(int64_t); }

static int is_space(uint32_t c) { /* as str.isspace */
    if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

static int is_invisible(uint32_t c) {
    return c == 0xAD || c == 0x200B || c == 0x2060 || c == 0x2062 || c == 0xFEFF;
}

static int is_application(uint32_t c) { return c == 0x2061; } /* "log n" is two words */

/* Characters from NORMS on that NFC neither changes nor joins to a neighbour nor moves: most of them. */
static const uint32_t COMPOSED[][2] = {
    {0x3100, 0xA66E}, {0xAC00, 0xD7A3}, {0xE000, 0xF8FF}, {0xFB00, 0xFB06}, {0xFB50, 0xFDFF}, {0xFE00, 0xFE1F},
    {0xFE30, 0xFFFD}, {0x1D400, 0x1D7FF}, {0x1F000, 0x1FAFF}, {0x20000, 0x2A6D6},
};

/* Whether the text that holds this character, of NORMS or above, can be left as it is by NFC. */
EXPORT int64_t is_composed(int64_t code) {
    for (size_t i = 0; i < sizeof COMPOSED / sizeof *COMPOSED; i++)
        if (code <= COMPOSED[i][1]) return code >= COMPOSED[i][0];
    return 0;
}

/* What of a text so far decides whether NFC changes it: the last character that marks may join, and the rank of the
 * mark after it. */
typedef struct { uint32_t starter, rank; } Composer;

/* Whether a mark joins a character, or its mark if it is made of one and another: then their order may change. */
static int may_join(const Page *page, uint32_t first, uint32_t second) {
    if (first < NORMS && page->norms[first] & PARTED) return 1;
    uint64_t pair = (uint64_t)first << 32 | second;
    int64_t at = count_below(page->pairs, page->pair_count, pair);
    return at < page->pair_count && page->pairs[at] == pair;
}

/* Whether NFC leaves the text as it is, as far as this character, which is next in it; where not, Python is asked. */
static int stays(const Page *page, Composer *text, uint32_t code) {
    uint32_t rank = 0;
    if (code >= NORMS) {
        if (!is_composed(code)) return 0;
    } else if (code >= 0x300) {
        uint16_t norm = page->norms[code];
        if (norm & CHANGES || (norm & SECOND && may_join(page, text->starter, code))) return 0;
        rank = norm & RANK;
        if (rank && rank < text->rank) return 0;
    }
    if (!rank) text->starter = code;
    text->rank = rank;
    return 1;
}

/* Appends a text with its white space folded and nothing invisible in it, as fold_whitespace; returns its characters,
 * -1 where Python must be asked. */
static int64_t fold(Walk *walk, Buffer *to, const uint8_t *at, size_t size) {
    const uint8_t *end = at + size;
    int64_t chars = 0;
    int is_due = 0;
    Composer composer = {0, 0};
    if (!reserve(walk, to, size + 1)) return -1;
    uint8_t *out = to->bytes + to->size;
    while (at < end) {
        uint32_t code;
        size_t width = read_char(at, &code);
        if (is_space(code) || is_application(code)) is_due = chars > 0;
        else if (code < 0x80 || !is_invisible(code)) {
            if (is_due) *out++ = ' ', chars++, is_due = 0, composer = (Composer){' ', 0};
            if (!stays(walk->page, &composer, code)) return walk->status = ASK_PYTHON, -1;
            for (size_t i = 0; i < width; i++) *out++ = at[i];
            chars++;
        }
        at += width;
    }
    to->size = (size_t)(out - to->bytes);
    return chars;
}

static int64_t count_chars(const uint8_t *at, const uint8_t *end) {
    int64_t chars = 0;
    while (at < end) chars += (*at++ & 0xC0) != 0x80;
    return chars;
}

static void strip(const uint8_t **at, const uint8_t **end) {
    uint32_t code;
    while (*at < *end) {
        size_t width = read_char(*at, &code);
        if (!is_space(code)) break;
        *at += width;
    }
    while (*end > *at) {
        const uint8_t *last = read_char_before(*end, &code);
        if (!is_space(code)) break;
        *end = last;
    }
}

/* The characters of a text without the white space at its ends; 0 where it has nothing else. */
static int64_t count_stripped(const uint8_t *at, const uint8_t *end) {
    strip(&at, &end);
    return count_chars(at, end);
}

static const uint8_t *read_text(const Page *page, Node *node, size_t *size) {
    const uint8_t *at = (const uint8_t *)node + page->text_offset, *bytes;
    memcpy(&bytes, at, sizeof bytes);
    memcpy(size, at + sizeof bytes, sizeof *size);
    if (!bytes) *size = 0;
    return bytes;
}

static int find_role(Walk *walk, Node *node) {
    const Page *page = walk->page;
    uint64_t id = page->tag_id(node);
    if (id < KNOWN_TAGS && walk->roles[id]) return walk->roles[id];
    size_t size = 0;
    const uint8_t *tag = page->type(node) == ELEMENT_NODE ? page->tag(node, &size) : NULL;
    int role = SKIPPED_ROLE;
    if (tag && size) {
        role = (int)find_bits(page->role_keys, page->roles, page->role_slots, hash_bytes(tag, tag + size));
        if (!role) role = memchr(tag, '-', size) || memchr(tag, ':', size) ? CUSTOM_ROLE : BLOCK_ROLE;
    }
    if (id < KNOWN_TAGS) walk->roles[id] = (uint8_t)role;
    return role;
}

typedef struct { const char *bytes; size_t size; } Name;
#define NAME(text) {text, sizeof text - 1}
#define is_named(name, size, wanted) ((size) == sizeof wanted - 1 && !memcmp(name, wanted, sizeof wanted - 1))

static int is_listed(const uint8_t *name, size_t size, const Name *names) { /* the last has no bytes */
    for (; names->bytes; names++)
        if (size == names->size && !memcmp(name, names->bytes, size)) return 1;
    return 0;
}

static int is_ascii(const uint8_t *at, size_t size) {
    uint8_t bits = 0;
    while (size--) bits |= *at++;
    return bits < 0x80;
}

/* Whether nothing but ASCII can be part of what has_style looks for: no other white space, no other case of its letters. */
static int is_plain_style(const uint8_t *at, size_t size) {
    const uint8_t *end = at + size;
    for (uint32_t code; at < end;) {
        at += read_char(at, &code);
        if (code >= 0x80 && (is_space(code) || code == 0x130 || code == 0x131 || code == 0x17F || code == 0x212A)) return 0;
    }
    return 1;
}

/* `part` as it stands, then any white space, a colon, any white space, and `rest`, anywhere: ASCII, in any case. */
static int has_style(const uint8_t *style, size_t size, const char *part, const char *rest) {
    size_t first = strlen(part), second = strlen(rest);
    for (size_t from = 0; from + first < size; from++) {
        size_t at = from, i = 0;
        while (i < first && (style[at] | 0x20) == (uint8_t)part[i]) at++, i++;
        if (i < first) continue;
        while (at < size && is_space(style[at])) at++;
        if (at == size || style[at++] != ':') continue;
        while (at < size && is_space(style[at])) at++;
        if (at + second > size) continue;
        for (i = 0; i < second && (style[at + i] | 0x20) == (uint8_t)rest[i];) i++;
        if (i == second) return 1;
    }
    return 0;
}

/* Appends marks in lower case, "navItem" as "nav-item"; no more than MARKS_MAX characters of them. */
static int fold_marks(Walk *walk, Buffer *to, const uint8_t *at, size_t size) {
    const uint8_t *end = at + size;
    uint32_t before = 0, code;
    if (!reserve(walk, to, 2 * size + 8)) return 0;
    uint8_t *out = to->bytes + to->size;
    for (int64_t chars = 0; at < end && chars < MARKS_MAX; chars++) {
        size_t width = read_char(at, &code);
        if (code < 0x80) {
            int is_upper = code >= 'A' && code <= 'Z';
            if (is_upper && before >= 'a' && before <= 'z') *out++ = '-';
            *out++ = (uint8_t)(is_upper ? code | 0x20 : code);
        } else {
            uint32_t lower = code < 1 << 16 ? walk->page->lower[code] : is_composed(code) ? code : NO_LOWER;
            if (lower == NO_LOWER) return walk->status = ASK_PYTHON, 0;
            out = write_char(out, lower);
        }
        before = code;
        at += width;
    }
    to->size = (size_t)(out - to->bytes);
    return 1;
}

static const Name MARKING[] = {
    NAME("class"), NAME("id"), NAME("role"), NAME("itemprop"), NAME("itemtype"), NAME("aria-label"), NAME("data-testid"), {NULL, 0},
};

/* Appends class, id, role and their like, and "-hidden" where the page hides the element. */
static int read_marks(Walk *walk, Node *node, Buffer *to) {
    const Page *page = walk->page;
    Buffer *joined = &walk->scratch;
    int is_hidden = 0;
    size_t start = to->size;
    joined->size = 0;
    for (Attribute *at = page->first_attribute(node); at; at = page->next_attribute(at)) {
        size_t name_size = 0, size = 0;
        const uint8_t *name = page->name(at, &name_size), *value = page->value(at, &size);
        if (!value) size = 0;
        if (is_listed(name, name_size, MARKING)) {
            if (size && ((joined->size && !append(walk, joined, " ", 1)) || !append(walk, joined, value, size))) return 0;
        } else if (is_named(name, name_size, "hidden")) is_hidden = 1;
        else if (is_named(name, name_size, "aria-hidden")) is_hidden |= size == 4 && !memcmp(value, "true", 4);
        else if (size && is_named(name, name_size, "style")) {
            if (!is_ascii(value, size) && !is_plain_style(value, size)) return walk->status = ASK_PYTHON, 0;
            is_hidden |= has_style(value, size, "display", "none") || has_style(value, size, "visibility", "hidden");
        }
    }
    if (joined->size && !fold_marks(walk, to, joined->bytes, joined->size)) return 0;
    if (!is_hidden) return 1;
    if (to->size > start) return append(walk, to, " -hidden", 8);
    return append(walk, to, "-hidden", 7);
}

static int grow_looks(Walk *walk) {
    size_t slots = walk->look_slots ? 4 * walk->look_slots : 256;
    uint64_t *table = calloc(3 * slots, sizeof *table);
    if (!table) return walk->status = NO_MEMORY, 0;
    for (size_t old = 0; old < walk->look_slots; old++) {
        const uint64_t *from = walk->look_table + 3 * old;
        if (!from[1]) continue;
        size_t slot = from[0] & (slots - 1);
        while (table[3 * slot + 1]) slot = (slot + 1) & (slots - 1);
        memcpy(table + 3 * slot, from, 3 * sizeof *from);
    }
    free(walk->look_table);
    walk->look_table = table, walk->look_slots = slots;
    return 1;
}

/* The number of the look, "tag NUL marks NUL", that was appended to `look_names` at `start`; taken off if known. */
static int64_t number_look(Walk *walk, size_t start) {
    if (2 * (walk->look_count + 1) > walk->look_slots && !grow_looks(walk)) return -1;
    const uint8_t *look = walk->look_names.bytes + start;
    size_t size = walk->look_names.size - start;
    uint64_t hash = hash_bytes(look, look + size);
    for (size_t slot = hash;; slot++) {
        uint64_t *entry = walk->look_table + 3 * (slot & (walk->look_slots - 1));
        if (!entry[1]) {
            entry[0] = hash, entry[1] = ++walk->look_count, entry[2] = start;
            return (int64_t)entry[1] - 1;
        }
        /* ends in NUL, and has one before: what begins like it is it */
        if (entry[0] == hash && entry[2] + size <= start && !memcmp(walk->look_names.bytes + entry[2], look, size)) {
            walk->look_names.size = start;
            return (int64_t)entry[1] - 1;
        }
    }
}

/* The number of the innermost element, after making those around it that have no number yet. */
static int64_t find_element(Walk *walk) {
    const Page *page = walk->page;
    int64_t parent = count(&walk->made) ? numbers(&walk->made)[count(&walk->made) - 1] : -1;
    for (size_t i = count(&walk->made); i < count(&walk->open); i++) {
        Node *node = (Node *)(intptr_t)numbers(&walk->open)[i];
        size_t size = 0, start = walk->look_names.size;
        const uint8_t *tag = page->tag(node, &size);
        Buffer *names = &walk->look_names;
        if (!append(walk, names, tag, size) || !append(walk, names, "", 1)) return -1;
        if (!read_marks(walk, node, names) || !append(walk, names, "", 1)) return -1;
        int64_t look = number_look(walk, start);
        if (look < 0 || !push_number(walk, &walk->parents, parent) || !push_number(walk, &walk->looks, look)) return -1;
        parent = (int64_t)count(&walk->parents) - 1;
        if (!push_number(walk, &walk->made, parent)) return -1;
    }
    return parent;
}

static int add_block(Walk *walk, int kind, int level, int64_t element, int64_t chars, int64_t link_chars, int64_t links) {
    int64_t row[COLUMNS] = {kind, level, element, chars, link_chars, links, 0, 0};
    row[7] = (int64_t)(walk->texts.size - walk->block_start);
    walk->chars += chars;
    if (!append(walk, &walk->texts, "", 1)) return 0;
    walk->block_start = walk->texts.size;
    return append(walk, &walk->columns, row, sizeof row);
}

/* Folds what was gathered into the open block's text, as its next line. */
static int end_line(Walk *walk) {
    size_t before = walk->texts.size;
    int has_lines = before > walk->block_start;
    if (has_lines && !append(walk, &walk->texts, "\n", 1)) return 0;
    int64_t chars = fold(walk, &walk->texts, walk->raw.bytes, walk->raw.size);
    if (chars < 0) return 0;
    if (chars) walk->block_chars += chars + has_lines;
    else walk->texts.size = before;
    walk->raw.size = 0, walk->parts = 0;
    return 1;
}

/* Whether a text is one of the characters that begin an item; its own marker says nothing of it. */
static int is_bullet(const uint8_t *text, int64_t chars) {
    static const uint32_t BULLETS[] = {
        0x2022, 0xB7, 0x2023, 0x25AA, 0x25AB, 0x25E6, 0x25CF, 0x25CB, 0x25A0, 0x25A1, 0x25C6, 0x25C7, 0x25B8, 0x25BA, 0x25B6,
        0x2756, 0x27A2, 0x27A4, 0x2713, 0x2714, 0x2705, 0x2013, 0x2014, 0x2015, '-', '*', 0x2192, 0xBB, 0x203A,
    };
    uint32_t code;
    if (chars != 1) return 0;
    read_char(text, &code);
    for (size_t i = 0; i < sizeof BULLETS / sizeof *BULLETS; i++)
        if (code == BULLETS[i]) return 1;
    return 0;
}

/* Makes a block of the text gathered so far, if there is any. */
static int flush(Walk *walk) {
    if (!end_line(walk)) return 0;
    walk->lines = 0;
    if (walk->kind == ITEM && is_bullet(walk->texts.bytes + walk->block_start, walk->block_chars)) walk->texts.size = walk->block_start;
    else if (walk->block_chars) {
        int64_t chars = walk->block_chars, link_chars = walk->link_chars < chars ? walk->link_chars : chars;
        int64_t element = find_element(walk);
        if (walk->status) return 0;
        if (!add_block(walk, walk->kind, walk->level, element, chars, link_chars, link_chars ? walk->links : 0)) return 0;
        if (walk->kind == ITEM) walk->kind = PARAGRAPH, walk->level = 0;
    }
    walk->block_chars = 0, walk->link_chars = 0, walk->links = walk->link_depth > 0;
    return 1;
}

/* One <br> ends a line of the block, two end the block. */
static int break_line(Walk *walk, int64_t breaks) {
    if (breaks > 1) return flush(walk);
    if (!walk->parts) return 1;
    walk->lines++;
    return end_line(walk);
}

static uint8_t to_lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }

static int has_bytes(const uint8_t *value, size_t size, Name part) {
    for (size_t from = 0; from + part.size <= size; from++)
        if (value[from] == (uint8_t)*part.bytes && !memcmp(value + from, part.bytes, part.size)) return 1;
    return 0;
}

/* Whether a value, ASCII in any case, holds the word; `is_whole` where white space must stand on both sides. */
static int has_word(const uint8_t *value, size_t size, const char *word, int is_whole) {
    size_t length = strlen(word);
    for (size_t from = 0; from + length <= size; from++) {
        size_t i = 0;
        while (i < length && to_lower(value[from + i]) == (uint8_t)word[i]) i++;
        if (i < length) continue;
        if (!is_whole) return 1;
        uint32_t before = ' ', after = ' ';
        if (from) read_char_before(value + from, &before);
        if (from + length < size) read_char(value + from + length, &after);
        if (is_space(before) && is_space(after)) return 1;
    }
    return 0;
}

/* The same of white space as selectors know it. */
static int has_token(const uint8_t *value, size_t size, const char *word) {
    size_t length = strlen(word);
    for (size_t at = 0; at < size;) {
        size_t start = at, i = 0;
        while (at < size && !memchr(" \t\n\r\f", value[at], 5)) at++;
        while (i < length && start + i < at && to_lower(value[start + i]) == (uint8_t)word[i]) i++;
        if (i == length && start + i == at) return 1;
        at++;
    }
    return 0;
}

static const uint8_t *find_value(const Page *page, Node *node, Name wanted, size_t *size) {
    for (Attribute *at = page->first_attribute(node); at; at = page->next_attribute(at)) {
        size_t name_size = 0;
        const uint8_t *name = page->name(at, &name_size);
        if (name_size == wanted.size && !memcmp(name, wanted.bytes, name_size)) return page->value(at, size);
    }
    return *size = 0, NULL;
}

static int add_part(Walk *walk, const uint8_t *bytes, size_t size) {
    walk->last_part = walk->raw.size, walk->parts++;
    return append(walk, &walk->raw, bytes, size);
}

static int is_picture(uint32_t c) { return c >= 0x1F300 && c <= 0x1FAFF; } /* neither letter nor digit */

static int is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

/* Whether a text ends in a mark that has white space behind it: a label's colon, a bracket, a sentence's end. */
static int ends_apart(const uint8_t *text, size_t size, uint32_t after) {
    uint8_t last = text[size - 1];
    if (size < 2) return 0;
    if (last == ':') return text[size - 2] != ':' && !(is_digit(text[size - 2]) && is_digit(after));
    return last == '!' || last == '?' || last == ')' || last == ']' || (last == '.' && memchr(text, ' ', size));
}

/* Whether two inline elements without a space between hold two words; -1 where Python must be asked. */
static int are_glued(const Walk *walk, const uint8_t *after, size_t size, int closed, int opened) {
    const uint8_t *before = walk->raw.bytes + walk->last_part, *bits = walk->page->char_bits;
    size_t before_size = walk->raw.size - walk->last_part;
    uint32_t last, first;
    size_t width = read_char(after, &first);
    read_char_before(before + before_size, &last);
    if (is_picture(last) || is_picture(first)) return 0;
    if (last >= 1 << 16 || first >= 1 << 16) return -1;
    if (!(bits[first] & ALNUM_BIT)) return 0;
    int is_raised = closed == RAISED_ROLE || opened == RAISED_ROLE;
    if (!(bits[last] & ALNUM_BIT)) return !is_raised && ends_apart(before, before_size, first);
    if (closed == LINK_ROLE && opened == LINK_ROLE) return 1;
    if (is_raised) return 0;
    int is_long = count_chars(before, before + before_size) > 1 && size > width;
    return is_long && !(bits[last] & LOWER_BIT && bits[first] & LOWER_BIT);
}

/* The next node of a subtree in document order, NULL after its last. */
static Node *step(const Page *page, Node *node, const Node *root, int enters) {
    Node *next = enters ? page->first_child(node) : NULL;
    while (!next && node != root) {
        next = page->next(node);
        if (!next) node = page->parent(node);
    }
    return next;
}

/* Appends the text of a subtree; not much more than `most` bytes of it. */
static int gather_text(Walk *walk, Node *root, Buffer *to, size_t most) {
    const Page *page = walk->page;
    size_t start = to->size;
    for (Node *node = root; node && to->size - start < most; node = step(page, node, root, 1))
        if (page->type(node) == TEXT_NODE) {
            size_t size;
            const uint8_t *text = read_text(page, node, &size);
            if (!append(walk, to, text, size)) return 0;
        }
    return 1;
}

/* As in blocks/unseen.py: whether an inline element is a link to edit what stands beside it, or to its code, or tells a
 * formula again. */
static int is_left_out(const Page *page, Node *node, const uint8_t *marks, size_t size) {
    static const char *const LEFT_OUT[] = {"editsection", "viewcode-link", "viewcode-back", "srclink"};
    for (size_t i = 0; i < sizeof LEFT_OUT / sizeof *LEFT_OUT; i++)
        if (has_word(marks, size, LEFT_OUT[i], 0)) return 1;
    int is_twin = has_word(marks, size, "katex-html", 0) || has_word(marks, size, "mjx_assistive_mathml", 0);
    return is_twin && page->first_child(page->parent(node)) != node;
}

/* Whether an inline element is said to screen readers alone. */
static int is_spoken(const uint8_t *marks, size_t size) {
    static const char *const SPOKEN[] = {
        "sr-only", "screen-reader", "screenreader", "visually-hidden", "visuallyhidden", "show-for-sr",
    };
    for (size_t i = 0; i < sizeof SPOKEN / sizeof *SPOKEN; i++)
        if (has_word(marks, size, SPOKEN[i], 0)) return !has_word(marks, size, "not-sr-only", 0);
    return 0;
}

/* Puts the text of a subtree, not much more than `most` bytes of it, in `scratch`. */
static int read_scratch(Walk *walk, Node *node, size_t most) {
    walk->scratch.size = 0;
    return gather_text(walk, node, &walk->scratch, most);
}

/* Whether a text is one character for private use, as fonts of icons have them. */
static int is_icon(const uint8_t *at, const uint8_t *end) {
    uint32_t code = 0;
    return at < end && at + read_char(at, &code) == end && code >= 0xE000 && code <= 0xF8FF;
}

/* Whether a link to a place on a page shows nothing but the mark of such links. */
static int is_permalink(Walk *walk, Node *node) {
    static const Name LINKS[] = {
        NAME("\u00b6"), NAME("#"), NAME("\u00a7"), NAME("\U0001f517"), NAME("\u2693"), NAME("\u2693\ufe0e"),
        NAME("\u21a9"), NAME("\u21a9\ufe0e"), NAME("\u21a9\ufe0f"), {NULL, 0},
    };
    size_t size = 0;
    const uint8_t *address = find_value(walk->page, node, (Name)NAME("href"), &size), *at, *end;
    if (!address || !memchr(address, '#', size) || !read_scratch(walk, node, PERMALINK_BYTES)) return 0;
    if (!walk->scratch.size || walk->scratch.size >= PERMALINK_BYTES) return 0;
    at = walk->scratch.bytes, end = at + walk->scratch.size;
    strip(&at, &end);
    return is_icon(at, end) || is_listed(at, (size_t)(end - at), LINKS);
}

/* Whether an element is marked as the numbers beside the lines of code, and holds nothing else. */
static int is_line_number(Walk *walk, Node *node) {
    static const char *const NUMBERED[] = {
        "gutter", "rouge-gutter", "lineno", "linenos", "linenodiv", "line-number", "line-numbers", "linenumber",
        "linenumbers", "crayon-nums", "lnt", "lntd", "ln", "source-line-no", "file-line-num", "diff-line-num",
    };
    size_t size = 0;
    const uint8_t *marks = find_value(walk->page, node, (Name)NAME("class"), &size);
    int is_marked = 0, has_digit = 0;
    if (!marks || !is_ascii(marks, size)) return 0;
    for (size_t i = 0; i < sizeof NUMBERED / sizeof *NUMBERED; i++) is_marked |= has_word(marks, size, NUMBERED[i], 1);
    if (!is_marked || !read_scratch(walk, node, SIZE_MAX)) return 0;
    for (size_t i = 0; i < walk->scratch.size; i++) {
        uint8_t c = walk->scratch.bytes[i];
        if (is_digit(c)) has_digit = 1;
        else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f') return 0;
    }
    return has_digit;
}

/* The same of an inline element, of which there are many: how its text begins spares most of them the search. */
static int is_line_number_inline(Walk *walk, Node *node) {
    const Page *page = walk->page;
    Node *first = page->first_child(node), *child;
    while (first && page->type(first) != TEXT_NODE && (child = page->first_child(first))) first = child;
    if (first && page->type(first) == TEXT_NODE) {
        size_t size, at = 0;
        const uint8_t *text = read_text(page, first, &size);
        while (at < size && is_space(text[at])) at++;
        if (at < size && !is_digit(text[at])) return 0;
    }
    return is_line_number(walk, node);
}

/* The role of an inline element by what a reader sees of it; 0 for nothing, or for want of memory. */
static int look_at(Walk *walk, Node *node, int role) {
    size_t size = 0;
    const uint8_t *marks = find_value(walk->page, node, (Name)NAME("class"), &size);
    if (marks && is_left_out(walk->page, node, marks, size)) return 0;
    if (role == LINK_ROLE) return is_permalink(walk, node) ? 0 : role;
    if (!marks) return role;
    if (is_line_number_inline(walk, node)) return 0;
    if (!is_spoken(marks, size)) return role;
    if (!(walk->parts || walk->lines)) return APART_ROLE;
    if (!read_scratch(walk, node, SIZE_MAX)) return 0;
    for (size_t i = 0; i < walk->scratch.size; i++)
        if (is_digit(walk->scratch.bytes[i])) return APART_ROLE;
    return 0;
}

/* Whether there is no block in an element of few others. */
static int has_no_block(Walk *walk, Node *root) {
    const Page *page = walk->page;
    int seen = 0, enters = 1;
    for (Node *node = step(page, root, root, 1); node; node = step(page, node, root, enters)) {
        int role = page->type(node) == TEXT_NODE ? INLINE_ROLE : find_role(walk, node);
        if (role >= BLOCK_ROLE || role == NOSCRIPT_ROLE || ++seen > CUSTOM_NODES) return 0;
        enters = role <= LINK_ROLE || role == CUSTOM_ROLE;
    }
    return 1;
}

static int is_hidden(const Page *page, Node *node) {
    for (Attribute *at = page->first_attribute(node); at; at = page->next_attribute(at)) {
        size_t size = 0;
        const uint8_t *name = page->name(at, &size);
        if (is_named(name, size, "hidden")) return 1;
    }
    return 0;
}

/* The role of an element that HTML does not know: inline where shown, beside text, and with no block in it. */
static int place_custom(Walk *walk, Node *node, int is_in_line) {
    Node *following = walk->page->next(node);
    if (!is_in_line && following && walk->page->type(following) == TEXT_NODE) {
        size_t size;
        const uint8_t *text = read_text(walk->page, following, &size);
        is_in_line = count_stripped(text, text + size) > 0;
    }
    return is_in_line && !is_hidden(walk->page, node) && has_no_block(walk, node) ? JOINED_ROLE : BLOCK_ROLE;
}

/* Whether an element is a <div> with this word in its class. */
static int is_called(const Page *page, Node *node, const char *word) {
    if (page->type(node) != ELEMENT_NODE) return 0;
    size_t size = 0;
    const uint8_t *tag = page->tag(node, &size);
    if (!is_named(tag, size, "div")) return 0;
    const uint8_t *marks = find_value(page, node, (Name)NAME("class"), &size);
    return marks && has_word(marks, size, word, 1);
}

/* Whether an element is code as Doxygen writes it, a <div> a line. */
static int is_listing(const Page *page, Node *node) {
    Node *first = is_called(page, node, "fragment") ? page->first_child(node) : NULL;
    return first && (is_called(page, first, "line") || is_called(page, first, "foldopen"));
}

/* Whether an element in code is none of it. */
static int is_beside_code(Walk *walk, Node *node) {
    const Page *page = walk->page;
    size_t size = 0;
    const uint8_t *marks = find_value(page, node, (Name)NAME("class"), &size);
    if (!marks) return 0;
    return is_line_number(walk, node) || is_left_out(page, node, marks, size) || is_called(page, node, "ttc");
}

/* The text of a <pre>, as it stands, in `raw`. */
static int gather_code(Walk *walk, Node *root) {
    static const Name LINES[] = {NAME("div"), NAME("p"), NAME("li"), NAME("tr"), {NULL, 0}};
    const Page *page = walk->page;
    Buffer *raw = &walk->raw;
    int enters = 1;
    size_t last = 0; /* bytes of the last piece: an empty one does not end in a line feed */
    raw->size = 0;
    for (Node *node = root; node; node = step(page, node, root, enters)) {
        enters = 1;
        if (page->type(node) == TEXT_NODE) {
            const uint8_t *text = read_text(page, node, &last);
            if (!append(walk, raw, text, last)) return 0;
            walk->parts++;
            continue;
        }
        if (page->type(node) != ELEMENT_NODE) continue;
        size_t size = 0;
        const uint8_t *tag = page->tag(node, &size);
        int role = find_role(walk, node);
        int is_line = is_listed(tag, size, LINES) && walk->parts && !(last && raw->bytes[raw->size - 1] == '\n');
        int is_silent = role == SKIPPED_ROLE || role == NOTED_ROLE || is_named(tag, size, "button");
        if (is_silent || is_beside_code(walk, node)) enters = 0;
        else if (role == BREAK_ROLE || is_line) {
            if (!append(walk, raw, "\n", 1)) return 0;
            last = 1, walk->parts++;
        }
    }
    return 1;
}

/* Writes `raw` into `texts`: nothing invisible, tabs as spaces, no white space at a line's end, no blank line at an
 * end of all; returns its characters, 0 where there is nothing but white space, -1 where Python must be asked. */
static int64_t fold_code(Walk *walk) {
    const uint8_t *at = walk->raw.bytes, *end = at + walk->raw.size;
    if (!reserve(walk, &walk->texts, TAB * walk->raw.size + 1)) return -1;
    uint8_t *start = walk->texts.bytes + walk->texts.size, *out = start, *line = out;
    uint8_t *kept = out; /* after the line's last character that is not white space */
    int64_t column = 0;
    int has_text = 0;
    Composer composer = {0, 0};
    while (at < end) {
        uint32_t code;
        size_t width = read_char(at, &code);
        if (code == '\n') {
            if (has_text || kept > line) has_text = 1, out = kept, *out++ = '\n';
            else out = start; /* a blank line before all */
            line = kept = out, column = 0, composer = (Composer){'\n', 0};
        } else if (code == '\t') {
            composer = (Composer){' ', 0};
            do *out++ = ' '; while (++column % TAB);
        } else if (code == 0xA0) { /* a place of its own, as all spaces of code are */
            composer = (Composer){' ', 0}, column++;
            *out++ = ' ';
        } else if (code < 0x80 || !is_invisible(code)) {
            if (!stays(walk->page, &composer, code)) return walk->status = ASK_PYTHON, -1;
            for (size_t i = 0; i < width; i++) *out++ = at[i];
            column = code == '\r' ? 0 : column + 1;
            if (!is_space(code)) kept = out;
        }
        at += width;
    }
    out = kept;
    while (out > start && out[-1] == '\n') out--;
    walk->texts.size = (size_t)(out - walk->texts.bytes);
    return count_chars(start, out);
}

static int add_code(Walk *walk, Node *node) {
    if (is_line_number(walk, node)) return 1;
    if (!gather_code(walk, node)) return 0;
    int64_t chars = fold_code(walk);
    walk->raw.size = 0, walk->parts = 0;
    if (chars < 0) return 0;
    if (!chars) return 1;
    if (!push_number(walk, &walk->open, (int64_t)(intptr_t)node)) return 0;
    int64_t element = find_element(walk);
    if (walk->status || !add_block(walk, CODE, 0, element, chars, 0, 0)) return 0;
    walk->made.size -= sizeof(int64_t), walk->open.size -= sizeof(int64_t);
    return 1;
}

/* The element's own ancestor, or itself, that is a child of the given one. */
static int64_t child_of(const Walk *walk, int64_t ancestor, int64_t element) {
    const int64_t *parents = numbers(&walk->parents);
    while (element > ancestor && parents[element] != ancestor) element = parents[element];
    return element;
}

/* Cells of one short block each become one row; anything else is a layout table and stays as it is. */
static int join_row(Walk *walk, int64_t first) {
    int64_t *rows = numbers(&walk->columns) + COLUMNS * first;
    int64_t cells = (int64_t)count(&walk->columns) / COLUMNS - first, chars = 0, links = 0, link_chars = 0;
    size_t size = 0;
    if (cells < 2) return 1;
    for (int64_t *cell = rows; cell < rows + COLUMNS * cells; cell += COLUMNS) {
        if ((cell[0] != PARAGRAPH && cell[0] != ROW) || cell[3] > CELL_MAX) return 1;
        chars += cell[3], link_chars += cell[4], links += cell[5], size += (size_t)cell[7] + 1;
    }
    int64_t row = find_element(walk), last = -1;
    if (walk->status) return 0;
    for (int64_t i = 0; i < cells; i++) { /* in document order: equal ones follow each other */
        int64_t column = child_of(walk, row, rows[COLUMNS * i + 2]);
        if (i && (column == last || column == row)) return 1;
        last = column;
    }
    Buffer *cut = &walk->scratch;
    cut->size = 0;
    walk->texts.size -= size, walk->block_start = walk->texts.size, walk->chars -= chars;
    if (!append(walk, cut, walk->texts.bytes + walk->texts.size, size)) return 0;
    const uint8_t *at = cut->bytes;
    for (int64_t i = 0; i < cells; i++) {
        size_t from = walk->texts.size, bytes = (size_t)rows[COLUMNS * i + 7];
        if (i && !append(walk, &walk->texts, " | ", 3)) return 0;
        if (i) from += 3;
        if (!append(walk, &walk->texts, at, bytes)) return 0;
        for (; from < walk->texts.size; from++)
            if (walk->texts.bytes[from] == '\n') walk->texts.bytes[from] = ' ';
        at += bytes + 1;
    }
    walk->columns.size -= (size_t)cells * COLUMNS * sizeof(int64_t);
    return add_block(walk, ROW, 0, row, chars + 3 * (cells - 1), link_chars, links);
}

/* Notes what `read_head` will want of an element: its tag, its text, the number of its attributes, each of them as
 * name and value; a NUL after each. */
static int note(Walk *walk, Node *node) {
    static const Name WANTED[] = {
        NAME("name"), NAME("http-equiv"), NAME("property"), NAME("itemprop"), NAME("content"), NAME("rel"), NAME("href"), NAME("type"), NAME("datetime"), NAME("class"), NAME("pubdate"),
        {NULL, 0},
    };
    static const Name HOLDERS[] = {NAME("head"), NAME("body"), NAME("html"), NAME("noscript"), {NULL, 0}};
    const Page *page = walk->page;
    size_t size = 0, value_size = 0;
    const uint8_t *tag = page->tag(node, &size), *value;
    int is_meta = is_named(tag, size, "meta");
    if (is_named(tag, size, "title")) {
        Node *parent = page->parent(node);
        size_t parent_size = 0;
        const uint8_t *holder = parent ? page->tag(parent, &parent_size) : NULL;
        if (!holder || !is_listed(holder, parent_size, HOLDERS)) return 1;
    } else if (is_named(tag, size, "link")) {
        value = find_value(page, node, (Name)NAME("rel"), &value_size);
        if (value && !is_ascii(value, value_size)) return walk->status = ASK_PYTHON, 0;
        if (!value || !has_word(value, value_size, "canonical", 1)) return 1;
    } else if (is_named(tag, size, "script")) {
        value = find_value(page, node, (Name)NAME("type"), &value_size);
        if (!value || !has_word(value, value_size, "ld+json", 0)) return 1;
    } else if (!is_meta && !is_named(tag, size, "time")) return 1;
    Buffer *notes = &walk->notes;
    if (!append(walk, notes, tag, size) || !append(walk, notes, "", 1)) return 0;
    if ((!is_meta && !gather_text(walk, node, notes, SIZE_MAX)) || !append(walk, notes, "", 1)) return 0;
    size_t number = notes->size;
    uint8_t found = 0;
    if (!append(walk, notes, "0", 2)) return 0; /* and its NUL */
    for (Attribute *at = page->first_attribute(node); at; at = page->next_attribute(at)) {
        size_t name_size = 0;
        const uint8_t *name = page->name(at, &name_size);
        if (!is_listed(name, name_size, WANTED)) continue;
        value = page->value(at, &value_size);
        if (!append(walk, notes, name, name_size) || !append(walk, notes, "", 1)) return 0;
        if (!append(walk, notes, value, value ? value_size : 0) || !append(walk, notes, "", 1)) return 0;
        found++;
    }
    notes->bytes[number] = (uint8_t)('0' + found); /* 11 at the most: then it is ';' */
    return 1;
}

static int enter(Walk *walk, Node *node, int role) {
    Frame frame = {node, (int64_t)count(&walk->columns) / COLUMNS, role, walk->kind, walk->level};
    return append(walk, &walk->stack, &frame, sizeof frame);
}

/* What a block that begins in this element is; <div> and its like keep what is around them. */
static void set_kind(Walk *walk, Node *node, int role) {
    size_t size = 0;
    if (role == ITEM_ROLE) walk->kind = ITEM, walk->level = walk->list_depth > 1 ? (int)walk->list_depth : 1;
    else if (role == LIST_ROLE) walk->list_depth++;
    else if (role == HEADING_ROLE) walk->kind = HEADING, walk->level = walk->page->tag(node, &size)[1] - '0';
    else if (role > LIST_ROLE) walk->kind = role == CAPTION_ROLE ? CAPTION : PARAGRAPH, walk->level = 0;
}

/* What a picture of a formula says instead of it, in `size` bytes; NULL of other pictures. */
static const uint8_t *read_formula(const Page *page, Node *picture, size_t *size) {
    static const char *const MARKS[] = {
        "latex", "tex", "math", "mathtex", "ql-img-inline-formula", "ql-img-displayed-equation",
    };
    static const Name SOURCES[] = {NAME("latex.php"), NAME("latex.codecogs"), NAME("mathtex.cgi"), NAME("mimetex.cgi")};
    size_t length = 0;
    const uint8_t *text = find_value(page, picture, (Name)NAME("alt"), size), *value;
    if (!text || !count_stripped(text, text + *size)) return NULL;
    if ((value = find_value(page, picture, (Name)NAME("class"), &length)) && is_ascii(value, length))
        for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
            if (has_word(value, length, MARKS[i], 1)) return text;
    if ((value = find_value(page, picture, (Name)NAME("src"), &length)))
        for (size_t i = 0; i < sizeof SOURCES / sizeof *SOURCES; i++)
            if (has_bytes(value, length, SOURCES[i])) return text;
    return NULL;
}

/* Walks a subtree, without recursion; returns 0 where the walk is over before its end. */
static int run(Walk *walk, Node *root) {
    const Page *page = walk->page;
    Node *node = root;
    int64_t breaks = 0;
    int closed = 0, seam = 0, is_beside = 0;
    for (;;) {
        Node *child = NULL;
        int was_beside = is_beside;
        is_beside = 0;
        if (page->type(node) == TEXT_NODE) {
            size_t size;
            const uint8_t *text = read_text(page, node, &size);
            int64_t chars = count_stripped(text, text + size);
            if (!chars) {
                if (walk->parts) {
                    if (!add_part(walk, (const uint8_t *)" ", 1)) return 0;
                    closed = seam = 0;
                }
            } else {
                is_beside = 1;
                if (breaks && !break_line(walk, breaks)) return 0;
                breaks = 0;
                if (seam && walk->parts) {
                    int glued = are_glued(walk, text, size, closed, seam);
                    if (glued < 0) return walk->status = ASK_PYTHON, 0;
                    if (glued && !add_part(walk, (const uint8_t *)" ", 1)) return 0;
                }
                closed = seam = 0;
                if (!add_part(walk, text, size)) return 0;
                if (walk->link_depth) walk->link_chars += chars;
            }
        } else {
            int role = find_role(walk, node);
            if (role == CUSTOM_ROLE) {
                int is_inner = walk->stack.size && ((Frame *)(void *)(walk->stack.bytes + walk->stack.size))[-1].role == JOINED_ROLE;
                role = place_custom(walk, node, was_beside || is_inner);
                if (walk->status) return 0;
            }
            if (role >= BLOCK_ROLE) {
                if ((walk->parts || walk->lines) && !flush(walk)) return 0;
                if (role == CODE_ROLE || (role == BLOCK_ROLE && is_listing(page, node))) {
                    if (!add_code(walk, node)) return 0;
                } else if (role == CELL_ROLE && is_line_number(walk, node)) {
                    if (walk->status) return 0;
                } else if ((child = page->first_child(node))) {
                    if (!push_number(walk, &walk->open, (int64_t)(intptr_t)node) || !enter(walk, node, role)) return 0;
                    if (role > BLOCK_ROLE) set_kind(walk, node, role);
                    if ((int64_t)count(&walk->open) > page->max_depth) return walk->status = TOO_DEEP, 0;
                }
            } else if (role <= LINK_ROLE) {
                if (role == TIME_ROLE && !note(walk, node)) return 0;
                child = page->first_child(node);
                if (child && (role == INLINE_ROLE || role == LINK_ROLE) && !(role = look_at(walk, node, role))) child = NULL;
                if (walk->status) return 0;
                if (child) {
                    if (role == APART_ROLE && walk->parts && !add_part(walk, (const uint8_t *)" ", 1)) return 0;
                    if (!enter(walk, node, role)) return 0;
                    seam = closed ? role : 0;
                    if (role == LINK_ROLE) walk->link_depth++, walk->links++;
                }
            } else if (role == NOTED_ROLE) {
                if (!note(walk, node)) return 0;
            } else if (role == BREAK_ROLE) breaks++;
            else if (role == PICTURE_ROLE) {
                size_t size;
                const uint8_t *formula = read_formula(page, node, &size);
                if (formula) {
                    if (breaks && !break_line(walk, breaks)) return 0;
                    breaks = 0, closed = seam = 0;
                    if (!add_part(walk, formula, size)) return 0;
                }
            } else if (role == NOSCRIPT_ROLE)
                if (!flush(walk) || !push_number(walk, &walk->noscripts, (int64_t)(intptr_t)node)) return 0;
        }
        if (child) {
            node = child;
            continue;
        }
        Node *following = walk->stack.size ? page->next(node) : NULL;
        while (!following && walk->stack.size) {
            walk->stack.size -= sizeof(Frame);
            Frame frame = *(Frame *)(void *)(walk->stack.bytes + walk->stack.size);
            if (frame.role <= LINK_ROLE) {
                closed = frame.role, seam = 0;
                if (frame.role == LINK_ROLE) walk->link_depth--;
                if (frame.role == APART_ROLE && walk->parts && !add_part(walk, (const uint8_t *)" ", 1)) return 0;
            } else {
                is_beside = 0;
                if ((walk->parts || walk->lines) && !flush(walk)) return 0;
                if (frame.role == ROW_ROLE && !join_row(walk, frame.first)) return 0;
                if (frame.role == LIST_ROLE) walk->list_depth--;
                walk->open.size -= sizeof(int64_t);
                if (walk->made.size > walk->open.size) walk->made.size -= sizeof(int64_t);
                walk->kind = frame.kind, walk->level = frame.level;
                if (frame.kind == ITEM && (int64_t)count(&walk->columns) / COLUMNS > frame.first)
                    walk->kind = PARAGRAPH, walk->level = 0; /* an item's second paragraph has no marker */
            }
            if (walk->stack.size) following = page->next(frame.node); /* what follows the root is not ours */
        }
        if (!following) return flush(walk);
        node = following;
    }
}

static int run_noscripts(Walk *walk) {
    const Page *page = walk->page;
    for (size_t i = 0; i < count(&walk->noscripts); i++)
        for (Node *node = page->first_child((Node *)(intptr_t)numbers(&walk->noscripts)[i]); node; node = page->next(node))
            if (!run(walk, node)) return 0;
    return 1;
}

/* Marks the blocks whose text, as much of it as is counted, was said before. */
static int mark_repeated(Walk *walk) {
    size_t blocks = count(&walk->columns) / COLUMNS, slots = 16;
    while (slots < 2 * blocks) slots *= 2;
    const uint8_t **starts = malloc((blocks + 1) * sizeof *starts);
    uint64_t *sizes = malloc((blocks + 1) * sizeof *sizes), *table = calloc(slots, sizeof *table);
    int is_done = starts && sizes && table;
    const uint8_t *at = walk->texts.bytes;
    for (size_t i = 0; is_done && i < blocks; i++) {
        int64_t *row = numbers(&walk->columns) + COLUMNS * i;
        const uint8_t *end = at + row[7], *stop = end;
        if (row[0] == CODE && row[3] > CODE_TEXT_MAX) {
            stop = at;
            for (int64_t chars = 0; chars < CODE_TEXT_MAX; chars++)
                do stop++; while ((*stop & 0xC0) == 0x80);
        }
        starts[i] = at, sizes[i] = (uint64_t)(stop - at);
        for (size_t slot = hash_bytes(at, stop);; slot++) {
            uint64_t *entry = table + (slot & (slots - 1));
            if (!*entry) {
                *entry = i + 1;
                break;
            }
            if (sizes[*entry - 1] == sizes[i] && !memcmp(starts[*entry - 1], at, (size_t)sizes[i])) {
                row[6] = 1;
                break;
            }
        }
        at = end + 1;
    }
    free(starts), free(sizes), free(table);
    if (!is_done) walk->status = NO_MEMORY;
    return is_done;
}

static int note_head(Walk *walk) {
    const Page *page = walk->page;
    for (Node *node = page->head; node; node = step(page, node, page->head, 1))
        if (page->type(node) == ELEMENT_NODE && !note(walk, node)) return 0;
    return 1;
}

/* The blocks of a page; what it returns is one of the numbers above, and the caller owes a call of free_walk. */
EXPORT int64_t walk_page(Page *page) {
    Walk walk;
    memset(&walk, 0, sizeof walk);
    walk.page = page;
    int is_done = note_head(&walk) && run(&walk, page->body);
    if (is_done && walk.chars < NOSCRIPT_BODY_MAX) is_done = run_noscripts(&walk);
    /* the last entry is for no element */
    if (is_done && mark_repeated(&walk) && push_number(&walk, &walk.parents, -1))
        push_number(&walk, &walk.looks, (int64_t)walk.look_count);
    page->blocks = (int64_t)count(&walk.columns) / COLUMNS, page->elements = (int64_t)count(&walk.looks) - 1;
    page->columns = numbers(&walk.columns), page->parents = numbers(&walk.parents), page->looks = numbers(&walk.looks);
    page->texts = walk.texts.bytes, page->text_size = (int64_t)walk.texts.size;
    page->look_names = walk.look_names.bytes, page->look_size = (int64_t)walk.look_names.size;
    page->notes = walk.notes.bytes, page->note_size = (int64_t)walk.notes.size;
    free(walk.raw.bytes), free(walk.stack.bytes), free(walk.open.bytes), free(walk.made.bytes);
    free(walk.noscripts.bytes), free(walk.scratch.bytes), free(walk.look_table);
    return walk.status;
}

/* Whether an element is marked as an author's name or a byline, and may be one: a picture or a stylesheet is none. */
static int is_byline(const Page *page, Node *node) {
    static const Name OTHERS[] = {
        NAME("img"), NAME("meta"), NAME("link"), NAME("script"), NAME("style"), NAME("body"), NAME("html"), {NULL, 0},
    };
    int is_marked = 0;
    for (Attribute *at = page->first_attribute(node); at && !is_marked; at = page->next_attribute(at)) {
        size_t name_size = 0, size = 0;
        const uint8_t *name = page->name(at, &name_size), *value = page->value(at, &size);
        if (!value) continue;
        if (is_named(name, name_size, "class"))
            is_marked = has_bytes(value, size, (Name)NAME("author")) || has_bytes(value, size, (Name)NAME("byline"));
        else if (is_named(name, name_size, "rel") || is_named(name, name_size, "itemprop"))
            is_marked = has_token(value, size, "author");
    }
    size_t tag_size = 0;
    const uint8_t *tag = is_marked ? page->tag(node, &tag_size) : NULL;
    return tag && !is_listed(tag, tag_size, OTHERS);
}

/* The innermost block around a node, no farther than `root`. */
static Node *find_block(Walk *walk, Node *node, Node *root) {
    do node = walk->page->parent(node);
    while (node && node != root && find_role(walk, node) < BLOCK_ROLE);
    return node;
}

/* As in blocks/bylines.py: whether two texts that no white space parts are two words. */
static int are_two_words(const Page *page, const uint8_t *before, size_t before_size, const uint8_t *text, size_t size) {
    uint32_t last, first;
    if (!before_size) return 0;
    size_t width = read_char(text, &first);
    const uint8_t *at = read_char_before(before + before_size, &last);
    if (at == before || width == size || last >= 1 << 16 || first >= 1 << 16) return 0;
    const uint8_t *bits = page->char_bits;
    return bits[last] & ALNUM_BIT && bits[first] & ALNUM_BIT && !(bits[last] & LOWER_BIT && bits[first] & LOWER_BIT);
}

/* Appends the text of what may be a byline, LINE_END between its lines; not much more than `most` bytes of it. */
static int gather_byline(Walk *walk, Node *root, size_t most) {
    static const uint8_t LINE_END = 1;
    const Page *page = walk->page;
    Buffer *to = &walk->notes;
    Node *line = NULL; /* the block that the last text is in */
    const uint8_t *before = NULL;
    size_t start = to->size, before_size = 0;
    int enters = 1;
    for (Node *node = step(page, root, root, 1); node && to->size - start < most; node = step(page, node, root, enters)) {
        enters = 1;
        if (page->type(node) != TEXT_NODE) {
            int role = find_role(walk, node);
            enters = role != SKIPPED_ROLE && role != NOTED_ROLE;
            if (role != BREAK_ROLE) continue;
            before_size = 0;
            if (!append(walk, to, &LINE_END, 1)) return 0;
            continue;
        }
        size_t size;
        const uint8_t *text = read_text(page, node, &size);
        if (!count_stripped(text, text + size)) before_size = 0;
        else {
            Node *block = find_block(walk, node, root);
            if (line && block != line) {
                if (!append(walk, to, &LINE_END, 1)) return 0;
            } else if (are_two_words(page, before, before_size, text, size) && !append(walk, to, " ", 1)) return 0;
            line = block, before = text, before_size = size;
        }
        if (!append(walk, to, text, size)) return 0;
    }
    return 1;
}

/* The texts of the first `most` elements of the tree that may be bylines, a NUL after each, in `notes`: how each
 * begins, `bytes` of it or more. Returns and leaves to do what walk_page does. */
EXPORT int64_t find_bylines(Page *page, int64_t most, int64_t bytes) {
    Walk walk;
    memset(&walk, 0, sizeof walk);
    walk.page = page;
    Node *root = page->parent(page->body);
    for (Node *node = root; node && most > 0 && !walk.status; node = step(page, node, root, 1))
        if (page->type(node) == ELEMENT_NODE && is_byline(page, node)) {
            most--;
            if (gather_byline(&walk, node, (size_t)bytes)) append(&walk, &walk.notes, "", 1);
        }
    page->notes = walk.notes.bytes, page->note_size = (int64_t)walk.notes.size;
    return walk.status;
}

EXPORT void free_walk(Page *page) {
    free(page->columns), free(page->parents), free(page->looks);
    free(page->texts), free(page->look_names), free(page->notes);
}
