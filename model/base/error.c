#include "model/base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void errors_init(struct errors *errors)
{
    *errors = (struct errors){0};
}

void errors_release(struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++) {
        free(errors->items[i].file);
        free(errors->items[i].message);
        free(errors->items[i].source);
    }
    free(errors->items);
    errors_init(errors);
}

void errors_vadd(struct errors *errors, enum error_code code, struct error_place place,
                 const char *format, va_list args)
{
    bool warning = code == ERROR_NONE;
    if (warning)
        errors->warnings++;
    else
        errors->failures++;
    if (errors->count >= ERRORS_KEPT)
        return;
    struct error *items = realloc(errors->items, (errors->count + 1) * sizeof *items);
    if (!items)
        return;
    errors->items = items;
    char *message = NULL;
    if (vasprintf(&message, format, args) < 0)
        message = NULL;
    items[errors->count++] = (struct error){
        .code = code,
        .warning = warning,
        .file = place.file ? strdup(place.file) : NULL,
        .line = place.line,
        .column = place.column,
        .message = message,
    };
}

void errors_add(struct errors *errors, enum error_code code, const char *file, long line,
                long column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    errors_vadd(errors, code, (struct error_place){file, line, column}, format, args);
    va_end(args);
}

void errors_warn(struct errors *errors, const char *file, long line, long column,
                 const char *format, ...)
{
    va_list args;
    va_start(args, format);
    errors_vadd(errors, ERROR_NONE, (struct error_place){file, line, column}, format, args);
    va_end(args);
}

bool errors_no_memory(struct errors *errors)
{
    errors_add(errors, ERROR_SOFTWARE, NULL, 0, 0, "out of memory");
    return false;
}

void errors_set_important(struct errors *errors)
{
    if (errors->count > 0 && errors->count < ERRORS_KEPT)
        errors->items[errors->count - 1].important = true;
}

void errors_set_source(struct errors *errors, const char *source, size_t length)
{
    if (errors->count == 0 || errors->items[errors->count - 1].source)
        return;
    errors->items[errors->count - 1].source = strndup(source, length);
}

enum error_code errors_code(const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        if (!errors->items[i].warning)
            return errors->items[i].code;
    return errors->failures ? ERROR_DATA : ERROR_NONE;
}
