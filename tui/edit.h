/* Changes of the scenario as people say them: settings by path, a load times a factor, and what may
 * stand at a place. Several settings are one change and one undo. */
#ifndef PEERPLAN_TUI_EDIT_H
#define PEERPLAN_TUI_EDIT_H

#include "data/settings.h"
#include "tui/app.h"
#include "tui/popup.h"

/* Settings ("PATH=VALUE") as one change. False, with the reason in `why`: nothing has changed. */
bool edit_apply(struct app *app, const struct settings *settings, const char *what, char *why,
                size_t size);
/* "PATH VALUE", or "PATH=VALUE PATH=VALUE ...". */
bool edit_set(struct app *app, const char *arguments, char *why, size_t size);
/* The calls of a class ("*": of all) times a factor, "1.3" or "130%". */
bool edit_scale(struct app *app, const char *class_name, const char *factor, char *why,
                size_t size);
/* The factor that the calls of a class (its number in the scenario) have now. */
double edit_factor(const struct app *app, uint32_t class_index);
/* Those of all classes of the scenario. */
void edit_factors(const struct app *app, double *factors);
/* What of a setting may come next. */
void edit_complete_set(struct app *app, const char *arguments, struct completion *completion);

/* The words that may stand for a key: choices, names, tables, platforms. NULL-terminated; words and
 * array are owned (edit_words_free); NULL when anything may stand there. */
char **edit_words(const struct app *app, const struct schema_row *row);
void edit_words_free(char **words); /* takes NULL */

#endif
