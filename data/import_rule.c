#include "data/import_rule.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <regex.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/base/number.h"
#include "model/base/similar.h"

#define DEPTH_MAX 100

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_COMPARE, NODE_MATCH, NODE_IN, NODE_TRUTH };
enum compare { EQUAL, UNEQUAL, LESS, AT_MOST, GREATER, AT_LEAST };
enum operand_kind { OPERAND_NAME, OPERAND_TEXT, OPERAND_NUMBER };

struct operand {
    enum operand_kind kind;
    int name;
    char *text; /* owned */
    double number;
};

struct network {
    unsigned char address[16];
    int family, bits;
};

/* One element of a list behind `in`. */
struct element {
    struct operand value;
    bool is_network;
    struct network network;
};

struct node {
    enum node_kind kind;
    enum compare compare;
    struct node *left, *right; /* owned */
    struct operand a, b;
    regex_t *regex;           /* owned */
    struct element *elements; /* owned */
    size_t element_count;
};

struct import_rule {
    struct node *root;
};

struct parser {
    const char *text, *p;
    const struct import_rule_place *place;
    const struct import_rule_names *names;
    struct errors *errors;
    bool failed;
    int depth;
};

/* ---- Freeing ---- */

static void node_free(struct node *node)
{
    if (!node)
        return;
    node_free(node->left);
    node_free(node->right);
    free(node->a.text);
    free(node->b.text);
    if (node->regex)
        regfree(node->regex);
    free(node->regex);
    for (size_t i = 0; i < node->element_count; i++)
        free(node->elements[i].value.text);
    free(node->elements);
    free(node);
}

void import_rule_free(struct import_rule *rule)
{
    if (!rule)
        return;
    node_free(rule->root);
    free(rule);
}

/* ---- Messages ---- */

static void *fail(struct parser *parser, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void *fail(struct parser *parser, const char *at, const char *format, ...)
{
    char message[300];
    va_list args;
    if (parser->failed)
        return NULL;
    parser->failed = true;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    const struct import_rule_place *place = parser->place;
    long column = at - parser->text + 1;
    if (place->file)
        errors_add(parser->errors, ERROR_DATA, place->file, place->line, column, "%s", message);
    else
        errors_add(parser->errors, ERROR_USAGE, NULL, 0, column, "%s, character %ld: %s",
                   place->option, column, message);
    errors_set_source(parser->errors, parser->text, strlen(parser->text));
    return NULL;
}

static void *no_memory(struct parser *parser)
{
    if (!parser->failed)
        errors_no_memory(parser->errors);
    parser->failed = true;
    return NULL;
}

/* ---- Words ---- */

static void skip_blanks(struct parser *parser)
{
    while (isspace((unsigned char)*parser->p))
        parser->p++;
}

static bool name_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool take_symbol(struct parser *parser, const char *symbol)
{
    skip_blanks(parser);
    size_t length = strlen(symbol);
    if (strncmp(parser->p, symbol, length) != 0)
        return false;
    parser->p += length;
    return true;
}

static bool take_word(struct parser *parser, const char *word)
{
    skip_blanks(parser);
    size_t length = strlen(word);
    if (strncasecmp(parser->p, word, length) != 0 || name_character(parser->p[length]))
        return false;
    parser->p += length;
    return true;
}

/* ---- Operands ---- */

static bool take_text(struct parser *parser, struct operand *operand)
{
    char quote = *parser->p;
    const char *start = parser->p++, *end = parser->p;
    size_t length = 0;
    char *text = malloc(strlen(start));
    if (!text)
        return no_memory(parser) != NULL;
    for (; *end && *end != quote; end++) {
        if (*end == '\\' && (end[1] == quote || end[1] == '\\'))
            end++;
        text[length++] = *end;
    }
    text[length] = '\0';
    *operand = (struct operand){.kind = OPERAND_TEXT, .text = text};
    if (!*end) {
        parser->p = end;
        return fail(parser, start, "a quote opened here is never closed") != NULL;
    }
    parser->p = end + 1;
    return true;
}

static bool take_name(struct parser *parser, struct operand *operand)
{
    const char *start = parser->p, *begin = start, *end;
    bool column = *start == '[';
    if (column) {
        begin++;
        end = strchr(begin, ']');
        if (!end)
            return fail(parser, start, "a bracket opened here is never closed") != NULL;
        parser->p = end + 1;
    } else {
        for (end = begin; name_character(*end); end++)
            ;
        parser->p = end;
    }
    char *name = strndup(begin, (size_t)(end - begin));
    if (!name)
        return no_memory(parser) != NULL;
    *operand = (struct operand){.kind = OPERAND_NAME,
                                .name = parser->names->find(parser->names->context, name, column)};
    if (operand->name < 0) {
        const char *meant = similar_find(name, parser->names->known, parser->names->known_count);
        if (meant)
            fail(parser, start, "unknown name '%.80s'; did you mean '%.80s'?", name, meant);
        else
            fail(parser, start, "unknown name '%.80s' (texts stand in quotes)", name);
    }
    free(name);
    return !parser->failed;
}

static bool take_number(struct parser *parser, struct operand *operand)
{
    size_t length = strspn(parser->p, "+-0123456789.");
    char text[64];
    if (length >= sizeof text)
        return fail(parser, parser->p, "not a number") != NULL;
    memcpy(text, parser->p, length);
    text[length] = '\0';
    *operand = (struct operand){.kind = OPERAND_NUMBER};
    if (!number_parse(text, &operand->number) || name_character(parser->p[length]))
        return fail(parser, parser->p, "not a number (texts stand in quotes)") != NULL;
    operand->text = strdup(text);
    if (!operand->text)
        return no_memory(parser) != NULL;
    parser->p += length;
    return true;
}

static bool take_operand(struct parser *parser, struct operand *operand)
{
    skip_blanks(parser);
    char c = *parser->p;
    if (c == '"' || c == '\'')
        return take_text(parser, operand);
    if (isdigit((unsigned char)c) || ((c == '-' || c == '+' || c == '.') && parser->p[1]))
        return take_number(parser, operand);
    if (c == '[' || name_character(c))
        return take_name(parser, operand);
    return fail(parser, parser->p,
                c ? "a name, a text or a number belongs here"
                  : "something is missing at the end") != NULL;
}

/* ---- Networks ---- */

static bool parse_address(const char *text, struct network *network)
{
    network->family = strchr(text, ':') ? AF_INET6 : AF_INET;
    return inet_pton(network->family, text, network->address) == 1;
}

/* "10.1.0.0/16", "2001:db8::/32", or one address. Nothing is taken when it is none. */
static bool take_network(struct parser *parser, struct network *network)
{
    skip_blanks(parser);
    size_t length = strspn(parser->p, "0123456789abcdefABCDEF.:");
    char text[64];
    if (length == 0 || length >= sizeof text || !strpbrk(parser->p, ".:"))
        return false;
    memcpy(text, parser->p, length);
    text[length] = '\0';
    if (!parse_address(text, network))
        return false;
    int most = network->family == AF_INET ? 32 : 128;
    const char *p = parser->p + length;
    network->bits = most;
    if (*p == '/') {
        network->bits = 0;
        for (p++; isdigit((unsigned char)*p) && network->bits <= most; p++)
            network->bits = network->bits * 10 + (*p - '0');
        if (network->bits > most)
            return fail(parser, parser->p, "a network of more than %d bits", most) != NULL;
    }
    parser->p = p;
    return true;
}

static bool network_holds(const struct network *network, const char *text)
{
    struct network at;
    if (!parse_address(text, &at) || at.family != network->family)
        return false;
    int whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(at.address, network->address, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((at.address[whole] ^ network->address[whole]) >> (8 - rest)) == 0;
}

/* ---- Conditions ---- */

static struct node *node_new(struct parser *parser, enum node_kind kind)
{
    struct node *node = calloc(1, sizeof *node);
    if (!node)
        return no_memory(parser);
    node->kind = kind;
    return node;
}

static bool add_element(struct parser *parser, struct node *node)
{
    struct element element = {0};
    element.is_network = take_network(parser, &element.network);
    if (!element.is_network && (parser->failed || !take_operand(parser, &element.value))) {
        free(element.value.text);
        return false;
    }
    struct element *larger =
        realloc(node->elements, (node->element_count + 1) * sizeof *node->elements);
    if (!larger) {
        free(element.value.text);
        return no_memory(parser) != NULL;
    }
    node->elements = larger;
    node->elements[node->element_count++] = element;
    return true;
}

static bool take_set(struct parser *parser, struct node *node)
{
    node->kind = NODE_IN;
    if (!take_symbol(parser, "("))
        return add_element(parser, node);
    do {
        if (!add_element(parser, node))
            return false;
    } while (take_symbol(parser, ","));
    if (!take_symbol(parser, ")"))
        return fail(parser, parser->p, "a list ends with ')'") != NULL;
    return true;
}

static bool take_regex(struct parser *parser, struct node *node)
{
    node->kind = NODE_MATCH;
    skip_blanks(parser);
    const char *start = parser->p;
    if ((*start != '"' && *start != '\'') || !take_text(parser, &node->b))
        return fail(parser, start, "a regular expression in quotes belongs here") != NULL;
    node->regex = calloc(1, sizeof *node->regex);
    if (!node->regex)
        return no_memory(parser) != NULL;
    int error = regcomp(node->regex, node->b.text, REG_EXTENDED | REG_NOSUB);
    if (error == 0)
        return true;
    char reason[100];
    regerror(error, node->regex, reason, sizeof reason);
    free(node->regex);
    node->regex = NULL;
    return fail(parser, start, "not a regular expression: %s", reason) != NULL;
}

static bool take_comparison(struct parser *parser, struct node *node)
{
    static const struct {
        const char *symbol;
        enum compare compare;
    } symbols[] = {{"==", EQUAL}, {"!=", UNEQUAL}, {"<=", AT_MOST}, {">=", AT_LEAST},
                   {"=", EQUAL},  {"<", LESS},     {">", GREATER}};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (!take_symbol(parser, symbols[i].symbol))
            continue;
        node->kind = NODE_COMPARE;
        node->compare = symbols[i].compare;
        return take_operand(parser, &node->b);
    }
    if (take_symbol(parser, "~"))
        return take_regex(parser, node);
    if (take_word(parser, "in"))
        return take_set(parser, node);
    return true;
}

static struct node *parse_or(struct parser *parser);

static struct node *parse_simple(struct parser *parser)
{
    if (take_symbol(parser, "(")) {
        struct node *inside = parse_or(parser);
        if (inside && !take_symbol(parser, ")"))
            fail(parser, parser->p, "')' is missing");
        return inside;
    }
    struct node *node = node_new(parser, NODE_TRUTH);
    if (node && take_operand(parser, &node->a))
        take_comparison(parser, node);
    return node;
}

static struct node *parse_not(struct parser *parser)
{
    if (++parser->depth > DEPTH_MAX)
        return fail(parser, parser->p, "nested deeper than %d", DEPTH_MAX);
    struct node *node;
    if (take_word(parser, "not")) {
        node = node_new(parser, NODE_NOT);
        if (node)
            node->left = parse_not(parser);
    } else {
        node = parse_simple(parser);
    }
    parser->depth--;
    return node;
}

/* Takes both over. */
static struct node *join(struct parser *parser, enum node_kind kind, struct node *left,
                         struct node *right)
{
    struct node *node = node_new(parser, kind);
    if (!node) {
        node_free(left);
        node_free(right);
        return NULL;
    }
    node->left = left;
    node->right = right;
    return node;
}

static struct node *parse_and(struct parser *parser)
{
    struct node *node = parse_not(parser);
    while (!parser->failed && take_word(parser, "and"))
        node = join(parser, NODE_AND, node, parse_not(parser));
    return node;
}

static struct node *parse_or(struct parser *parser)
{
    struct node *node = parse_and(parser);
    while (!parser->failed && take_word(parser, "or"))
        node = join(parser, NODE_OR, node, parse_and(parser));
    return node;
}

struct import_rule *import_rule_new(const char *text, const struct import_rule_place *place,
                                    const struct import_rule_names *names, struct errors *errors)
{
    struct parser parser = {
        .text = text, .p = text, .place = place, .names = names, .errors = errors};
    struct import_rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return no_memory(&parser);
    rule->root = parse_or(&parser);
    skip_blanks(&parser);
    if (!parser.failed && *parser.p)
        fail(&parser, parser.p, "'and', 'or' or the end belongs here");
    if (!parser.failed)
        return rule;
    import_rule_free(rule);
    return NULL;
}

/* ---- Asking ---- */

static const char *operand_text(const struct operand *operand, import_name_text *text,
                                void *context)
{
    return operand->kind == OPERAND_NAME ? text(context, operand->name) : operand->text;
}

static bool truth(const char *text)
{
    return *text && strcmp(text, "0") != 0 && strcasecmp(text, "false") != 0 &&
           strcasecmp(text, "no") != 0;
}

static bool compare_holds(enum compare compare, int order)
{
    switch (compare) {
    case EQUAL:
        return order == 0;
    case UNEQUAL:
        return order != 0;
    case LESS:
        return order < 0;
    case AT_MOST:
        return order <= 0;
    case GREATER:
        return order > 0;
    case AT_LEAST:
        return order >= 0;
    }
    return false;
}

/* As number_parse, faster for what most columns of numbers hold: a few digits. */
static bool parse_number(const char *text, double *value)
{
    int whole = 0, digits = 0;
    for (; digits < 10 && text[digits] >= '0' && text[digits] <= '9'; digits++)
        if (digits < 9)
            whole = whole * 10 + (text[digits] - '0');
    if (digits == 0 || digits > 9 || text[digits])
        return number_parse(text, value);
    *value = whole;
    return true;
}

/* A text in quotes is a text; otherwise two numbers are compared by value. Where one side must be a
 * number and the other is none they are unequal, and neither is less. */
static bool compare_operands(const struct operand *a, const struct operand *b, enum compare compare,
                             import_name_text *text, void *context)
{
    const char *left = operand_text(a, text, context), *right = operand_text(b, text, context);
    if (a->kind == OPERAND_TEXT || b->kind == OPERAND_TEXT)
        return compare_holds(compare, strcmp(left, right));
    double x = a->number, y = b->number;
    bool numbers = (a->kind == OPERAND_NUMBER || parse_number(left, &x)) &&
                   (b->kind == OPERAND_NUMBER || parse_number(right, &y));
    if (numbers)
        return compare_holds(compare, (x > y) - (x < y));
    if (a->kind == OPERAND_NUMBER || b->kind == OPERAND_NUMBER)
        return compare == UNEQUAL;
    return compare_holds(compare, strcmp(left, right));
}

static bool in_list(const struct node *node, import_name_text *text, void *context)
{
    for (size_t i = 0; i < node->element_count; i++) {
        const struct element *element = &node->elements[i];
        if (element->is_network
                ? network_holds(&element->network, operand_text(&node->a, text, context))
                : compare_operands(&node->a, &element->value, EQUAL, text, context))
            return true;
    }
    return false;
}

static bool holds(const struct node *node, import_name_text *text, void *context)
{
    switch (node->kind) {
    case NODE_AND:
        return holds(node->left, text, context) && holds(node->right, text, context);
    case NODE_OR:
        return holds(node->left, text, context) || holds(node->right, text, context);
    case NODE_NOT:
        return !holds(node->left, text, context);
    case NODE_COMPARE:
        return compare_operands(&node->a, &node->b, node->compare, text, context);
    case NODE_MATCH:
        return regexec(node->regex, operand_text(&node->a, text, context), 0, NULL, 0) == 0;
    case NODE_IN:
        return in_list(node, text, context);
    case NODE_TRUTH:
        return truth(operand_text(&node->a, text, context));
    }
    return false;
}

bool import_rule_holds(const struct import_rule *rule, import_name_text *text, void *context)
{
    return holds(rule->root, text, context);
}
