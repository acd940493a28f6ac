/* Errors as values: what is wrong, where, and what kind of exit it deserves.
 *
 * A function that can fail takes a `struct errors *` as its last parameter, appends to it, and says
 * by its return value whether it succeeded. It goes on after a mistake where that makes sense, so
 * that a user sees all mistakes of a file at once. Nothing below cli/ prints or exits.
 *
 * Messages are lower case, without a full stop. Lines and columns count from 1; 0 means "no place".
 * Columns count characters (code points), as editors do.
 */
#ifndef PEERPLAN_MODEL_ERROR_H
#define PEERPLAN_MODEL_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* The values are the exit codes of the program (sysexits.h where one fits). */
enum error_code {
    ERROR_NONE = 0,
    ERROR_USAGE = 64,       /* wrong command line */
    ERROR_DATA = 65,        /* bad input data */
    ERROR_NO_INPUT = 66,    /* a file is missing or cannot be read */
    ERROR_SOFTWARE = 70,    /* a defect of peerplan, or out of memory */
    ERROR_CANT_CREATE = 73, /* an output file cannot be made */
    ERROR_IO = 74,          /* an output could not be written */
};

struct error {
    enum error_code code;
    bool warning;   /* said to the user, but does not fail the operation */
    bool important; /* a warning that is said even where only the answer is wanted */
    char *file;     /* owned; NULL when the error has no file */
    long line, column;
    char *message; /* owned */
    char *source;  /* owned; the line of the file, or NULL */
};

/* All mistakes of one operation. The first ERRORS_KEPT are kept, all are counted. */
#define ERRORS_KEPT 1000

struct errors {
    struct error *items; /* owned */
    size_t count;        /* kept */
    size_t failures;     /* counted, warnings not among them */
    size_t warnings;     /* counted */
};

void errors_init(struct errors *errors);
void errors_release(struct errors *errors);

/* Appends an error; file may be NULL, line and column 0. Never fails (out of memory is counted, not
 * kept). */
void errors_add(struct errors *errors, enum error_code code, const char *file, long line,
                long column, const char *format, ...) __attribute__((format(printf, 6, 7)));
void errors_warn(struct errors *errors, const char *file, long line, long column,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
struct error_place {
    const char *file;
    long line, column;
};
/* An error, or with ERROR_NONE a warning. */
void errors_vadd(struct errors *errors, enum error_code code, struct error_place place,
                 const char *format, va_list args) __attribute__((format(printf, 4, 0)));
/* "out of memory"; always false. */
bool errors_no_memory(struct errors *errors);
/* Makes the warning added last one that is said in any case: an input that has no effect. */
void errors_set_important(struct errors *errors);
/* Gives the error added last its source line (copied), for the caret; length in bytes. */
void errors_set_source(struct errors *errors, const char *source, size_t length);

/* The exit code for the whole: that of the first failure, ERROR_NONE when there is none. */
enum error_code errors_code(const struct errors *errors);

#endif
