#include "tui/app.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer/sentence.h"
#include "data/schema.h"
#include "data/scenario_patch.h"
#include "tui/edit.h"
#include "tui/format.h"
#include "tui/list.h"
#include "tui/place.h"
#include "tui/popup.h"
#include "tui/popup_seek.h"
#include "tui/templates.h"
#include "tui/tree.h"
#include "tui/verdict.h"

/* The scenario as a tree at the left, the answer at the right, the help of the key under the cursor
 * below. */
struct whatif_screen {
    struct tree tree;
    struct list list; /* of twigs */
    bool peeking;     /* all keys are shown only until something is added */
    bool all;         /* what is being asked for goes to every item of the innermost list */
};

enum {
    STEP_MORE = 1,
    STEP_LESS,
    EDIT,
    EDIT_ALL,
    SCALE,
    SEEK,
    REMOVE,
    ADD,
    STATED_ONLY,
    PIN,
    ASKED_VALUE,
    ASKED_FACTOR,
    ASKED_LIST,
    ASKED_TEMPLATE,
    ASKED_SEEK
};

static const struct key_binding whatif_keys[] = {
    {{'+', '='},
     STEP_MORE,
     "More",
     "the value under the cursor a step up; of a choice, the next",
     NULL},
    {{'-'}, STEP_LESS, "Less", "a step down; of a choice, the one before", NULL},
    {{PRESS_ENTER, '\n'},
     EDIT,
     "Change",
     "type a value or choose one; opens and closes a branch",
     NULL},
    {{'A'}, EDIT_ALL, "All", "the same change for every item of the list: all peers", NULL},
    {{'*'}, SCALE, "Scale", "the calls of the class, or of all classes, times a factor", NULL},
    {{'g'},
     SEEK,
     "Seek",
     "find the smallest value that meets the goals (of a load, the largest); for all peers at once",
     NULL},
    {{'p'}, PIN, "Pin", "pin the present state to compare with; p again unpins it", NULL},
    {{'a'},
     ADD,
     "Add",
     "an item like the one under the cursor, or a new one: also into empty lists",
     NULL},
    {{'x', PRESS_DELETE}, REMOVE, "Remove", "remove the item, or go back to the default", NULL},
    {{'v'}, STATED_ONLY, NULL, "show only what the scenario states, or all keys", NULL},
    {{0}, 0, NULL, NULL, NULL},
};

/* ---- The tree ---- */

#define HELP_LINES 2

/* A line less than on the Cluster screen: here the tree matters more. */
static int answer_lines(int height)
{
    return height >= 26 ? VERDICT_LINES : 3;
}

static int tree_height(const struct app *app)
{
    int height = app_body(app).height;
    return height - answer_lines(height) - 2 - HELP_LINES;
}

static void rebuild(struct whatif_screen *s, const struct app *app)
{
    tree_build(&s->tree, app->session->tree.root);
    list_resize(&s->list, s->tree.count, tree_height(app));
}

static void *whatif_init(struct app *app)
{
    struct whatif_screen *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->tree.stated_only = true;
    tree_open(&s->tree, "clusters", true);
    tree_open(&s->tree, "clusters[0]", true);
    tree_open(&s->tree, "calls", true);
    tree_open(&s->tree, "calls[0]", true);
    rebuild(s, app);
    return s;
}

static void whatif_done(void *state)
{
    struct whatif_screen *s = state;
    if (s)
        tree_release(&s->tree);
    free(s);
}

static const struct twig *selected(const struct whatif_screen *s)
{
    return s->list.cursor < s->tree.count ? &s->tree.twigs[s->list.cursor] : NULL;
}

static void open_twig(struct whatif_screen *s, struct app *app, bool open)
{
    const struct twig *t = selected(s);
    if (!t)
        return;
    if (t->branch && t->open != open) {
        tree_open(&s->tree, t->path, open);
        rebuild(s, app);
        return;
    }
    if (!open && t->depth > 0) { /* to the branch it is on */
        int row = s->list.cursor;
        while (row > 0 && s->tree.twigs[row].depth >= t->depth)
            row--;
        list_select(&s->list, row, tree_height(app));
    }
}

/* ---- Changing ---- */

static void first_message(const struct errors *errors, char *why, size_t size)
{
    for (size_t i = 0; i < errors->count; i++)
        if (!errors->items[i].warning) {
            snprintf(why, size, "%s", errors->items[i].message);
            return;
        }
    snprintf(why, size, "this does not give a scenario");
}

static bool apply(struct app *app, const char *path, const char *value, char *why, size_t size)
{
    struct errors errors;
    errors_init(&errors);
    bool ok = session_set(app->session, path, value, &errors);
    if (!ok)
        first_message(&errors, why, size);
    errors_release(&errors);
    return ok;
}

static void select_path(struct whatif_screen *s, const struct app *app, const char *path)
{
    int row = tree_find(&s->tree, path);
    if (row >= 0)
        list_select(&s->list, row, tree_height(app));
}

static void set_value(struct whatif_screen *s, struct app *app, const char *value)
{
    char why[256] = "", path[512], place[512];
    const struct twig *t = selected(s);
    if (!t)
        return;
    snprintf(path, sizeof path, "%s", t->path);
    place_setting(&app->session->tree, path, s->all ? PLACE_ALL_ITEMS : PLACE_NAMED, place,
                  sizeof place);
    bool ok;
    if (s->all) {
        char *setting = NULL;
        ok = asprintf(&setting, "%s=%s", place, value) >= 0 &&
             edit_apply(app, &(struct settings){(const char *[]){setting}, 1}, setting, why,
                        sizeof why);
        free(setting);
    } else {
        ok = apply(app, path, value, why, sizeof why);
        if (ok)
            app_changed(app);
    }
    s->all = false;
    if (!ok) {
        app_say(app, INK_BAD, "%s: %s", place, why);
        return;
    }
    select_path(s, app, path);
    app_say(app, INK_TEXT, "%s: %s", place, value);
}

/* Asked by the prompt before it closes: what cannot be is said there. */
static bool check_value(struct app *app, const char *text, char *why, size_t size)
{
    const struct whatif_screen *s = app->states[SCREEN_WHATIF];
    const struct twig *t = selected(s);
    struct schema_value value;
    if (!t)
        return true;
    if (!*text) {
        snprintf(why, size, "a value is needed; Esc leaves it as it was");
        return false;
    }
    bool scalar = t->row->type < TYPE_REFERENCES && t->row->type != TYPE_REFERENCE;
    return !scalar || schema_read_text(t->row, text, &value, why, size);
}

static void range_text(const struct schema_row *row, char *buffer, size_t size)
{
    if ((row->low == 0 && row->high == 0) || row->type == TYPE_DURATION || row->type == TYPE_TIME)
        snprintf(buffer, size, "%s", "");
    else if (row->type == TYPE_FRACTION)
        snprintf(buffer, size, ", %g%% to %g%%", row->low * 100, row->high * 100);
    else if (row->high > 0 && row->high < 1e9)
        snprintf(buffer, size, ", %g to %g%s%s", row->low, row->high, row->unit ? " " : "",
                 row->unit ? row->unit : "");
    else
        snprintf(buffer, size, ", at least %g", row->low);
}

static void ask_value(struct app *app, const struct twig *t)
{
    char value[512], help[512], range[96], place[512];
    twig_value(t, &app->session->tree, value, sizeof value);
    if (!t->node && value[0] == '(')
        value[0] = '\0';
    range_text(t->row, range, sizeof range);
    snprintf(help, sizeof help, "%s (%s%s: %s)", t->row->help, schema_type_name(t->row->type),
             range, schema_type_form(t->row->type));
    place_setting(&app->session->tree, t->path, PLACE_NAMED, place, sizeof place);
    void *prompt = prompt_new(place, help, value);
    prompt_set_check(prompt, check_value);
    app_push(app, &popup_prompt, prompt, ASKED_VALUE);
}

static void ask_words(struct app *app, const struct twig *t, char *const *words)
{
    char value[128], place[512];
    int at = 0;
    place_setting(&app->session->tree, t->path, PLACE_NAMED, place, sizeof place);
    twig_value(t, &app->session->tree, value, sizeof value);
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], value))
            at = i;
    app_push(app, &popup_choice, choice_new(place, t->row->help, (const char *const *)words, at),
             ASKED_VALUE);
}

static void edit(struct whatif_screen *s, struct app *app, bool all)
{
    const struct twig *t = selected(s);
    char next[64];
    if (!t)
        return;
    s->all = all && strchr(t->path, '[') && !t->branch;
    if (all && !s->all) {
        app_say(app, INK_DIM, "move to a key of an item first: the platform of a peer");
        return;
    }
    if (t->branch) {
        open_twig(s, app, !t->open);
        return;
    }
    if (t->row->type == TYPE_BOOLEAN && !all) {
        twig_value(t, &app->session->tree, next, sizeof next);
        twig_step(t, next, 1, next, sizeof next);
        set_value(s, app, next);
        return;
    }
    char **words = edit_words(app, t->row);
    if (words)
        ask_words(app, t, words);
    else
        ask_value(app, t);
    edit_words_free(words);
}

/* The class that the cursor is in, by its name; "*" elsewhere. */
static const char *class_here(const struct whatif_screen *s, const struct app *app)
{
    const struct twig *t = selected(s);
    int index = t ? place_index(t->path, "calls") : -1;
    return index >= 0 && (uint32_t)index < app->session->scenario.class_count
               ? app->session->scenario.classes[index].name
               : "*";
}

static void ask_factor(struct whatif_screen *s, struct app *app)
{
    const char *name = class_here(s, app);
    char title[128];
    snprintf(title, sizeof title, "%s times", strcmp(name, "*") ? name : "all calls");
    app_push(app, &popup_prompt,
             prompt_new(title, "times what the file says: 1.3 or 130%; 1 restores it", "1.3"),
             ASKED_FACTOR);
}

static void scale(struct whatif_screen *s, struct app *app)
{
    char why[256] = "";
    if (!edit_scale(app, class_here(s, app), app->answer, why, sizeof why))
        app_say(app, INK_BAD, "%s", why);
}

static void step(struct whatif_screen *s, struct app *app, int direction)
{
    const struct twig *t = selected(s);
    char value[256], next[256];
    if (!t)
        return;
    if (!t->branch)
        twig_value(t, &app->session->tree, value, sizeof value);
    if (t->branch || !twig_step(t, value, direction, next, sizeof next))
        app_say(app, INK_DIM, "%s cannot be stepped: Enter changes it", t->label);
    else
        set_value(s, app, next);
}

/* ---- Goal seek ---- */

static bool is_load(const char *key)
{
    static const char *const loads[] = {"rate",    "per-endpoint", "busy-hour-erlangs",
                                        "sources", "count",        "scale",
                                        "mean",    "probability"};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        if (!strcmp(key, loads[i]))
            return true;
    return false;
}

/* The number that a key holds, with its unit behind it; false when it holds none. */
static bool number_of(const char *text, double *number, char *unit, size_t size)
{
    char *end;
    *number = strtod(text, &end);
    if (end == text || !isfinite(*number) || *number < 0 || strlen(end) >= size ||
        strspn(end, "/%abcdefghijklmnopqrstuvwxyzMkG") != strlen(end))
        return false;
    snprintf(unit, size, "%s", end);
    return true;
}

/* Calls times a factor: of a class, or of all where the cursor is in none. */
static void aim_at_load(const struct whatif_screen *s, const struct app *app, struct seek_aim *aim)
{
    char name[SETTING_NAME_SIZE];
    const struct twig *t = selected(s);
    const char *class = class_here(s, app);
    int index = t ? place_index(t->path, "calls") : -1;
    *aim = (struct seek_aim){
        .unit = "%", .now = 100, .low = 1, .high = 6400, .grain = 1, .largest = true, .times = 1};
    snprintf(aim->path, sizeof aim->path, "calls.%s.arrivals.scale",
             strcmp(class, "*") ? setting_name(class, name) : "*");
    if (index >= 0)
        aim->now = round(100 * edit_factor(app, (uint32_t)index));
}

static bool aim_at_key(const struct app *app, const struct twig *t, struct seek_aim *aim)
{
    char text[128];
    twig_value(t, &app->session->tree, text, sizeof text);
    *aim = (struct seek_aim){.times = 1, .largest = is_load(t->row->key)};
    place_setting(&app->session->tree, t->path, PLACE_ALL_ITEMS, aim->path, sizeof aim->path);
    if (aim->largest || !strstr(t->path, ".peers["))
        place_setting(&app->session->tree, t->path, PLACE_NAMED, aim->path, sizeof aim->path);
    int cluster = place_index(t->path, "clusters");
    if (strstr(aim->path, ".*.") && cluster >= 0)
        aim->times = app->session->scenario.clusters[cluster].peer_count;
    if (!number_of(text, &aim->now, aim->unit, sizeof aim->unit))
        return false;
    bool whole = t->row->type == TYPE_INTEGER;
    aim->grain = whole || aim->now <= 0 ? 1 : pow(10, floor(log10(aim->now)) - 2);
    aim->low = whole ? t->row->low : aim->grain;
    aim->high = fmax(64 * aim->now, whole ? 1000 : 64 * aim->grain);
    if (whole && t->row->high > 0 && aim->high > t->row->high)
        aim->high = t->row->high;
    return whole || t->row->type == TYPE_RATE || t->row->type == TYPE_FRACTION ||
           t->row->type == TYPE_DURATION || t->row->type == TYPE_BITS || t->row->type == TYPE_REAL;
}

/* The number of peers of the cluster whose list it is. */
static void aim_at_peers(const struct app *app, const struct twig *t, struct seek_aim *aim)
{
    *aim = (struct seek_aim){
        .now = t->count, .low = 1, .high = CLUSTER_PEERS_MAX, .grain = 1, .times = 1};
    place_setting(&app->session->tree, t->path, PLACE_NAMED, aim->path, sizeof aim->path);
}

static void seek(struct whatif_screen *s, struct app *app)
{
    const struct twig *t = selected(s);
    struct seek_aim aim;
    if (!t)
        return;
    if (t->branch && t->row->type == TYPE_LIST && !t->item && !strcmp(t->row->key, "peers") &&
        place_index(t->path, "clusters") >= 0) {
        aim_at_peers(app, t, &aim);
    } else if (t->branch && !strncmp(t->path, "calls", 5)) {
        aim_at_load(s, app, &aim);
    } else if (t->branch || !aim_at_key(app, t, &aim)) {
        app_say(app, INK_DIM, "move to a number: rms, a rate, peers, a class of calls");
        return;
    }
    free(app->seek);
    app->seek = NULL;
    app->aim = aim;
    app->effects |= EFFECT_SEEK;
    app_push(app, &popup_seek, popup_seek_new(), ASKED_SEEK);
}

static void take_sought(struct app *app)
{
    char why[256] = "";
    if (!edit_apply(app, &(struct settings){(const char *[]){app->answer}, 1}, app->answer, why,
                    sizeof why))
        app_say(app, INK_BAD, "%s", why);
}

/* ---- Adding and removing ---- */

/* "clusters[0].peers[1]" becomes "clusters[0].peers[2]". */
static void next_item_path(char *path, size_t size)
{
    char *open = strrchr(path, '[');
    if (open)
        snprintf(open, size - (size_t)(open - path), "[%lu]", strtoul(open + 1, NULL, 10) + 1);
}

/* After a change of the tree, or why there was none. */
static void changed(struct whatif_screen *s, struct app *app, bool ok, struct errors *errors,
                    const char *path, const char *what)
{
    char why[256] = "";
    if (!ok)
        first_message(errors, why, sizeof why);
    errors_release(errors);
    if (!ok) {
        app_say(app, INK_BAD, "%s: %s", path, why);
        return;
    }
    app_changed(app);
    app_say(app, INK_TEXT, "%s", what);
    select_path(s, app, path);
}

static void duplicate(struct whatif_screen *s, struct app *app, const struct twig *t)
{
    char path[512], what[600];
    struct errors errors;
    snprintf(path, sizeof path, "%s", t->path);
    snprintf(what, sizeof what, "one more like %s", t->label);
    errors_init(&errors);
    bool ok = session_duplicate(app->session, path, &errors);
    next_item_path(path, sizeof path);
    changed(s, app, ok, &errors, path, what);
}

static void remove_item(struct whatif_screen *s, struct app *app)
{
    const struct twig *t = selected(s);
    char path[512], what[600];
    struct errors errors;
    if (!t)
        return;
    if (!t->node) {
        app_say(app, INK_DIM, "%s is not stated: its default applies", t->label);
        return;
    }
    snprintf(path, sizeof path, "%s", t->path);
    snprintf(what, sizeof what, "%s is removed", t->label);
    errors_init(&errors);
    bool ok = session_remove(app->session, path, &errors);
    changed(s, app, ok, &errors, path, what);
}

/* What a scenario may have more of, wherever the cursor stands. */
static const struct {
    const char *label, *list; /* the list is of the cluster where it begins with a dot */
} addable[] = {
    {"a class of calls", "calls"},
    {"devices that register", "endpoints"},
    {"an outage or a maintenance", "outages"},
    {"a peer", ".peers"},
    {"a cluster", "clusters"},
    {"a zone", "zones"},
    {"a pipe: a bandwidth limit", "pipes"},
    {"a rolling upgrade", "upgrades"},
    {"a custom platform", "platforms"},
};
#define ADDABLE (sizeof addable / sizeof *addable)

static void ask_list(struct app *app)
{
    const char *labels[ADDABLE + 1];
    for (size_t i = 0; i < ADDABLE; i++)
        labels[i] = addable[i].label;
    labels[ADDABLE] = NULL;
    app_push(app, &popup_choice, choice_new("Add", "to the scenario", labels, 0), ASKED_LIST);
}

/* Templates belong to a list, to one of its items, or to a mapping of several kinds; a key inside
 * stands for the mapping it is in. */
static enum schema_block template_block(const struct twig *t)
{
    return t->branch || t->item ? t->block : BLOCK_COUNT;
}

static void ask_template(struct whatif_screen *s, struct app *app)
{
    const struct twig *t = selected(s);
    const char *labels[16];
    char like[160];
    int count = 0, n = 0;
    if (!t)
        return;
    enum schema_block block = template_block(t);
    const struct template *templates = block < BLOCK_COUNT ? templates_of(block, &count) : NULL;
    if (t->item) {
        snprintf(like, sizeof like, "another like %s", t->label);
        labels[n++] = like;
    }
    for (int i = 0; i < count && n < 15; i++)
        labels[n++] = templates[i].label;
    labels[n] = NULL;
    if (n == 0) {
        ask_list(app);
        return;
    }
    app_push(
        app, &popup_choice,
        choice_new(t->item || t->row->type == TYPE_LIST ? "Add" : "Replace by", t->path, labels, 0),
        ASKED_TEMPLATE);
}

/* To a list, which may be empty or not be there yet, and what may be put in it. */
static void add_to_list(struct whatif_screen *s, struct app *app, int choice)
{
    char path[64];
    const struct twig *t = selected(s);
    int near = t ? place_index(t->path, "clusters") : -1;
    if (choice < 0 || choice >= (int)ADDABLE)
        return;
    const char *list = addable[choice].list;
    if (*list == '.')
        snprintf(path, sizeof path, "clusters[%d]%s", near < 0 ? 0 : near, list);
    else
        snprintf(path, sizeof path, "%s", list);
    s->peeking = s->tree.stated_only && !patch_find(&app->session->tree, path);
    s->tree.stated_only = s->tree.stated_only && !s->peeking;
    tree_open_to(&s->tree, path);
    rebuild(s, app);
    select_path(s, app, path);
    ask_template(s, app);
}

/* The list that a twig is, or is an item of. */
static void list_path(const struct twig *t, char *path, size_t size)
{
    snprintf(path, size, "%s", t->path);
    char *open = t->item ? strrchr(path, '[') : NULL;
    if (open)
        *open = '\0';
}

static void add_template(struct whatif_screen *s, struct app *app, int choice)
{
    const struct twig *t = selected(s);
    char path[512], item[540];
    int count;
    struct errors errors;
    if (!t)
        return;
    if (t->item && choice-- == 0) {
        duplicate(s, app, t);
        return;
    }
    const struct template *templates = templates_of(template_block(t), &count);
    if (choice < 0 || choice >= count)
        return;
    int near = place_index(t->path, "clusters");
    char *yaml =
        template_fill(&templates[choice], &app->session->scenario, near < 0 ? 0 : (uint32_t)near);
    errors_init(&errors);
    if (!t->item && t->row->type != TYPE_LIST) {
        snprintf(path, sizeof path, "%s", t->path);
        bool ok = yaml && session_set(app->session, path, yaml, &errors);
        free(yaml);
        tree_open(&s->tree, path, true);
        changed(s, app, ok, &errors, path, templates[choice].label);
        return;
    }
    list_path(t, path, sizeof path);
    const struct node *list = patch_find(&app->session->tree, path);
    uint32_t index = list ? list->count : 0;
    bool ok = session_append(app->session, path, yaml, &errors);
    s->tree.stated_only = s->tree.stated_only || (s->peeking && ok);
    s->peeking = false;
    snprintf(item, sizeof item, "%s[%u]", path, index);
    tree_open(&s->tree, path, true);
    tree_open(&s->tree, item, true);
    changed(s, app, ok, &errors, ok ? item : path, templates[choice].label);
}

static void pin(struct whatif_screen *s, struct app *app)
{
    bool was = session_pinned(app->session) >= 0;
    if (!was && app->session->pin_count == PINS_MAX) {
        app_say(app, INK_DIM, "there is room for four pins: x on F7 removes one");
        return;
    }
    char letter = session_pin(app->session);
    if (was)
        app_say(app, INK_TEXT, "unpinned");
    else
        app_say(app, INK_TEXT, "pinned as %c: change something and look at F7", letter);
    app_pins_changed(app);
    rebuild(s, app);
}

/* ---- Update ---- */

/* The cursor stays on its key; on one that goes out of sight, at the branch it was on. */
static void show_stated(struct whatif_screen *s, struct app *app)
{
    const struct twig *t = selected(s);
    char path[512];
    snprintf(path, sizeof path, "%s", t ? t->path : "");
    s->tree.stated_only = !s->tree.stated_only;
    s->peeking = false;
    rebuild(s, app);
    while (*path && tree_find(&s->tree, path) < 0) {
        char *cut = strrchr(path, *path && path[strlen(path) - 1] == ']' ? '[' : '.');
        if (!cut)
            break;
        *cut = '\0';
    }
    select_path(s, app, path);
}

static void whatif_press(struct whatif_screen *s, struct app *app, int action)
{
    switch (action) {
    case STEP_MORE:
        step(s, app, 1);
        break;
    case STEP_LESS:
        step(s, app, -1);
        break;
    case EDIT:
    case EDIT_ALL:
        edit(s, app, action == EDIT_ALL);
        break;
    case SCALE:
        ask_factor(s, app);
        break;
    case SEEK:
        seek(s, app);
        break;
    case REMOVE:
        remove_item(s, app);
        break;
    case ADD:
        ask_template(s, app);
        break;
    case PIN:
        pin(s, app);
        break;
    case STATED_ONLY:
        show_stated(s, app);
        break;
    case MOVE_RIGHT:
        open_twig(s, app, true);
        break;
    case MOVE_LEFT:
        open_twig(s, app, false);
        break;
    default:
        list_move(&s->list, action, tree_height(app));
        break;
    }
}

static bool twig_match(const void *context, int row, const char *pattern)
{
    const struct whatif_screen *s = context;
    const struct twig *t = &s->tree.twigs[row];
    return text_matches(t->label, pattern) ||
           (t->node && !t->branch && text_matches(t->node->text, pattern));
}

/* Looks in closed branches too, and opens the way to what it finds. */
static int search_all(struct whatif_screen *s, struct app *app, bool backwards, bool stated_only)
{
    struct whatif_screen whole = {.tree = {.stated_only = stated_only, .everything = true}};
    const struct twig *t = selected(s);
    int row = -1;
    if (t && tree_build(&whole.tree, app->session->tree.root)) {
        int at = tree_find(&whole.tree, t->path);
        whole.list = (struct list){.count = whole.tree.count, .cursor = at < 0 ? 0 : at};
        row = list_search(&whole.list, app->search, backwards, twig_match, &whole);
    }
    if (row >= 0) {
        char path[512];
        snprintf(path, sizeof path, "%s", whole.tree.twigs[row].path);
        s->tree.stated_only = stated_only;
        tree_open_to(&s->tree, path);
        rebuild(s, app);
        row = tree_find(&s->tree, path);
    }
    tree_release(&whole.tree);
    return row;
}

static void whatif_search(struct whatif_screen *s, struct app *app, bool backwards)
{
    int row = search_all(s, app, backwards, s->tree.stated_only);
    if (row < 0 && s->tree.stated_only && (row = search_all(s, app, backwards, false)) >= 0) {
        s->peeking = true;
        app_say(app, INK_TEXT, "\"%s\" is not stated: all keys are shown, v hides them again",
                app->search);
    }
    if (row < 0)
        app_say(app, INK_WARN, "\"%s\" is not here", app->search);
    else
        list_select(&s->list, row, tree_height(app));
}

static void whatif_update(void *state, struct app *app, const struct event *event)
{
    struct whatif_screen *s = state;
    switch (event->kind) {
    case EVENT_PRESS:
        whatif_press(s, app, event->action);
        break;
    case EVENT_ROW:
        list_select(&s->list, event->row, tree_height(app));
        break;
    case EVENT_RETURN:
        if (event->action == ASKED_LIST)
            add_to_list(s, app, event->row);
        else if (event->action == ASKED_TEMPLATE)
            add_template(s, app, event->row);
        else if (event->action == ASKED_FACTOR)
            scale(s, app);
        else if (event->action == ASKED_SEEK)
            take_sought(app);
        else
            set_value(s, app, app->answer);
        break;
    case EVENT_SEARCH:
        whatif_search(s, app, event->row < 0);
        break;
    case EVENT_RESIZE:
    case EVENT_CHANGED:
        rebuild(s, app);
        break;
    case EVENT_FOUND:
    case EVENT_ALONG:
    case EVENT_SOUGHT:
    case EVENT_SHOW:
    case EVENT_TICK:
        break;
    }
}

/* ---- View ---- */

static void view_twig(const struct app *app, struct canvas *canvas, struct area row,
                      const struct twig *t)
{
    char value[256];
    int x = row.x + 1 + 2 * t->depth;
    int column = row.x + (row.width >= 50 ? 28 : 24);
    if (t->branch)
        canvas_put(canvas, x, row.y, t->open ? 0x25BE : 0x25B8, INK_ACCENT);
    enum ink ink = t->item ? INK_STRONG : t->node ? INK_TEXT : INK_DIM;
    int end = canvas_text(canvas, x + 2, row.y, row.x + row.width - x - 3, ink, t->label);
    if (t->branch && t->row->type == TYPE_LIST && !t->item && t->count)
        canvas_format(canvas, end + 1, row.y, 12, INK_DIM, "(%u)", t->count);
    if (t->branch)
        return;
    if (column < end + 1)
        column = end + 1;
    twig_value(t, &app->session->tree, value, sizeof value);
    int at = canvas_text(canvas, column, row.y, row.x + row.width - column - 1,
                         t->node ? INK_ACCENT : INK_DIM, value);
    if (t->row->unit && t->node)
        canvas_text(canvas, at + 1, row.y, row.x + row.width - at - 2, INK_DIM, t->row->unit);
}

static void view_tree(const struct whatif_screen *s, const struct app *app, struct canvas *canvas,
                      struct area area)
{
    canvas_heading(canvas, area.x, area.y, area.width,
                   s->tree.stated_only ? "Scenario" : "Scenario, all keys");
    struct area rows = {area.x, area.y + 1, area.width, area.height - 1};
    int first = list_first(&s->list, rows.height);
    for (int i = 0; i < rows.height && first + i < s->tree.count; i++) {
        struct area row = {rows.x, rows.y + i, rows.width - 1, 1};
        view_twig(app, canvas, row, &s->tree.twigs[first + i]);
        if (first + i == s->list.cursor)
            canvas_tint(canvas, row, INK_SELECTED);
        canvas_hotspot(canvas, row, CLICK_ROW, first + i);
    }
    canvas_scroll_mark(canvas, rows, first, s->tree.count);
}

static void view_help(const struct whatif_screen *s, struct canvas *canvas, struct area area)
{
    const struct twig *t = selected(s);
    char range[96];
    canvas_rule(canvas, area.x, area.y - 1, area.width, INK_DIM);
    if (!t)
        return;
    const char *form = t->row->choices ? t->row->choices : schema_type_form(t->row->type);
    range_text(t->row, range, sizeof range);
    canvas_text(canvas, area.x + 1, area.y, area.width - 2, INK_TEXT,
                t->item ? schema_block_help(t->block) : t->row->help);
    if (!t->branch)
        canvas_format(canvas, area.x + 1, area.y + 1, area.width - 2, INK_DIM, "%s%s%s",
                      range[0] ? range + 2 : form, t->row->fallback ? "; default " : "",
                      t->row->fallback ? t->row->fallback : "");
}

/* A name, and at the right its figure. */
static void view_line(struct canvas *canvas, struct area row, const char *name, enum ink ink,
                      const char *value)
{
    int width = text_width(value);
    canvas_name(canvas, row.x + 3, row.y, row.width - width - 5, INK_TEXT, name);
    canvas_right(canvas, row.x, row.y, row.width - 1, ink, value);
}

static int view_class_lines(const struct app *app, struct canvas *canvas, struct area area, int y)
{
    const struct session *session = app->session;
    const struct standing *known = session->stale ? NULL : session->standing;
    for (uint32_t i = 0; i < session->scenario.class_count && y < area.y + area.height; i++, y++) {
        const struct judged *row = known ? standing_class(&known->answer, i) : NULL;
        struct area line = {area.x, y, area.width, 1};
        char share[SENTENCE_SIZE] = "-";
        if (row) {
            judged_share(row, share);
            char *bracket = strstr(share, " (");
            int name = text_width(session->scenario.classes[i].name);
            if (bracket && text_width(share) > area.width - 5 - name)
                *bracket = '\0';
            canvas_put(canvas, line.x + 1, y, verdict_glyph(row->verdict),
                       verdict_ink(row->verdict));
        }
        view_line(canvas, line, session->scenario.classes[i].name,
                  row && row->verdict == VERDICT_NO ? INK_BAD : INK_STRONG, share);
    }
    return y;
}

static int view_units(const struct app *app, struct canvas *canvas, struct area area, int y)
{
    const struct session *session = app->session;
    const struct standing *known = session->stale ? NULL : session->standing;
    for (uint32_t c = 0; c < session->scenario.cluster_count && y < area.y + area.height;
         c++, y++) {
        char value[FIGURE], text[96];
        double used = known ? figure_best(&known->figures.clusters[c]) : NAN;
        format_figure(value, sizeof value, round(used), "");
        snprintf(text, sizeof text, "%s of %lld", value,
                 (long long)scenario_cluster_units(&session->scenario, c));
        view_line(canvas, (struct area){area.x, y, area.width, 1},
                  session->scenario.clusters[c].name, INK_TEXT, text);
    }
    return y;
}

static void view_pins(const struct app *app, struct canvas *canvas, struct area area, int y)
{
    const struct session *session = app->session;
    if (session->pin_count == 0 || y + 1 >= area.y + area.height)
        return;
    canvas_heading(canvas, area.x, y++, area.width, "Pins");
    for (int i = 0; i < session->pin_count && y < area.y + area.height; i++, y++) {
        const struct pin *pin = &session->pins[i];
        char now[SENTENCE_SIZE] = "pending";
        if (pin->standing) {
            verdict_now(pin->standing, now, sizeof now);
            enum verdict verdict = pin->standing->answer.verdict;
            canvas_put(canvas, area.x + 3, y, verdict_glyph(verdict), verdict_ink(verdict));
        }
        char *bracket = strstr(now, " (");
        if (bracket)
            *bracket = '\0';
        canvas_put(canvas, area.x + 1, y, (uint32_t)('A' + i), INK_ACCENT);
        view_line(canvas, (struct area){area.x + 2, y, area.width - 2, 1}, pin->label, INK_TEXT,
                  now);
    }
}

static void view_answer(const struct app *app, struct canvas *canvas, struct area area)
{
    canvas_heading(canvas, area.x, area.y, area.width, "Refused");
    int y = view_class_lines(app, canvas, area, area.y + 1);
    if (y + 1 < area.y + area.height) {
        canvas_heading(canvas, area.x, y, area.width, "Units, busiest hour");
        y = view_units(app, canvas, area, y + 1);
    }
    view_pins(app, canvas, area, y);
}

static void whatif_view(const void *state, const struct app *app, struct canvas *canvas,
                        struct area area)
{
    const struct whatif_screen *s = state;
    int lines = answer_lines(area.height);
    verdict_draw(canvas, (struct area){area.x + 1, area.y, area.width - 2, lines}, app->session);
    int right = area.width >= 120 ? area.width / 3 : area.width >= 76 ? 34 : 0;
    int top = area.y + lines, height = tree_height(app) + 1;
    view_tree(s, app, canvas, (struct area){area.x, top, area.width - right, height});
    if (right)
        view_answer(app, canvas, (struct area){area.x + area.width - right, top, right, height});
    view_help(s, canvas,
              (struct area){area.x, area.y + area.height - HELP_LINES, area.width, HELP_LINES});
}

static void whatif_where(const void *state, const struct app *app, char *buffer, size_t size)
{
    const struct whatif_screen *s = state;
    const struct twig *t = selected(s);
    if (t)
        place_setting(&app->session->tree, t->path, PLACE_NAMED, buffer, size);
}

const struct screen screen_whatif = {
    .where = whatif_where,
    .title = "What-if",
    .keys = whatif_keys,
    .init = whatif_init,
    .update = whatif_update,
    .view = whatif_view,
    .done = whatif_done,
};
