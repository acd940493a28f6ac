/* The house keeps its order: arrows point down only, libraries stay in their folder, no banned
 * function, no global in model/ and sim/, no function that is too long. Reads the sources from the
 * current folder, objects from beside the test program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FUNCTION_LINES_MAX 80

/* Which folders a folder may include from, besides itself. */
static const struct {
    const char *folder, *below[12];
} layers[] = {
    {"model/base", {NULL}},
    {"model", {"model/base"}},
    {"model/formulas", {"model/base", "model"}},
    {"model/estimate", {"model/base", "model", "model/formulas"}},
    {"model/exact", {"model/base", "model", "model/formulas"}},
    {"sim/engine", {"model/base", "model"}},
    {"sim/study", {"model/base", "model", "model/formulas", "model/exact", "sim/engine"}},
    {"answer",
     {"model/base", "model", "model/formulas", "model/estimate", "model/exact", "sim/engine",
      "sim/study"}},
    {"data", {"model/base", "model"}},
    {"reports",
     {"model/base", "model", "model/formulas", "model/estimate", "model/exact", "sim/engine",
      "sim/study", "answer"}},
    {"tui",
     {"model/base", "model", "model/formulas", "model/estimate", "model/exact", "sim/engine",
      "sim/study", "answer", "data", "reports"}},
    {"cli",
     {"model/base", "model", "model/formulas", "model/estimate", "model/exact", "sim/engine",
      "sim/study", "answer", "data", "reports", "tui"}},
};

/* Arrows that still point up; each is to be turned. */
static const struct {
    const char *folder, *header;
} exceptions[] = {
    {NULL, NULL},
};

/* Libraries and the folders that they live in, a row a folder. */
static const struct {
    const char *header, *folder;
} libraries[] = {
    {"curses.h", "tui"},         {"ncurses.h", "tui"},   {"ncursesw/", "tui"},
    {"term.h", "tui"},           {"panel.h", "tui"},     {"csv.h", "data"},
    {"yaml.h", "data"},          {"archive.h", "data"},  {"archive_entry.h", "data"},
    {"sqlite3.h", "data"},       {"argp.h", "cli"},      {"zlib.h", "data"},
    {"jansson.h", "data"},       {"nettle/", "data"},    {"jansson.h", "reports"},
    {"xlsxwriter.h", "reports"}, {"nettle/", "reports"},
};

static const char *const banned[] = {"strcpy",  "stpcpy",     "sprintf",   "vsprintf", "strtok",
                                     "atoi",    "atol",       "atof",      "gets",     "rand",
                                     "srand",   "random",     "localtime", "gmtime",   "ctime",
                                     "asctime", "strerror_l", "system",    NULL};
/* Libraries neither print nor exit. */
static const char *const loud[] = {"printf", "puts",  "putchar", "perror", "exit",
                                   "_exit",  "abort", "getenv",  "setenv", NULL};
/* The rules know no files and no clock. */
static const char *const impure[] = {"fopen", "open", "fprintf", "fputs",        "fwrite",
                                     "fread", "time", "clock",   "gettimeofday", NULL};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static size_t faults;

static void fault(const char *file, long line, const char *what, const char *which)
{
    print_error("%s:%ld: %s %s\n", file, line, what, which);
    faults++;
}

/* ---- sources ---- */

/* A file with comments, strings and character constants blanked out, line ends kept; owned. */
static char *code_read(const char *path, bool keep_strings)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length;
    char *text = NULL;
    FILE *out = open_memstream(&text, &length);
    enum { CODE, LINE, BLOCK, STRING, CHARACTER } state = CODE;
    for (int c, before = 0; (c = getc(file)) != EOF; before = c) {
        int next = getc(file);
        ungetc(next, file);
        bool blank = state == LINE || state == BLOCK || (state >= STRING && !keep_strings);
        if (state == CODE && c == '/' && (next == '/' || next == '*'))
            state = next == '/' ? LINE : BLOCK, blank = true;
        else if (state == CODE && (c == '"' || c == '\''))
            state = c == '"' ? STRING : CHARACTER;
        else if (state == LINE && c == '\n')
            state = CODE;
        else if (state == BLOCK && before == '*' && c == '/')
            state = CODE;
        else if (state >= STRING && c == '\\') {
            putc(keep_strings ? c : ' ', out);
            c = getc(file);
        } else if (state >= STRING && c == (state == STRING ? '"' : '\''))
            state = CODE;
        putc(blank && c != '\n' ? ' ' : c, out);
    }
    fclose(file);
    fclose(out);
    return text;
}

static void each_source(const char *folder, const char *pattern,
                        void (*check)(const char *folder, const char *path))
{
    char where[64];
    glob_t found;
    snprintf(where, sizeof where, "%s/%s", folder, pattern);
    if (glob(where, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            check(folder, found.gl_pathv[i]);
    globfree(&found);
}

static void each_file(void (*check)(const char *folder, const char *path))
{
    faults = 0;
    for (size_t i = 0; i < COUNT(layers); i++)
        each_source(layers[i].folder, "*.[ch]", check);
    assert_int_equal(faults, 0);
}

/* ---- includes ---- */

static bool in_folder(const char *header, const char *folder)
{
    const char *slash = strrchr(header, '/');
    return slash && (size_t)(slash - header) == strlen(folder) &&
           strncmp(header, folder, strlen(folder)) == 0;
}

static bool may_include(const char *folder, const char *header)
{
    bool may = in_folder(header, folder);
    for (size_t i = 0; i < COUNT(layers); i++)
        for (size_t j = 0; strcmp(layers[i].folder, folder) == 0 && layers[i].below[j]; j++)
            may = may || in_folder(header, layers[i].below[j]);
    for (size_t i = 0; i < COUNT(exceptions) && exceptions[i].folder; i++)
        may = may || (strcmp(exceptions[i].folder, folder) == 0 &&
                      strcmp(exceptions[i].header, header) == 0);
    return may;
}

static void check_include(const char *folder, const char *path, long line, const char *text)
{
    char header[256], close;
    if (sscanf(text, " # include \"%255[^\"]%c", header, &close) == 2 &&
        !may_include(folder, header))
        fault(path, line, "includes from where it may not:", header);
    if (sscanf(text, " # include <%255[^>]%c", header, &close) != 2)
        return;
    bool ours = false, allowed = false;
    for (size_t i = 0; i < COUNT(libraries); i++) {
        if (strncmp(header, libraries[i].header, strlen(libraries[i].header)) != 0)
            continue;
        ours = true;
        allowed = allowed || strcmp(folder, libraries[i].folder) == 0;
    }
    if (ours && !allowed)
        fault(path, line, "uses a library of another folder:", header);
}

static void check_includes(const char *folder, const char *path)
{
    char *code = code_read(path, true), *rest = code;
    for (long line = 1; rest; line++) {
        char *text = strsep(&rest, "\n");
        check_include(folder, path, line, text);
    }
    free(code);
}

static void test_arrows_point_down(void **state)
{
    (void)state;
    each_file(check_includes);
}

/* ---- calls ---- */

/* Finds `name (` as a word of its own, not a member. */
static void check_calls(const char *path, const char *code, const char *const *names)
{
    long line = 1;
    for (const char *at = code; *at;) {
        if (!isalpha((unsigned char)*at) && *at != '_') {
            line += *at == '\n';
            at++;
            continue;
        }
        size_t length =
            strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        const char *after = at + length + strspn(at + length, " ");
        bool member = at > code && (at[-1] == '.' || at[-1] == '>');
        for (size_t i = 0; names[i] && *after == '(' && !member; i++)
            if (strlen(names[i]) == length && strncmp(names[i], at, length) == 0)
                fault(path, line, "calls", names[i]);
        at += length;
    }
}

/* No files, no clock, no globals. */
static bool is_pure(const char *folder)
{
    return strcmp(folder, "model/base") != 0 &&
           (strncmp(folder, "model", 5) == 0 || strncmp(folder, "sim/", 4) == 0 ||
            strcmp(folder, "answer") == 0);
}

static void check_banned(const char *folder, const char *path)
{
    char *code = code_read(path, false);
    check_calls(path, code, banned);
    if (strcmp(folder, "cli") != 0 && strcmp(folder, "tui") != 0)
        check_calls(path, code, loud);
    if (is_pure(folder) && strcmp(folder, "answer") != 0)
        check_calls(path, code, impure);
    free(code);
}

static void test_no_banned_function(void **state)
{
    (void)state;
    each_file(check_banned);
}

/* ---- the clock ---- */

/* Instants are added to and subtracted by model/base/time.h: a raw + or - on the clock can wrap. */
static void check_clock(const char *folder, const char *path)
{
    if (strcmp(folder, "sim/engine") != 0 || !strstr(path, ".c"))
        return;
    char *code = code_read(path, false), *rest = code;
    for (long line = 1; rest; line++) {
        char *text = strsep(&rest, "\n");
        for (char *at = text; (at = strstr(at, "now")); at += 3)
            if ((at == text || !isalnum((unsigned char)at[-1])) && at[3] == ' ' &&
                (at[4] == '+' || at[4] == '-') && at[5] == ' ')
                fault(path, line, "adds to the clock by", "hand");
    }
    free(code);
}

static void test_the_clock_cannot_wrap(void **state)
{
    (void)state;
    each_file(check_clock);
}

/* ---- length of functions ---- */

static void check_length(const char *folder, const char *path)
{
    (void)folder;
    char *code = code_read(path, false), *rest = code;
    long start = 0;
    for (long line = 1; rest; line++) {
        char *text = strsep(&rest, "\n");
        if (text[0] == '{')
            start = line;
        if (text[0] == '}' && start) {
            char count[32];
            snprintf(count, sizeof count, "%ld lines", line - start - 1);
            if (line - start - 1 > FUNCTION_LINES_MAX)
                fault(path, start, "a function of", count);
            start = 0;
        }
    }
    free(code);
}

static void test_no_function_is_too_long(void **state)
{
    (void)state;
    each_file(check_length);
}

/* ---- parameters of functions ---- */

#define PARAMETERS_MAX 5

/* Functions with more parameters, by folder: a number here may only fall. What travels together is
 * a struct with a meaning. */
/* clang-format off */
static const struct {
    const char *folder;
    size_t functions;
} many_parameters[] = {
    {"model/base", 2},
    {"model", 0},
    {"model/formulas", 0},
    {"model/estimate", 1},
    {"model/exact", 0},
    {"sim/engine", 0},
    {"sim/study", 3},
    {"answer", 0},
    {"data", 3},
    {"reports", 4},
    {"tui", 18},
    {"cli", 2},
};
/* clang-format on */

/* Of the list that ends before `end`, a closing bracket. */
static size_t parameters_before(const char *code, const char *end)
{
    size_t depth = 0, count = 1;
    for (const char *at = end; at > code; at--) {
        depth += *at == ')';
        depth -= *at == '(';
        count += *at == ',' && depth == 1;
        if (depth == 0)
            break;
    }
    return count;
}

static size_t parameters_found;

static void count_parameters(const char *folder, const char *path)
{
    char *code = code_read(path, false);
    (void)folder;
    for (const char *at = code; (at = strstr(at, ")\n{")); at++)
        parameters_found += parameters_before(code, at) > PARAMETERS_MAX;
    free(code);
}

static void test_few_functions_have_many_parameters(void **state)
{
    (void)state;
    faults = 0;
    assert_int_equal(COUNT(many_parameters), COUNT(layers));
    for (size_t i = 0; i < COUNT(layers); i++) {
        char count[64];
        assert_string_equal(many_parameters[i].folder, layers[i].folder);
        parameters_found = 0;
        each_source(layers[i].folder, "*.[ch]", count_parameters);
        snprintf(count, sizeof count, "%zu, at most %zu allowed", parameters_found,
                 many_parameters[i].functions);
        if (parameters_found > many_parameters[i].functions)
            fault(layers[i].folder, 0, "functions of more than five parameters:", count);
    }
    assert_int_equal(faults, 0);
}

/* ---- globals ---- */

/* nm's table: name | value | class | type | size | line | section. What can be written lies in
 * .data, .bss or their thread-local kin; constants with addresses in them (.data.rel.ro) and what
 * sanitizers add are none of ours. */
static void check_symbol(const char *path, const char *text)
{
    char name[256], section[64] = "";
    const char *last = strrchr(text, '|');
    if (!last || sscanf(text, "%255[^ |]", name) != 1 || sscanf(last + 1, "%63s", section) != 1)
        return;
    bool writable = strncmp(section, ".bss", 4) == 0 || strncmp(section, ".data", 5) == 0 ||
                    strncmp(section, ".tbss", 5) == 0 || strncmp(section, ".tdata", 6) == 0 ||
                    strcmp(section, "*COM*") == 0;
    if (writable && strncmp(section, ".data.rel.ro", 12) != 0 && strncmp(name, "__", 2) != 0 &&
        name[0] != '.')
        fault(path, 0, "has a global:", name);
}

static void check_object(const char *folder, const char *path)
{
    (void)folder;
    char *command = NULL;
    assert_true(asprintf(&command, "nm -f sysv '%s'", path) > 0);
    FILE *symbols = popen(command, "r");
    assert_non_null(symbols);
    char line[1024];
    long lines = 0;
    for (; fgets(line, sizeof line, symbols); lines++)
        check_symbol(path, line);
    assert_int_equal(pclose(symbols), 0);
    assert_true(lines > 0);
    free(command);
}

static void test_no_globals(void **state)
{
    (void)state;
    char build[4096];
    ssize_t length = readlink("/proc/self/exe", build, sizeof build - 16);
    assert_true(length > 0);
    build[length] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(build, '/');
        assert_non_null(slash);
        *slash = '\0';
    }
    faults = 0;
    size_t objects = 0;
    for (size_t i = 0; i < COUNT(layers); i++) {
        char pattern[4200];
        glob_t found;
        if (!is_pure(layers[i].folder))
            continue;
        snprintf(pattern, sizeof pattern, "%s/%s/*.o", build, layers[i].folder);
        if (glob(pattern, 0, NULL, &found) == 0)
            for (size_t j = 0; j < found.gl_pathc; j++, objects++)
                check_object(layers[i].folder, found.gl_pathv[j]);
        globfree(&found);
    }
    assert_true(objects > 5);
    assert_int_equal(faults, 0);
}

/* ---- names defined once ---- */

#define NAMES_MAX 8192

struct defined {
    char *name, *where; /* owned */
};

static struct defined defined[NAMES_MAX];
static size_t defined_count;

static void forget_names(void)
{
    for (; defined_count > 0; defined_count--) {
        free(defined[defined_count - 1].name);
        free(defined[defined_count - 1].where);
    }
}

static void define(const char *name, const char *path, long line, const char *what)
{
    for (size_t i = 0; i < defined_count; i++)
        if (strcmp(defined[i].name, name) == 0) {
            print_error("%s is in %s too\n", name, defined[i].where);
            fault(path, line, what, name);
            return;
        }
    assert_true(defined_count < NAMES_MAX);
    defined[defined_count++] = (struct defined){strdup(name), strdup(path)};
}

/* A tag is defined at the beginning of a line, with its brace behind it. */
static void check_tags(const char *folder, const char *path)
{
    char *code = code_read(path, false), *rest = code;
    (void)folder;
    for (long line = 1; rest && strstr(path, ".h"); line++) {
        char name[128], brace;
        const char *text = strsep(&rest, "\n");
        if (sscanf(text, "struct %127[a-z_0-9] %c", name, &brace) == 2 ||
            sscanf(text, "enum %127[a-z_0-9] %c", name, &brace) == 2 ||
            sscanf(text, "union %127[a-z_0-9] %c", name, &brace) == 2)
            if (brace == '{')
                define(name, path, line, "defines a tag a second time:");
    }
    free(code);
}

static void test_tags_are_defined_once(void **state)
{
    (void)state;
    forget_names();
    each_file(check_tags);
    assert_true(defined_count > 100);
    forget_names();
}

/* An exported function begins a line and is followed by its brace; `main` is of each program. */
static void check_functions(const char *folder, const char *path)
{
    char *code = code_read(path, false), *rest = code, head[512] = "";
    (void)folder;
    for (long line = 1; rest && strstr(path, ".c"); line++) {
        char *text = strsep(&rest, "\n");
        if (text[0] == '{' && *head && strncmp(head, "static ", 7) != 0) {
            char *bracket = strchr(head, '(');
            char *name = bracket;
            while (name > head && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
                name--;
            if (bracket && name > head) {
                *bracket = '\0';
                define(name, path, line, "exports a function a second time:");
            }
        }
        if (isalpha((unsigned char)text[0]) && strchr(text, '('))
            snprintf(head, sizeof head, "%s", text);
        else if (text[0] == '}' || text[0] == '\0')
            *head = '\0';
    }
    free(code);
}

static void test_functions_are_defined_once(void **state)
{
    (void)state;
    forget_names();
    each_file(check_functions);
    assert_true(defined_count > 300);
    forget_names();
}

/* ---- what nothing calls ---- */

/* Exported for tests: the slow way that the fast one is held against; a check of the database. */
static const char *const for_tests[] = {"csv_rows_by_libcsv", "store_check"};

struct called {
    char *name, *where; /* owned */
    size_t uses;        /* in the product, declaration and definition among them */
};

static struct called called[NAMES_MAX];
static size_t called_count;

static int compare_called(const void *a, const void *b)
{
    return strcmp(((const struct called *)a)->name, ((const struct called *)b)->name);
}

static bool for_tests_only(const char *name)
{
    for (size_t i = 0; i < COUNT(for_tests); i++)
        if (strcmp(for_tests[i], name) == 0)
            return true;
    return false;
}

/* What the names defined last are, sorted, those of model, sim and data only. */
static void take_names(void)
{
    called_count = 0;
    for (size_t i = 0; i < defined_count; i++) {
        const char *where = defined[i].where;
        if (strncmp(where, "model", 5) == 0 || strncmp(where, "sim/", 4) == 0 ||
            strncmp(where, "data/", 5) == 0)
            called[called_count++] = (struct called){defined[i].name, defined[i].where, 0};
    }
    qsort(called, called_count, sizeof *called, compare_called);
}

static void count_uses(const char *folder, const char *path)
{
    char *code = code_read(path, false);
    (void)folder;
    for (char *at = code; *at;) {
        size_t length =
            strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        if (length == 0) {
            at++;
            continue;
        }
        char end = at[length];
        at[length] = '\0';
        struct called key = {.name = at};
        struct called *found = bsearch(&key, called, called_count, sizeof *called, compare_called);
        if (found)
            found->uses++;
        at[length] = end;
        at += length;
    }
    free(code);
}

/* Of model, sim and data the product calls everything that is exported. */
static void test_what_is_exported_is_called(void **state)
{
    (void)state;
    forget_names();
    each_file(check_functions);
    take_names();
    assert_true(called_count > 300);
    each_file(count_uses);
    for (size_t i = 0; i < called_count; i++)
        if (called[i].uses < 3 && !for_tests_only(called[i].name))
            fault(called[i].where, 0, "nothing of the product calls", called[i].name);
    forget_names();
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrows_point_down),
        cmocka_unit_test(test_no_banned_function),
        cmocka_unit_test(test_the_clock_cannot_wrap),
        cmocka_unit_test(test_no_function_is_too_long),
        cmocka_unit_test(test_few_functions_have_many_parameters),
        cmocka_unit_test(test_tags_are_defined_once),
        cmocka_unit_test(test_functions_are_defined_once),
        cmocka_unit_test(test_what_is_exported_is_called),
        cmocka_unit_test(test_no_globals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
