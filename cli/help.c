/* peerplan help: the commands, one command, or a topic. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/help.h"
#include "data/schema.h"
#include "data/store.h"
#include "model/base/error.h"
#include "reports/findings.h"
#include "model/metrics.h"
#include "tui/app.h"

struct topic {
    const char *name, *summary;
    void (*print)(FILE *out);
};

static void print_exit_codes(FILE *out)
{
    fputs("Exit codes of peerplan\n\n"
          "    0  done (and the answer is yes, or not yet decided)\n"
          "    1  done, and the answer is no: a stated goal is missed, check finds errors\n"
          "   64  wrong usage: an unknown command, option or value\n"
          "   65  bad input data: every mistake is shown with its line\n"
          "   66  an input file is missing or cannot be read\n"
          "   70  a defect of peerplan, or out of memory\n"
          "   73  an output file cannot be created\n"
          "   74  an output could not be written (disk full, pipe closed)\n"
          "  130  interrupted by Ctrl-C; complete replications are reported all the same\n",
          out);
}

/* In the order of metrics.csv within a scope. */
static void print_metrics(FILE *out)
{
    fputs(
        "Metrics of peerplan: name, unit, meaning, as in metrics.csv, estimate.csv, compare.csv\n",
        out);
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        fprintf(out, "\n%s\n", scope_name((enum scope)scope));
        for (int id = 0; id < METRIC_COUNT; id++) {
            const struct metric_info *m = metric_info((enum metric_id)id);
            if (m->scope == (enum scope)scope)
                fprintf(out, "  %-30s %-14s %s\n", m->name, m->unit, m->meaning);
        }
    }
    fputs("\nOver time, a value each interval, as in timeseries.csv\n", out);
    for (int id = 0; id < SERIES_COUNT; id++) {
        const struct series_info *s = series_info((enum series_id)id);
        fprintf(out, "  %-10s %-18s %-14s %s\n", scope_name(s->scope), s->name, s->unit,
                s->meaning);
    }
}

static const struct topic topics[] = {
    {"scenario", "every key of a scenario file, with its default", schema_print},
    {"keys", "the keys of peerplan tui", app_print_keys},
    {"metrics", "every metric: its unit and what it means", print_metrics},
    {"findings", "what peerplan check finds, and what to do about it", findings_explain},
    {"store", "the tables of a database that --db makes", store_describe},
    {"exit-codes", "what the exit code of a command means", print_exit_codes},
};
#define TOPIC_COUNT (sizeof topics / sizeof *topics)

void help_overview(FILE *out)
{
    fputs("peerplan: will this Expressway cluster carry this load, with a peer down?\n\n"
          "Examples:\n"
          "  peerplan run head-office.yaml              simulate a scenario and answer\n"
          "  peerplan run head-office.yaml --csv out    the figures as CSV files as well\n"
          "  peerplan help run                          all options of a command\n\n"
          "Usage: peerplan COMMAND [OPTION...]\n\n"
          "Commands:\n",
          out);
    for (size_t i = 0; i < command_count; i++)
        fprintf(out, "  %-10s  %s\n", commands[i].name, commands[i].summary);
    fputs("\nTopics:\n", out);
    for (size_t i = 0; i < TOPIC_COUNT; i++)
        fprintf(out, "  %-10s  %s\n", topics[i].name, topics[i].summary);
    fputs("\n'peerplan help NAME' explains a command or a topic; 'peerplan --version' says which "
          "version this is.\n",
          out);
}

static int help_on(const char *name)
{
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        if (strcmp(name, topics[i].name) == 0) {
            topics[i].print(stdout);
            return 0;
        }
        names[count++] = topics[i].name;
    }
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            char title[64], help[] = "--help";
            snprintf(title, sizeof title, "peerplan %s", name);
            char *argv[] = {title, help, NULL};
            return commands[i].run(2, argv);
        }
        names[count++] = commands[i].name;
    }
    return command_unknown("command or topic", name, names, count);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    const char **name = state->input;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (*name)
        argp_error(state, "one command or topic at a time");
    *name = arg;
    return 0;
}

int command_help(int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        parse,
        "[COMMAND|TOPIC]",
        "Explains a command or a topic; without one, lists them.\n\n"
        "Examples:\n"
        "  peerplan help run\n"
        "  peerplan help exit-codes\n",
        NULL,
        NULL,
        NULL,
    };
    const char *name = NULL;
    command_parse(&argp, argc, argv, 0, &name);
    if (name)
        return help_on(name);
    help_overview(stdout);
    return 0;
}
