#include "cli/tables_print.h"

#include <inttypes.h>
#include <string.h>

#include "model/assumptions.h"
#include "model/base/safe_text.h"

#define WIDTH 80

static const struct {
    const char *above, *below, *label;
    int width;
} headings[CAPACITY_RESOURCE_COUNT] = {
    [CAPACITY_REGISTRATIONS] = {"regis-", "trations", "registrations", 9},
    [CAPACITY_VIDEO_CALLS] = {"video", "calls", "video calls", 7},
    [CAPACITY_AUDIO_CALLS] = {"audio", "calls", "audio calls", 7},
    [CAPACITY_MRA_VIDEO_CALLS] = {"MRA", "video", "MRA video calls", 7},
    [CAPACITY_RMS] = {"", "RMS", "RMS", 6},
    [CAPACITY_MRA_REGISTRATIONS] = {"MRA regis-", "trations", "MRA registrations", 11},
    [CAPACITY_TURN_RELAYS] = {"TURN", "relays", "TURN relays", 8},
};

static bool shows(const struct tables_view *view, const struct capacity_row *row)
{
    return row->peers == 1 && (!view->platform || strcmp(view->platform, row->platform) == 0);
}

static void put_safe(FILE *out, const char *text)
{
    safe_text_put(out, text, strlen(text));
}

/* Left in a column of at least width characters. */
static void put_left(FILE *out, const char *text, int width)
{
    put_safe(out, text);
    int used = 0;
    for (const char *at = text; *at; at++)
        used += ((unsigned char)*at & 0xC0) != 0x80;
    fprintf(out, "%*s", used < width ? width - used : 0, "");
}

static void put_figure(FILE *out, int width, int64_t figure)
{
    if (figure == CAPACITY_NOT_STATED)
        fprintf(out, "%*s", width, "-");
    else
        fprintf(out, "%*" PRId64, width, figure);
}

static void put_document(FILE *out, const struct capacity_table *table)
{
    put_safe(out, table->document[0] ? table->document : "a table of your own, without a document");
    if (table->updated[0]) {
        fputs(" (", out);
        put_safe(out, table->updated);
        fputc(')', out);
    }
}

/* ---- rows ---- */

/* A figure of a platform: one node's times the factor, or as the document prints it. */
struct figure {
    const struct capacity_row *row; /* NULL: there is no such platform */
    int peers;
    enum capacity_resource resource;
    bool printed;
    int64_t value; /* CAPACITY_NOT_STATED: none */
};

static struct figure figure_of(const struct tables_view *view, const struct capacity_row *row,
                               int peers, enum capacity_resource resource)
{
    return (struct figure){.row = row,
                           .peers = peers,
                           .resource = resource,
                           .value = row ? capacity_row_cluster(row, view->rule, peers, resource)
                                        : CAPACITY_NOT_STATED};
}

/* The source of a figure: the document, and for a cluster the factor and where that is from. */
static void put_source(struct table *rows, const struct tables_view *view,
                       const struct figure *figure)
{
    const struct capacity_row *row = figure->row;
    int peers = figure->peers;
    int factor = capacity_factor(view->rule, peers, !row->gain);
    char source[1024];
    const struct capacity_table *table = view->table;
    const struct capacity_rule *rule = capacity_rule(view->rule);
    int used = snprintf(
        source, sizeof source, "%s%s%s%s", table->document[0] ? table->document : "own table",
        table->updated[0] ? " (" : "", table->updated, table->updated[0] ? ")" : "");
    if (used < 0 || (size_t)used >= sizeof source)
        used = (int)strlen(source);
    if (figure->printed)
        used +=
            snprintf(source + used, sizeof source - (size_t)used, "; printed for %d peers", peers);
    else if (peers > 1)
        used += snprintf(source + used, sizeof source - (size_t)used, "; %d x one node%s%s", factor,
                         rule ? " by " : "", rule ? rule->document : "");
    bool hardware = assumption_of_hardware(row->platform);
    if ((hardware || (figure->resource == CAPACITY_TURN_RELAYS && row->turn_ports)) &&
        (size_t)used < sizeof source)
        snprintf(source + used, sizeof source - (size_t)used, "; %s",
                 assumption_clause(hardware ? ASSUMES_HARDWARE : ASSUMES_MULTIPLEXING));
    table_text(rows, source);
}

/* Nothing where there is no figure. */
static void put_row(struct table *rows, const struct tables_view *view, const struct figure *figure)
{
    if (figure->value == CAPACITY_NOT_STATED)
        return;
    table_text(rows, view->table->name);
    table_text(rows, figure->row->platform);
    table_count(rows, figure->peers);
    table_text(rows, figure->printed ? "printed" : redundancy_name(view->rule));
    table_text(rows, capacity_resource_name(figure->resource));
    table_count(rows, figure->value);
    put_source(rows, view, figure);
}

/* Not before there is something to show. */
static void begin_rows(struct table *rows)
{
    if (!rows->columns)
        table_begin(rows, "tables", "table,platform,peers,redundancy,resource,value,source");
}

/* What the document prints for a cluster where that is not what the factor gives, else NOT_STATED.
 */
static int64_t contradiction(const struct tables_view *view, const struct capacity_row *node,
                             int peers, enum capacity_resource resource)
{
    const struct capacity_row *printed =
        view->printed && peers > 1 ? capacity_table_row(view->table, node->platform, peers) : NULL;
    if (!printed ||
        printed->figures[resource] == capacity_row_cluster(node, view->rule, peers, resource))
        return CAPACITY_NOT_STATED;
    return printed->figures[resource];
}

static void put_peers(struct table *rows, const struct tables_view *view,
                      const struct capacity_row *row, int peers)
{
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++) {
        struct figure figure = figure_of(view, row, peers, (enum capacity_resource)i);
        put_row(rows, view, &figure);
        figure.printed = true;
        figure.value = contradiction(view, row, peers, figure.resource);
        put_row(rows, view, &figure);
    }
}

void tables_rows(struct table *rows, const struct tables_view *view)
{
    begin_rows(rows);
    for (size_t i = 0; i < view->table->row_count; i++)
        if (shows(view, &view->table->rows[i]))
            for (int peers = view->peers_first; peers <= view->peers_last; peers++)
                put_peers(rows, view, &view->table->rows[i], peers);
}

/* ---- text ---- */

static int platform_width(const struct tables_view *view)
{
    size_t width = strlen("platform");
    for (size_t i = 0; i < view->table->row_count; i++) {
        size_t length = strlen(view->table->rows[i].platform);
        if (shows(view, &view->table->rows[i]) && length > width)
            width = length;
    }
    return (int)width;
}

static void text_title(FILE *out, const struct tables_view *view)
{
    put_safe(out, view->table->name);
    if (view->peers_last == 1)
        fputs(": one node\n", out);
    else if (view->peers_first == view->peers_last)
        fprintf(out, ": %d peers, redundancy %s\n", view->peers_last, redundancy_name(view->rule));
    else
        fprintf(out, ": %d to %d peers, redundancy %s\n", view->peers_first, view->peers_last,
                redundancy_name(view->rule));
    fputs("Source: ", out);
    put_document(out, view->table);
    fputc('\n', out);
    const struct capacity_rule *rule = capacity_rule(view->rule);
    if (view->peers_last > 1 && rule)
        fprintf(out, "Factors: %s\n", rule->document);
    if (view->table->fast_path)
        fputs("Holds with fast path registration on.\n", out);
    static const char *const scopes[] = {"", "Recommended figures of a design guide.\n",
                                         "A ceiling on licences, not what a node carries.\n"};
    fputs(scopes[view->table->scope], out);
}

static void text_heading(FILE *out, const struct tables_view *view, int width)
{
    bool cluster = view->peers_last > 1;
    fprintf(out, "\n%*s", width, "");
    fputs(cluster ? "             " : "", out);
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        fprintf(out, "%*s", headings[i].width, headings[i].above);
    fputc('\n', out);
    fprintf(out, "%-*s", width, "platform");
    fputs(cluster ? " peers factor" : "", out);
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        fprintf(out, "%*s", headings[i].width, headings[i].below);
    fputc('\n', out);
}

static void text_row(FILE *out, const struct tables_view *view, const struct capacity_row *row,
                     int peers, int width)
{
    put_left(out, row->platform, width);
    if (view->peers_last > 1)
        fprintf(out, " %5d %6d", peers, capacity_factor(view->rule, peers, !row->gain));
    for (int i = 0; i < CAPACITY_RESOURCE_COUNT; i++)
        put_figure(out, headings[i].width,
                   capacity_row_cluster(row, view->rule, peers, (enum capacity_resource)i));
    fputc('\n', out);
}

static void text_notes(FILE *out, const struct tables_view *view, int width)
{
    bool first = true;
    for (size_t i = 0; i < view->table->row_count; i++) {
        const struct capacity_row *row = &view->table->rows[i];
        if (!shows(view, row) || !row->note[0])
            continue;
        fputs(first ? "\nNotes:\n" : "", out);
        first = false;
        fputs("  ", out);
        put_left(out, row->platform, width + 2);
        put_safe(out, row->note);
        fputc('\n', out);
    }
}

static void text_printed(FILE *out, const struct tables_view *view, int width)
{
    bool first = true;
    for (size_t i = 0; i < view->table->row_count; i++) {
        const struct capacity_row *row = &view->table->rows[i];
        for (int peers = view->peers_first; peers <= view->peers_last && shows(view, row); peers++)
            for (int k = 0; k < CAPACITY_RESOURCE_COUNT; k++) {
                int64_t printed = contradiction(view, row, peers, (enum capacity_resource)k);
                if (printed == CAPACITY_NOT_STATED)
                    continue;
                fputs(first ? "\nThe document prints other figures than its own factor gives:\n"
                            : "",
                      out);
                first = false;
                fputs("  ", out);
                put_left(out, row->platform, width + 2);
                fprintf(out, "%d peers, %s: printed %" PRId64 ", computed ", peers,
                        headings[k].label, printed);
                put_figure(out, 0,
                           capacity_row_cluster(row, view->rule, peers, (enum capacity_resource)k));
                fputc('\n', out);
            }
    }
}

/* Another table that should say the same: nodes of the same release in the same mode. */
static bool rivals(const struct capacity_table *a, const struct capacity_table *b)
{
    return a != b && a->release[0] && a->scope == CAPACITY_NODE && b->scope == CAPACITY_NODE &&
           a->fast_path == b->fast_path && strcmp(a->release, b->release) == 0;
}

static void text_rival(FILE *out, const struct tables_view *view,
                       const struct capacity_table *rival, int width)
{
    bool first = true;
    for (size_t i = 0; i < view->table->row_count; i++) {
        const struct capacity_row *row = &view->table->rows[i];
        const struct capacity_row *other = capacity_table_row(rival, row->platform, 1);
        for (int k = 0; k < CAPACITY_RESOURCE_COUNT && other && shows(view, row); k++) {
            if (row->figures[k] == other->figures[k])
                continue;
            if (first) {
                fprintf(out, "\n%s says otherwise for one node;\nits source: ", rival->name);
                put_document(out, rival);
                fputc('\n', out);
            }
            first = false;
            fputs("  ", out);
            put_left(out, row->platform, width + 2);
            fprintf(out, "%s: ", headings[k].label);
            put_figure(out, 0, other->figures[k]);
            fputs(" there, ", out);
            put_figure(out, 0, row->figures[k]);
            fputs(" here\n", out);
        }
    }
}

static void text_footer(FILE *out, const struct tables_view *view)
{
    bool silent = false;
    for (size_t i = 0; i < view->table->row_count; i++)
        for (int k = 0; k < CAPACITY_RESOURCE_COUNT && shows(view, &view->table->rows[i]); k++)
            silent = silent || view->table->rows[i].figures[k] == CAPACITY_NOT_STATED;
    fputs("\nVideo and audio figures are alternatives, not both at once. All necessary licences\n"
          "are assumed, and a cluster that serves one purpose.",
          out);
    fputs(silent ? " A dash: the document states none.\n" : "\n", out);
    unsigned assumed = view->peers_last > 1 ? 1u << ASSUMES_SMALLEST : 0;
    for (size_t i = 0; i < view->table->row_count; i++) {
        const struct capacity_row *row = &view->table->rows[i];
        if (!shows(view, row))
            continue;
        assumed |= assumption_of_hardware(row->platform) ? 1u << ASSUMES_HARDWARE : 0;
        assumed |= row->turn_ports ? 1u << ASSUMES_MULTIPLEXING : 0;
    }
    for (enum assumption a = 0; a < ASSUMPTION_COUNT; a++)
        if (assumed >> a & 1)
            fprintf(out, "%s.\n", assumption_words(a));
    fputs("These are guideline figures, not guaranteed.\n", out);
}

void tables_print_text(FILE *out, const struct tables_view *view)
{
    int width = platform_width(view);
    text_title(out, view);
    text_heading(out, view, width);
    for (size_t i = 0; i < view->table->row_count; i++)
        for (int peers = view->peers_first; peers <= view->peers_last; peers++)
            if (shows(view, &view->table->rows[i]))
                text_row(out, view, &view->table->rows[i], peers, width);
    if (capacity_outside_rule(view->rule, view->peers_last))
        fprintf(out, "\nPeer %d is outside the rule %s: it adds no capacity.\n", view->peers_last,
                redundancy_name(view->rule));
    text_notes(out, view, width);
    text_printed(out, view, width);
    for (size_t i = 0; i < capacity_tables_count(view->all); i++)
        if (rivals(view->table, capacity_tables_at(view->all, i)))
            text_rival(out, view, capacity_tables_at(view->all, i), width);
    text_footer(out, view);
}

/* ---- differences ---- */

/* A figure of both tables; where a platform is new or gone it has none in one of them. */
struct difference {
    const struct tables_view *from, *to;
    struct figure before, after;
};

typedef void difference_put(void *out, const struct difference *difference);

/* Calls put for every figure that differs. Returns how many there were. */
static size_t each_difference(void *out, const struct tables_view *from,
                              const struct tables_view *to, difference_put *put)
{
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        const struct tables_view *view = pass ? to : from, *other_view = pass ? from : to;
        for (size_t i = 0; i < view->table->row_count; i++) {
            const struct capacity_row *row = &view->table->rows[i];
            const struct capacity_row *other =
                capacity_table_row(other_view->table, row->platform, 1);
            if (!shows(view, row) || (pass && other)) /* those of both tables came with the first */
                continue;
            for (int peers = view->peers_first; peers <= view->peers_last; peers++)
                for (int k = 0; k < CAPACITY_RESOURCE_COUNT; k++) {
                    enum capacity_resource resource = (enum capacity_resource)k;
                    const struct difference d = {
                        from, to, figure_of(from, pass ? NULL : row, peers, resource),
                        figure_of(to, pass ? row : other, peers, resource)};
                    if (d.before.value == d.after.value)
                        continue;
                    put(out, &d);
                    count++;
                }
        }
    }
    return count;
}

static void difference_rows(void *out, const struct difference *d)
{
    put_row(out, d->from, &d->before);
    put_row(out, d->to, &d->after);
}

size_t tables_diff_rows(struct table *rows, const struct tables_view *from,
                        const struct tables_view *to)
{
    begin_rows(rows);
    return each_difference(rows, from, to, difference_rows);
}

static void difference_text(void *stream, const struct difference *d)
{
    FILE *out = stream;
    const struct capacity_row *a = d->before.row, *b = d->after.row;
    int64_t before = d->before.value, after = d->after.value;
    put_left(out, a ? a->platform : b ? b->platform : "", 14);
    if (d->from->peers_last > 1)
        fprintf(out, "%d peers  ", d->before.peers);
    fprintf(out, "%-18s", headings[d->before.resource].label);
    put_figure(out, 9, before);
    fputs("  ->", out);
    put_figure(out, 9, after);
    if (before != CAPACITY_NOT_STATED && after != CAPACITY_NOT_STATED)
        fprintf(out, "   %+" PRId64 "\n", after - before);
    else
        fputs(!a   ? "   new platform\n"
              : !b ? "   no such platform any more\n"
                   : "   stated in one only\n",
              out);
}

static void diff_side(FILE *out, const char *label, const struct tables_view *view)
{
    fprintf(out, "%-5s", label);
    put_safe(out, view->table->name);
    fputs(": ", out);
    put_document(out, view->table);
    fputc('\n', out);
}

static void diff_rules(FILE *out, const struct tables_view *from, const struct tables_view *to)
{
    if (from->rule == to->rule)
        return;
    fputs("\nfactor for      1  2  3  4  5  6 peers\n", out);
    for (int side = 0; side < 2; side++) {
        const struct tables_view *view = side ? to : from;
        const struct capacity_rule *rule = capacity_rule(view->rule);
        fprintf(out, "%s %-8s", side ? "to  " : "from", redundancy_name(view->rule));
        for (int peers = 1; peers <= CLUSTER_PEERS_MAX; peers++)
            fprintf(out, "  %d", capacity_factor(view->rule, peers, false));
        fprintf(out, "        %s\n", rule ? rule->document : "the sum of the peers");
    }
}

size_t tables_print_diff_text(FILE *out, const struct tables_view *from,
                              const struct tables_view *to)
{
    if (from->peers_last == 1)
        fputs("What changes for one node\n", out);
    else if (from->peers_first == from->peers_last)
        fprintf(out, "What changes for a cluster of %d peers\n", from->peers_last);
    else
        fprintf(out, "What changes for clusters of %d to %d peers\n", from->peers_first,
                from->peers_last);
    diff_side(out, "from", from);
    diff_side(out, "to", to);
    fputc('\n', out);
    size_t count = each_difference(out, from, to, difference_text);
    if (count == 0)
        fputs("no difference\n", out);
    diff_rules(out, from, to);
    fputs("\nThese are guideline figures, not guaranteed.\n", out);
    return count;
}

/* ---- a file of expected figures ---- */

void tables_check_rows(struct table *rows, const struct capacity_check *check)
{
    table_begin(rows, "tables", "line,table,platform,peers,redundancy,resource,value,expected");
    for (size_t i = 0; i < check->count; i++) {
        const struct capacity_difference *d = &check->items[i];
        table_count(rows, d->line);
        table_text(rows, d->table);
        table_text(rows, d->platform);
        table_count(rows, d->peers);
        table_text(rows, d->redundancy);
        table_text(rows, capacity_resource_name(d->resource));
        if (d->here == CAPACITY_NOT_STATED)
            table_empty(rows);
        else
            table_count(rows, d->here);
        table_count(rows, d->expected);
    }
}

void tables_print_check(FILE *out, const struct capacity_check *check, const char *file)
{
    for (size_t i = 0; i < check->count; i++) {
        const struct capacity_difference *d = &check->items[i];
        put_safe(out, file);
        fprintf(out, ":%ld: ", d->line);
        put_safe(out, d->table);
        fputc(' ', out);
        put_safe(out, d->platform);
        if (d->peers > 1)
            fprintf(out, ", %d peers", d->peers);
        fprintf(out, ", %s: %" PRId64 " expected, ", headings[d->resource].label, d->expected);
        if (d->here == CAPACITY_NOT_STATED)
            fputs("no such figure here\n", out);
        else
            fprintf(out, "%" PRId64 " here\n", d->here);
    }
    fprintf(out, "%zu figure%s compared, %zu differ%s\n", check->figures,
            check->figures == 1 ? "" : "s", check->count, check->count == 1 ? "s" : "");
}

void tables_print_names(FILE *out, const struct capacity_tables *all)
{
    fputs("\nTables (--table NAME):", out);
    size_t column = WIDTH;
    for (size_t i = 0; i < capacity_tables_count(all); i++) {
        const char *name = capacity_tables_at(all, i)->name;
        if (column + strlen(name) + 2 > WIDTH) {
            fputs("\n ", out);
            column = 1;
        }
        fputc(' ', out);
        put_safe(out, name);
        column += strlen(name) + 1;
    }
    fputc('\n', out);
}
