#include "cli/dialogue.h"

#include <stdlib.h>
#include <string.h>

#include "model/base/safe_text.h"

/* In the order in which they are asked; some only matter after others. */
static const enum ask_option order[] = {
    ASK_USERS,    ASK_REGISTERED, ASK_CALLS_PER_USER, ASK_BUSY_HOUR,     ASK_MEAN,
    ASK_VIDEO,    ASK_MRA,        ASK_ROOMS,          ASK_ROOM_PROTOCOL, ASK_B2B,
    ASK_B2B_MEAN, ASK_RMS,        ASK_RELEASE,        ASK_PLATFORM,      ASK_PEERS,
    ASK_IMAGE,    ASK_IM,         ASK_SURVIVE,        ASK_BLOCKING,      ASK_PROFILE,
};
#define QUESTIONS ((int)(sizeof order / sizeof *order))

enum reply { REPLY_NEXT, REPLY_AGAIN, REPLY_BACK, REPLY_END };

/* A question that the answers before make needless. */
static bool matters(const struct ask *ask, enum ask_option option)
{
    struct ask_load load = ask_load(ask);
    bool users = strtod(ask->text[ASK_USERS], NULL) > 0;
    switch (option) {
    case ASK_REGISTERED:
    case ASK_CALLS_PER_USER:
    case ASK_MEAN:
    case ASK_VIDEO:
    case ASK_MRA:
        return users;
    case ASK_BUSY_HOUR:
        return users && strchr(ask->text[ASK_CALLS_PER_USER], 'd');
    case ASK_IM:
        return load.mra_devices > 0 && strcmp(ask->text[ASK_IMAGE], "select") != 0;
    case ASK_ROOM_PROTOCOL:
        return load.rooms > 0;
    case ASK_B2B_MEAN:
        return load.b2b > 0;
    default:
        return true;
    }
}

/* A line without its end and the blanks around it; false at the end of the input. */
static bool read_line(FILE *in, char *line, size_t size)
{
    if (!fgets(line, (int)size, in))
        return false;
    if (!strchr(line, '\n'))
        for (int c = getc(in); c != EOF && c != '\n'; c = getc(in))
            ; /* the rest of a line that is too long */
    size_t start = strspn(line, " \t"), length = strcspn(line, "\r\n");
    while (length > start && strchr(" \t", line[length - 1]))
        length--;
    memmove(line, line + start, length - start);
    line[length - start] = '\0';
    return true;
}

static enum reply ask_one(struct ask *ask, enum ask_option option, FILE *in, FILE *out)
{
    const struct ask_row *row = &ask_options[option];
    char line[256], reason[ASK_REASON];
    fprintf(out, "%s [%s]: ", row->question, *ask->text[option] ? ask->text[option] : "not stated");
    fflush(out);
    if (!read_line(in, line, sizeof line))
        return REPLY_END;
    if (!*line)
        return REPLY_NEXT;
    if (strcmp(line, "b") == 0)
        return REPLY_BACK;
    if (strcmp(line, "?") == 0) {
        fprintf(out, "  %s\n", row->help);
        return REPLY_AGAIN;
    }
    if (ask_set(ask, option, line, reason))
        return REPLY_NEXT;
    fputs("  this ", out);
    safe_text_put(out, reason, strlen(reason));
    putc('\n', out);
    return REPLY_AGAIN;
}

static enum reply ask_path(char path[static DIALOGUE_PATH], FILE *in, FILE *out)
{
    char line[DIALOGUE_PATH];
    if (*path)
        return REPLY_NEXT;
    fputs("File to write [scenario.yaml]: ", out);
    fflush(out);
    if (!read_line(in, line, sizeof line))
        return REPLY_END;
    if (strcmp(line, "b") == 0)
        return REPLY_BACK;
    if (strcmp(line, "?") == 0) {
        fputs("  Where the scenario goes; - is the screen.\n", out);
        return REPLY_AGAIN;
    }
    snprintf(path, DIALOGUE_PATH, "%s", *line ? line : "scenario.yaml");
    return REPLY_NEXT;
}

bool dialogue_ask(struct ask *ask, char path[static DIALOGUE_PATH], FILE *in, FILE *out)
{
    int asked[QUESTIONS], count = 0;
    fputs("A scenario from a few numbers. Enter takes what stands in brackets, ? explains, b goes "
          "back.\n",
          out);
    for (int at = 0; at <= QUESTIONS;) {
        if (at < QUESTIONS && !matters(ask, order[at])) {
            at++;
            continue;
        }
        const char *wrong = at == QUESTIONS ? ask_contradiction(ask) : NULL;
        if (wrong) {
            fprintf(out, "  %s\n", wrong);
            at = count = 0;
            continue;
        }
        enum reply reply =
            at < QUESTIONS ? ask_one(ask, order[at], in, out) : ask_path(path, in, out);
        if (reply == REPLY_END)
            return false;
        if (reply == REPLY_BACK)
            at = count > 0 ? asked[--count] : at;
        if (reply == REPLY_NEXT && at < QUESTIONS)
            asked[count++] = at;
        at += reply == REPLY_NEXT;
    }
    return true;
}
