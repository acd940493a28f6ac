/* Conditions on call records, as --where and --class state them:
 *
 *   disposition = "ANSWERED" and not (called ~ "^00" or ip in 10.1.0.0/16)
 *
 * Operators = == != < <= > >=, ~ (a POSIX extended regular expression), in (a network, or a list in
 * brackets), and or not ( ). A name alone holds unless it is empty, 0, false or no. Two numbers are
 * compared by value, also where a text is one; a text in quotes is compared as a text. A name with
 * blanks stands in square brackets.
 */
#ifndef PEERPLAN_DATA_IMPORT_RULE_H
#define PEERPLAN_DATA_IMPORT_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/base/error.h"

struct import_rule;

/* What a name stands for: a number that the caller gives it, or -1: unknown. `column`: in square
 * brackets, a column of the record. */
typedef int import_name_find(void *context, const char *name, bool column);
/* The text of a name; never NULL. */
typedef const char *import_name_text(void *context, int number);

/* The names of a rule; `known` ones are suggested for unknown ones. Borrowed. */
struct import_rule_names {
    import_name_find *find;
    void *context;
    const char *const *known;
    size_t known_count;
};

/* Where a rule stands, for messages. */
struct import_rule_place {
    const char *file; /* NULL: the command line */
    long line;
    const char *option; /* "--where", of the command line */
};

/* Owned; NULL with an error: ERROR_USAGE of the command line, ERROR_DATA of a file. */
struct import_rule *import_rule_new(const char *text, const struct import_rule_place *place,
                                    const struct import_rule_names *names, struct errors *errors);
void import_rule_free(struct import_rule *rule); /* takes NULL */

bool import_rule_holds(const struct import_rule *rule, import_name_text *text, void *context);

#endif
