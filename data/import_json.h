/* JSON call records as rows: an array of objects, objects one after the other, or a document with
 * an array "value" of them; memory for one object, whatever the file holds.
 *
 * Read by jansson, an object at a time: one that cannot be read is a bad row, and reading goes on
 * behind it. Texts, numbers and truth values are fields; null, lists and objects read as "".
 */
#ifndef PEERPLAN_DATA_IMPORT_JSON_H
#define PEERPLAN_DATA_IMPORT_JSON_H

#include <stddef.h>

#include "data/csv_rows.h"
#include "data/input.h"
#include "model/base/error.h"

struct import_json;

/* Takes the input over. Owned; NULL with an error. */
struct import_json *import_json_new(struct input *input, struct errors *errors);
void import_json_free(struct import_json *json); /* takes NULL */

/* Goes to the next object; the rest is about it and valid until the next call. */
enum csv_result import_json_next(struct import_json *json, struct errors *errors);

/* The text of a field, "" when there is none. */
const char *import_json_field(const struct import_json *json, const char *name);
/* Calls back with the name of every field. */
void import_json_names(const struct import_json *json,
                       void (*each)(void *context, const char *name), void *context);

const char *import_json_problem(const struct import_json *json);
const char *import_json_text(const struct import_json *json, size_t *length);
struct csv_place import_json_place(const struct import_json *json); /* where the object begins */

#endif
