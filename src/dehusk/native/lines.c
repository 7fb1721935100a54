/* dehusk/blocks/lines.py: the lines of a text, where each stands, how wide it is and what it looks like. wrapping.py:
 * the widths they were broken at. */
#include "kernels.h"

enum { SPACE = 1, BREAK = 2, BULLET = 4, ODD_START = 8, MARK = 16, RULE = 32, WIDE = 64, TABLE = 1 << 16 };
/* The first two are asked of characters behind the first of a line. */
enum { SOLID = 128, ODD_SPACE = 256, NOT_ASCII = 512, DOUBT = 1024, ZERO = 2048, TRIM = 4096, MUTABLE = 8192 };
enum { FEED = 1, MARKED = 2, ODD = 4, ENTRY = 8, LOOSE = 16, LATE = 32, UNEVEN = 64 };

static inline int look_up(const uint16_t *table, uint32_t code) {
    if (code < TABLE) return table[code];
    return SOLID | NOT_ASCII | MUTABLE | (code >= 0x20000 && code <= 0x3FFFD ? WIDE : 0);
}

/* Where the line that begins at `at` ends, its break included. */
static inline int64_t find_end(const uint32_t *codes, int64_t size, const uint16_t *table, int64_t at) {
    while (at < size && ((codes[at] >= ' ' && codes[at] < 0x80) || !(look_up(table, codes[at]) & BREAK))) at++;
    if (at >= size) return size;
    return at + (codes[at] == '\r' && at + 1 < size && codes[at + 1] == '\n' ? 2 : 1);
}

static inline int is_wet(const uint32_t *codes, int64_t size) {
    return size > 4 && codes[0] == 'W' && codes[1] == 'A' && codes[2] == 'R' && codes[3] == 'C' && codes[4] == '/';
}

/* Fills the columns, an entry a line: where its text begins, without the white space and what is invisible around it, how
 * many characters that has, and its first word, how many columns of white space stand before it, how many columns it
 * takes, and its looks. Returns the number of lines; of those that there is no `room` for nothing is told. */
EXPORT int64_t read_lines(const uint32_t *codes, int64_t size, const uint16_t *table, int64_t room, int64_t *starts,
                          int64_t *sizes, int64_t *heads, int64_t *indents, int64_t *columns, uint8_t *looks) {
    int64_t line = 0;
    for (int64_t at = 0; at < size; line++) {
        int64_t first = at, end = find_end(codes, size, table, at), column = 0;
        if (line >= room) {
            at = end;
            continue;
        }
        looks[line] = codes[end - 1] == '\f' ? FEED : 0;
        starts[line] = at, sizes[line] = heads[line] = indents[line] = columns[line] = 0;
        at = end;
        for (int around; first < end && (around = look_up(table, codes[first])) & (SPACE | TRIM); first++)
            column = codes[first] == '\t' ? (column / 8 + 1) * 8 : column + !(around & TRIM);
        if (first == end) continue;
        while (look_up(table, codes[end - 1]) & (SPACE | TRIM)) end--;
        int kind = look_up(table, codes[first]), bits = 0, has_double = 0, look = 0;
        int64_t wide = 0, head = first;
        while (head < end && !(look_up(table, codes[head]) & SPACE)) head++;
        for (int64_t i = first + 1; i < end; i++) {
            has_double |= (codes[i] == ' ') & (codes[i - 1] == ' ');
            bits |= look_up(table, codes[i]);
        }
        if ((kind | bits) & (WIDE | ZERO)) {
            look |= UNEVEN;
            for (int64_t i = first; i < end; i++) {
                int here = look_up(table, codes[i]);
                wide += ((here & WIDE) != 0) - ((here & ZERO) != 0);
            }
        }
        uint32_t last = codes[end - 1];
        if (kind & MARK && (look_up(table, last) & MARK || is_wet(codes + first, end - first))) look |= MARKED;
        int is_foreign = ((kind | bits) & NOT_ASCII) != 0;
        if ((kind | bits) & MUTABLE) look |= LOOSE;
        if (kind & ODD_START || last == ';' || last == '{' || last == '}' || has_double || (kind | bits) & DOUBT ||
            (is_foreign && bits & ODD_SPACE))
            look |= ODD;
        if (last == ':' || last == '(' || last == ')') look |= LATE;
        if (kind & BULLET && first + 1 < end && codes[first + 1] == ' ' && bits & SOLID && !(bits & NOT_ASCII) && !has_double)
            look |= ENTRY;
        starts[line] = first, sizes[line] = end - first, heads[line] = head - first, indents[line] = column;
        columns[line] = end - first + wide, looks[line] |= (uint8_t)look;
    }
    return line;
}

/* At each of `size` places the width of `widths` for which the lines nearby speak most, 0 where that is less than `least`;
 * those from `lows` up to the place, those from it up to `highs`, or both count, whichever is most, less the width's
 * handicap.
 *
 * For a width speaks, with its gain, a line that fits it and would not with what the next one begins with (`filled`
 * columns in all, 0 where the next begins anew), if it is not `slack` columns shorter; against it one that would have had
 * room for that, and one that does not fit. `sums` is room for lines + 1; `scores` becomes what speaks for `best`. */
EXPORT void count_votes(const int16_t *columns, const int16_t *filled, const int16_t *gains, int64_t lines,
                        const int64_t *places, const int64_t *lows, const int64_t *highs, int64_t size,
                        const int16_t *widths, const int32_t *handicaps, int64_t width_count, int64_t slack,
                        int64_t shorter, int64_t longer, int64_t least, int32_t *sums, int32_t *scores, int64_t *best) {
    for (int64_t i = 0; i < size; i++) scores[i] = INT32_MIN, best[i] = 0;
    for (int64_t w = 0; w < width_count; w++) {
        int16_t width = widths[w], least_full = (int16_t)(width - slack), against = (int16_t)shorter, far_against = (int16_t)longer;
        sums[0] = 0;
        for (int64_t line = 0; line < lines; line++) { /* numbers of 16 bits, and no branches: eight lines at a time */
            int16_t column = columns[line], fill = filled[line], vote = gains[line];
            vote = fill > width ? vote : 0;
            vote = column >= least_full ? vote : 0;
            vote = (int16_t)(vote - (fill > 0 && fill <= width ? against : 0));
            vote = column <= width ? vote : (int16_t)-far_against; /* it had no room: `filled` is more than its columns */
            sums[line + 1] = vote;
        }
        for (int64_t line = 0; line < lines; line++) sums[line + 1] += sums[line]; /* apart: so the loop above is vectors */
        for (int64_t i = 0; i < size; i++) {
            int64_t at = places[i];
            int32_t behind = sums[highs[i]] - sums[at], before = sums[at + 1] - sums[lows[i]];
            int32_t around = behind + before - (sums[at + 1] - sums[at]), most = behind > before ? behind : before;
            int32_t score = (around > most ? around : most) - handicaps[w];
            if (score > scores[i]) scores[i] = score, best[i] = score >= least ? width : 0;
        }
    }
}
