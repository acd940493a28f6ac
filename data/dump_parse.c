#include "data/dump_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MARK           "*c xConfiguration "
#define COMMAND        "xConfiguration "
#define PATH_MAX_BYTES 512 /* a longer path is none */

/* ---- Finding settings in a text ---- */

/* A setting as it stands in the text. */
struct piece {
    const char *path, *value;
    size_t path_length, value_length;
};

struct scanner {
    const char *at, *end;
    long line;
    long broken, first_broken; /* lines that begin as a setting and are none */
};

static bool starts(const char *at, const char *end, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(end - at) >= length && strncasecmp(at, word, length) == 0;
}

static const char *line_end(const char *at, const char *end)
{
    const char *found = memchr(at, '\n', (size_t)(end - at));
    return found ? found : end;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at;
}

/* Behind the words that begin a setting, or NULL when there are no more in the line. Without the
 * mark they count at the start of a line only. */
static const char *find_setting(const char *at, const char *end, bool line_start)
{
    const char *first = skip_blanks(at, end);
    if (line_start && starts(first, end, COMMAND))
        return first + strlen(COMMAND);
    for (const char *c = at; c < end && (c = memchr(c, '*', (size_t)(end - c))) != NULL; c++)
        if (starts(c, end, MARK))
            return c + strlen(MARK);
    return NULL;
}

/* The quote that ends a value: nothing but the next setting follows it. */
static const char *closing_quote(const char *at, const char *end)
{
    for (const char *c = at; c < end && (c = memchr(c, '"', (size_t)(end - c))) != NULL; c++) {
        const char *next = skip_blanks(c + 1, end);
        if (next == end || starts(next, end, MARK))
            return c;
    }
    return NULL;
}

static void trim(const char **from, const char **to)
{
    *from = skip_blanks(*from, *to);
    while (*to > *from && isspace((unsigned char)(*to)[-1]))
        (*to)--;
}

/* Reads "PATH: value" at `at`; where it ends, or NULL when it is none. */
static const char *read_piece(const char *at, const char *end, struct piece *piece)
{
    const char *colon = memchr(at, ':', (size_t)(end - at));
    if (!colon || colon - at > PATH_MAX_BYTES)
        return NULL;
    const char *from = at, *to = colon;
    trim(&from, &to);
    piece->path = from;
    piece->path_length = (size_t)(to - from);
    from = skip_blanks(colon + 1, end);
    if (from < end && *from == '"') {
        to = closing_quote(++from, end);
        if (!to)
            return NULL;
        piece->value = from;
        piece->value_length = (size_t)(to - from);
        return piece->path_length ? to + 1 : NULL;
    }
    const char *next = find_setting(from, end, false);
    const char *after = next ? next - strlen(MARK) : end;
    to = after;
    trim(&from, &to);
    piece->value = from;
    piece->value_length = (size_t)(to - from);
    return piece->path_length ? after : NULL;
}

static void note_broken(struct scanner *scanner)
{
    if (scanner->broken++ == 0)
        scanner->first_broken = scanner->line;
}

/* The next setting of the text. */
static bool scan(struct scanner *scanner, struct piece *piece, bool *line_start)
{
    while (scanner->at < scanner->end) {
        const char *end = line_end(scanner->at, scanner->end);
        const char *setting = find_setting(scanner->at, end, *line_start);
        const char *after = setting ? read_piece(setting, end, piece) : NULL;
        bool marked = setting && (size_t)(setting - scanner->at) >= strlen(MARK) &&
                      starts(setting - strlen(MARK), end, MARK);
        if (after) {
            scanner->at = after;
            *line_start = false;
            return true;
        }
        if (setting && (marked || memchr(setting, ':', (size_t)(end - setting))))
            note_broken(scanner);
        scanner->at = end < scanner->end ? end + 1 : end;
        scanner->line++;
        *line_start = true;
    }
    return false;
}

bool dump_looks_like(const char *text, size_t length)
{
    struct scanner scanner = {.at = text, .end = text + length, .line = 1};
    struct piece piece;
    bool line_start = true;
    return scan(&scanner, &piece, &line_start) || scanner.broken > 0;
}

/* ---- Texts ---- */

static size_t utf8_length(const unsigned char *at, size_t left)
{
    size_t n = at[0] < 0x80             ? 1
               : (at[0] & 0xE0) == 0xC0 ? 2
               : (at[0] & 0xF0) == 0xE0 ? 3
               : (at[0] & 0xF8) == 0xF0 ? 4
                                        : 0;
    if (n == 0 || n > left || (n == 2 && at[0] < 0xC2) ||
        (n == 3 && at[0] == 0xE0 && at[1] < 0xA0) || (n == 3 && at[0] == 0xED && at[1] > 0x9F) ||
        (n == 4 && at[0] == 0xF0 && at[1] < 0x90) ||
        (n == 4 && (at[0] > 0xF4 || (at[0] == 0xF4 && at[1] > 0x8F))))
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

/* Whether a character of several bytes is a control character, ends a line (NEL, U+2028, U+2029),
 * or is none that a YAML file may hold (U+FEFF, U+FFFE, U+FFFF). */
static bool is_control(const unsigned char *at, size_t n)
{
    return (n == 2 && at[0] == 0xC2 && at[1] < 0xA0) ||
           (n == 3 && at[0] == 0xE2 && at[1] == 0x80 && (at[2] == 0xA8 || at[2] == 0xA9)) ||
           (n == 3 && at[0] == 0xEF &&
            ((at[1] == 0xBB && at[2] == 0xBF) || (at[1] == 0xBF && at[2] >= 0xBE)));
}

/* A copy that is UTF-8 without control characters: what is none becomes '?', each of its bytes. */
static char *copy_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1, 1);
    for (size_t i = 0; copy && i < length;) {
        size_t n = utf8_length((const unsigned char *)text + i, length - i);
        if (n > 1 && is_control((const unsigned char *)text + i, n))
            memset(copy + i, '?', n);
        else if (n <= 1)
            copy[i] = n == 0 || iscntrl((unsigned char)text[i]) ? '?' : text[i];
        else
            memcpy(copy + i, text + i, n);
        i += n ? n : 1;
    }
    return copy;
}

/* A path with single blanks. */
static char *copy_path(struct arena *arena, const char *path, size_t length)
{
    char *copy = copy_text(arena, path, length);
    char *to = copy;
    for (char *from = copy; copy && *from; from++)
        if (*from != ' ' || from[1] != ' ')
            *to++ = *from;
    if (to)
        *to = '\0';
    return copy;
}

/* ---- Settings ---- */

static bool all_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return length > 0 && length < 10;
}

/* The object a setting belongs to, and its path with '#' for numbers (at most as long). */
static void take_apart(struct setting *setting, char pattern[static PATH_MAX_BYTES + 1])
{
    size_t length = 0;
    setting->object = (uint32_t)strlen(setting->path);
    setting->family = 0;
    for (const char *word = setting->path; *word;) {
        size_t n = strcspn(word, " ");
        bool number = word > setting->path && all_digits(word, n);
        if (number && !setting->family) {
            setting->family = (uint32_t)(word - setting->path) - 1;
            setting->object = (uint32_t)(word - setting->path + (ptrdiff_t)n);
            setting->index = (uint32_t)strtoul(word, NULL, 10);
        }
        if (length > 0)
            pattern[length++] = ' ';
        memcpy(pattern + length, number ? "#" : word, number ? 1 : n);
        length += number ? 1 : n;
        word += n + (word[n] == ' ');
    }
    pattern[length] = '\0';
}

static int by_path(const void *left, const void *right)
{
    const struct setting_kind *a = left, *b = right;
    return strcasecmp(a->path, b->path);
}

/* What makes a setting a secret: a word of its path that holds one of `stems`, ends as `key` does,
 * or is one of `whole`. */
static bool secret_word(const char *word, size_t length)
{
    static const char *const stems[] = {"password", "passwd",   "passphrase", "secret",
                                        "token",    "communit", "credential"};
    static const char *const whole[] = {"pass", "pwd", "pin", "psk", "hash"};
    char copy[PATH_MAX_BYTES + 1];
    snprintf(copy, sizeof copy, "%.*s", (int)length, word);
    bool secret = length >= 3 && strcasecmp(copy + length - 3, "key") == 0;
    for (size_t i = 0; i < sizeof stems / sizeof *stems && !secret; i++)
        secret = strcasestr(copy, stems[i]) != NULL;
    for (size_t i = 0; i < sizeof whole / sizeof *whole && !secret; i++)
        secret = strcasecmp(copy, whole[i]) == 0;
    return secret;
}

/* "https://user:word@host". */
static bool has_login(const char *value)
{
    const char *host = strstr(value, "://");
    size_t length = host ? strcspn(host + 3, "/ ") : 0;
    return length > 0 && memchr(host + 3, '@', length) != NULL;
}

static bool sounds_secret(const char *path, const char *value)
{
    for (const char *word = path; *word; word += strcspn(word, " "), word += *word == ' ')
        if (secret_word(word, strcspn(word, " ")))
            return true;
    return strcasestr(value, "{cipher}") || strcasestr(value, "{crypt}") || has_login(value);
}

/* A setting and where it stood: of two with one path the later counts. */
struct entry {
    struct setting setting;
    uint32_t order;
};

static int by_place(const void *left, const void *right)
{
    const struct setting *a = &((const struct entry *)left)->setting;
    const struct setting *b = &((const struct entry *)right)->setting;
    uint32_t common = a->family < b->family ? a->family : b->family;
    int order = strncasecmp(a->path, b->path, common);
    if (order || a->family != b->family)
        return order ? order : (a->family > b->family) - (a->family < b->family);
    if (a->family == 0)
        return strcasecmp(a->path, b->path);
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return strcasecmp(setting_field(a), setting_field(b));
}

static int by_place_and_order(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = by_place(left, right);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* ---- Option keys ---- */

/* Admin Guide, Option Key reference: 116341, a letter, how many licences (00: a feature), an index
 * and hexadecimal digits. Features that the guide calls not required are left out. */
static const struct {
    char letter;
    const char *feature;
} features[] = {
    {'C', "Microsoft Interoperability"},
    {'E', "Expressway Series"},
    {'J', "Advanced Account Security"},
};
#define FEATURES (sizeof features / sizeof *features)

static bool grant_feature(struct deployment_peer *peer, char letter, struct arena *arena)
{
    if (!peer->features)
        peer->features = arena_alloc(arena, FEATURES, sizeof *peer->features);
    if (!peer->features)
        return false;
    for (size_t i = 0; i < FEATURES; i++) {
        bool there = false;
        for (uint32_t k = 0; k < peer->feature_count && !there; k++)
            there = peer->features[k] == features[i].feature;
        if (features[i].letter == letter && !there)
            peer->features[peer->feature_count++] = features[i].feature;
    }
    return true;
}

/* What a key grants; the key itself is kept nowhere. */
static bool grant(struct deployment_peer *peer, const char *key, size_t length, struct arena *arena)
{
    static const char prefix[] = "116341";
    size_t start = sizeof prefix - 1;
    if (length < start + 3 || strncmp(key, prefix, start) != 0)
        return true;
    char letter = (char)toupper((unsigned char)key[start]);
    long count = 0;
    const char *digit = key + start + 1;
    for (; digit < key + length && isdigit((unsigned char)*digit) && count < 1000000; digit++)
        count = count * 10 + (*digit - '0');
    if (digit == key + length || *digit != '-')
        return true;
    if (count == 0)
        return grant_feature(peer, letter, arena);
    switch (letter) {
    case 'Y':
        peer->licences[LICENCE_RMS] += count;
        break;
    case 'A':
        peer->licences[LICENCE_ROOM] += count;
        break;
    case 'B':
        peer->licences[LICENCE_DESKTOP] += count;
        break;
    case 'I':
        peer->turn += count;
        break;
    default:
        break;
    }
    return true;
}

/* ---- The peer ---- */

/* The settings of a peer while they are read. */
struct taking {
    struct deployment_peer *peer;
    const struct dump_kinds *kinds;
    struct arena *arena;
    struct entry *entries; /* owned */
    uint32_t count;
};

/* Takes a piece in, unless it is a secret. */
static bool take_piece(struct taking *taking, struct entry *entry, const struct piece *piece,
                       bool *kept)
{
    char pattern[PATH_MAX_BYTES + 1];
    struct setting *setting = &entry->setting;
    const struct dump_kinds *kinds = taking->kinds;
    struct arena *arena = taking->arena;
    *kept = false;
    setting->path = copy_path(arena, piece->path, piece->path_length);
    if (!setting->path)
        return false;
    take_apart(setting, pattern);
    struct setting_kind like = {.path = pattern};
    setting->kind = bsearch(&like, kinds->items, kinds->count, sizeof like, by_path);
    if (strcasecmp(pattern, "Option # Key") == 0)
        return grant(taking->peer, piece->value, piece->value_length, arena);
    if (setting->kind && setting->kind->type == SETTING_SECRET)
        return true;
    setting->value = copy_text(arena, piece->value, piece->value_length);
    if (!setting->value)
        return false;
    bool typed = setting->kind &&
                 (setting->kind->type == SETTING_INTEGER || setting->kind->type == SETTING_CHOICE);
    *kept = typed || !sounds_secret(setting->path, setting->value);
    return true;
}

/* Reads all pieces into entries, which are freed by the caller. */
static bool read_entries(struct taking *taking, struct scanner *scanner)
{
    struct piece piece;
    uint32_t capacity = 0;
    bool line_start = true, kept;
    while (scan(scanner, &piece, &line_start)) {
        if (taking->count == capacity) {
            capacity = capacity ? capacity * 2 : 1024;
            struct entry *longer = realloc(taking->entries, capacity * sizeof *longer);
            if (!longer)
                return false;
            taking->entries = longer;
        }
        struct entry *entry = &taking->entries[taking->count];
        *entry = (struct entry){.order = taking->count};
        if (!take_piece(taking, entry, &piece, &kept))
            return false;
        taking->count += kept;
    }
    return true;
}

/* Sorts, keeps the last of each path. */
static bool keep_settings(struct taking *taking)
{
    struct deployment_peer *peer = taking->peer;
    struct entry *entries = taking->entries;
    uint32_t count = taking->count;
    peer->settings = arena_alloc(taking->arena, count + 1, sizeof *peer->settings);
    if (!peer->settings)
        return false;
    if (count)
        qsort(entries, count, sizeof *entries, by_place_and_order);
    for (uint32_t i = 0; i < count; i++)
        if (i + 1 == count || by_place(&entries[i], &entries[i + 1]) != 0)
            peer->settings[peer->setting_count++] = entries[i].setting;
    return true;
}

static const char *value_of(const struct deployment_peer *peer, const char *path)
{
    for (uint32_t i = 0; i < peer->setting_count; i++)
        if (strcasecmp(peer->settings[i].path, path) == 0)
            return peer->settings[i].value;
    return NULL;
}

/* A switch: off unless it says otherwise. */
static enum known is_on(const struct deployment_peer *peer, const char *path)
{
    const char *value = value_of(peer, path);
    return value && *value && strcasecmp(value, "Off") != 0 ? YES : NO;
}

static void take_list(struct deployment_peer *peer)
{
    for (uint32_t i = 0; i < peer->setting_count; i++) {
        const struct setting *s = &peer->settings[i];
        bool entry = s->family && s->index >= 1 && s->index <= DEPLOYMENT_LIST && *s->value &&
                     strncasecmp(s->path, "Alternates Peer", s->family) == 0 &&
                     strcasecmp(setting_field(s), "Address") == 0;
        if (!entry)
            continue;
        peer->list[s->index - 1] = s->value;
        if (s->index > peer->list_count)
            peer->list_count = s->index;
    }
}

static void take_addresses(struct deployment_peer *peer)
{
    static const char *const fields[] = {"IP V4 Address", "IP V6 Address",
                                         "IP V4 StaticNAT Address"};
    for (uint32_t i = 0; i < peer->setting_count; i++) {
        const struct setting *s = &peer->settings[i];
        bool ethernet = s->family && strncasecmp(s->path, "Ethernet", s->family) == 0;
        for (size_t k = 0; k < 3 && ethernet; k++)
            if (strcasecmp(setting_field(s), fields[k]) == 0 && *s->value &&
                strcmp(s->value, "127.0.0.1") != 0 && peer->address_count < DEPLOYMENT_ADDRESSES)
                peer->addresses[peer->address_count++] = s->value;
    }
}

static bool take_host(struct deployment_peer *peer, struct arena *arena)
{
    const char *host = value_of(peer, "IP DNS Hostname");
    const char *domain = value_of(peer, "IP DNS Domain Name");
    if (!host || !*host)
        return true;
    peer->hostname = host;
    peer->host = host;
    if (domain && *domain && !strchr(host, '.'))
        peer->host = arena_printf(arena, "%s.%s", host, domain);
    return peer->host != NULL;
}

static void take_switches(struct deployment_peer *peer)
{
    const char *primary = value_of(peer, "Alternates ConfigurationPrimary");
    long number = primary ? strtol(primary, NULL, 10) : 0;
    peer->primary = number > 0 && number < 1000 ? (uint32_t)number : 0;
    peer->cluster_name = value_of(peer, "Alternates Cluster Name");
    peer->clustered_name = true;
    peer->system_name = value_of(peer, "SystemUnit Name");
    peer->conference_template = value_of(peer, "Applications ConferenceFactory Template");
    peer->conference_factory = is_on(peer, "Applications ConferenceFactory Mode");
    peer->findme = is_on(peer, "Policy FindMe Mode");
    peer->maintenance = is_on(peer, "SystemUnit Maintenance Mode");
    peer->h323 = is_on(peer, "H323 Mode");
    peer->ntp = NO;
    for (uint32_t i = 0; i < peer->setting_count; i++)
        if (strncasecmp(peer->settings[i].path, "NTP Server ", 11) == 0 &&
            strcasecmp(setting_field(&peer->settings[i]), "Address") == 0 &&
            *peer->settings[i].value)
            peer->ntp = YES;
}

bool dump_parse(struct deployment_peer *peer, const struct dump_text *text,
                const struct dump_kinds *kinds, struct arena *arena, struct errors *errors)
{
    struct scanner scanner = {.at = text->text, .end = text->text + text->length, .line = 1};
    struct taking taking = {.peer = peer, .kinds = kinds, .arena = arena};
    *peer = (struct deployment_peer){
        .file = copy_text(arena, text->name, strlen(text->name)),
        .latency = -1,
        .features_known = true,
    };
    bool good = peer->file && read_entries(&taking, &scanner) && keep_settings(&taking) &&
                take_host(peer, arena);
    free(taking.entries);
    if (!good)
        return false;
    take_list(peer);
    take_addresses(peer);
    take_switches(peer);
    peer->name = peer->hostname                            ? peer->hostname
                 : peer->system_name && *peer->system_name ? peer->system_name
                                                           : peer->file;
    if (scanner.broken) /* the line is not quoted: it may hold a secret */
        errors_warn(errors, text->name, scanner.first_broken, 0,
                    scanner.broken == 1
                        ? "a setting that cannot be read, left out"
                        : "a setting that cannot be read, the first of %ld that are left out",
                    scanner.broken);
    return true;
}

/* ---- Status ---- */

bool dump_parse_status(struct deployment_peer *peer, const char *text, size_t length,
                       struct arena *arena)
{
    static const char version[] = "SystemUnit Software Version:";
    static const char alarm[] = "Failed to update key file";
    for (const char *at = text, *end = text + length; at < end;) {
        const char *stop = line_end(at, end);
        const char *found = memmem(at, (size_t)(stop - at), version, sizeof version - 1);
        const char *from = found ? skip_blanks(found + sizeof version - 1, stop) : stop;
        size_t quoted = from < stop && *from == '"' ? strcspn(from + 1, "\"\r\n") : 0;
        if (quoted && (size_t)(stop - from) > quoted) {
            peer->version = copy_text(arena, from + 1, quoted);
            if (!peer->version)
                return false;
        }
        if (memmem(at, (size_t)(stop - at), alarm, sizeof alarm - 1))
            peer->key_update_failed = YES;
        at = stop < end ? stop + 1 : end;
    }
    return true;
}
