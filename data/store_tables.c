#include "data/store_tables.h"

#include <stdlib.h>

#define ID                                                                                         \
    {                                                                                              \
        "id", "INTEGER PRIMARY KEY", "number of the row"                                           \
    }
#define OF_RUN                                                                                     \
    {                                                                                              \
        "run_id", "INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE", "its run"              \
    }
#define OF_POINT                                                                                   \
    {                                                                                              \
        "point_id", "INTEGER NOT NULL REFERENCES point (id) ON DELETE CASCADE", "its point"        \
    }
#define SCOPE_AND_NAME                                                                             \
    {"scope", "TEXT NOT NULL", "run, class, cluster, peer, pool, pipe, endpoints"},                \
        {"name", "TEXT NOT NULL", "name of the thing"},                                            \
    {                                                                                              \
        "metric", "TEXT NOT NULL", "which figure (peerplan help metrics)"                          \
    }
#define INTERVAL                                                                                   \
    {"low", "REAL", "lower end of its 95 % interval or band"},                                     \
    {                                                                                              \
        "high", "REAL", "upper end"                                                                \
    }

const struct store_table_definition store_tables[STORE_TABLES] = {
    [STORE_SCENARIO] = {"scenario",
                        "a scenario file as it was read",
                        NULL,
                        {ID,
                         {"sha256", "TEXT NOT NULL UNIQUE", "over its contents and its inputs"},
                         {"title", "TEXT", "as the file says"},
                         {"yaml", "TEXT NOT NULL", "the file"}}},
    [STORE_INPUT] = {"input",
                     "a file that the scenario reads",
                     "PRIMARY KEY (scenario_id, file)",
                     {{"scenario_id", "INTEGER NOT NULL REFERENCES scenario (id) ON DELETE CASCADE",
                       "its scenario"},
                      {"file", "TEXT NOT NULL", "as the scenario names it"},
                      {"sha256", "TEXT NOT NULL", "over its contents"}}},
    [STORE_RUN] = {"run",
                   "one command that was run",
                   NULL,
                   {ID,
                    {"kind", "TEXT NOT NULL", "run, estimate, compare, size, forecast, sweep, ..."},
                    {"scenario_id", "INTEGER REFERENCES scenario (id)", "what it was run on"},
                    {"command", "TEXT NOT NULL", "the command line"},
                    {"seed", "TEXT", "decimal digits (it may pass 2^63)"},
                    {"version", "TEXT NOT NULL", "of peerplan"},
                    {"started", "TEXT NOT NULL", "UTC"},
                    {"finished", "TEXT", "UTC; NULL while it runs, or where it was killed"},
                    {"state", "TEXT NOT NULL", "running, done, interrupted"}}},
    [STORE_POINT] = {"point",
                     "one variant that was answered; a plain run has one",
                     "UNIQUE (run_id, number)",
                     {ID,
                      OF_RUN,
                      {"number", "INTEGER NOT NULL", "order in the run, from 1"},
                      {"verdict", "TEXT NOT NULL",
                       "yes, no, undecided, cannot-tell, nothing-to-judge, or failed"},
                      {"binding", "TEXT", "the limit that binds"},
                      {"next_step", "TEXT", "the smallest change that helps"}}},
    [STORE_SETTING] = {"setting",
                       "what a point changed in the scenario",
                       "PRIMARY KEY (point_id, path)",
                       {OF_POINT,
                        {"path", "TEXT NOT NULL", "place in the scenario"},
                        {"value", "TEXT NOT NULL", "as it would stand there"}}},
    [STORE_METRIC] = {"metric",
                      "a figure of a point",
                      NULL,
                      {OF_POINT,
                       SCOPE_AND_NAME,
                       {"value", "REAL", "the figure"},
                       INTERVAL,
                       {"unit", "TEXT", "of value, low and high; 1 is a share"},
                       {"badge", "TEXT", "exact, approximate, simulate; NULL: simulated"},
                       {"formula", "TEXT", "of an estimate"}}},
    [STORE_REPLICATION] =
        {"replication",
         "what a class was offered and blocked in one replication, for paired differences",
         NULL,
         {OF_POINT,
          {"replication", "INTEGER NOT NULL", "from 0"},
          SCOPE_AND_NAME,
          {"value", "REAL", "the figure"}}},
    [STORE_SERIES] = {"series",
                      "a figure over the time",
                      NULL,
                      {OF_POINT,
                       {"time", "TEXT NOT NULL", "start of the interval"},
                       SCOPE_AND_NAME,
                       {"mean", "REAL", "over replications"},
                       {"p05", "REAL", "5 % quantile over replications"},
                       {"p95", "REAL", "95 % quantile"}}},
    [STORE_ALARM] = {"alarm",
                     "an alarm raised or lowered, of the first 10 replications, at most 10,000 "
                     "(alarms.csv has all)",
                     NULL,
                     {OF_POINT,
                      {"replication", "INTEGER NOT NULL", "from 1, as in alarms.csv"},
                      {"time", "TEXT NOT NULL", "when"},
                      {"id", "INTEGER NOT NULL", "the product's number of the alarm"},
                      {"severity", "TEXT", "the product's word"},
                      {"state", "TEXT", "raised or lowered"},
                      {"cluster", "TEXT", "where"},
                      {"peer", "TEXT", "empty: the whole cluster"},
                      {"text", "TEXT", "what it says"}}},
    [STORE_ANSWER] = {"answer",
                      "a goal judged, all peers up or with a set of them down",
                      NULL,
                      {OF_POINT,
                       {"goal", "TEXT NOT NULL", "blocking, worst-hour, registrations, ..."},
                       {"scope", "TEXT", "of what"},
                       {"name", "TEXT", "name of the thing"},
                       {"down", "TEXT", "peers that are down"},
                       {"hour", "TEXT", "of the day, or empty"},
                       {"value", "REAL", "what was seen"},
                       INTERVAL,
                       {"\"limit\"", "REAL", "the goal"},
                       {"verdict", "TEXT", "of this row"},
                       {"cause", "TEXT", "what refused most"}}},
    [STORE_EVENT] = {"event",
                     "what an outage, an upgrade or a change did",
                     NULL,
                     {OF_POINT,
                      {"event", "TEXT NOT NULL", "which"},
                      {"time", "TEXT", "when"},
                      {"cluster", "TEXT", "where"},
                      {"peer", "TEXT", "at which peer"},
                      {"metric", "TEXT NOT NULL", "which figure"},
                      {"value", "REAL", "the figure"},
                      INTERVAL,
                      {"unit", "TEXT", "of it"}}},
    [STORE_ABOUT] = {"about",
                     "where a point comes from: table, document, version, seed, hash",
                     "PRIMARY KEY (point_id, \"key\")",
                     {OF_POINT,
                      {"\"key\"", "TEXT NOT NULL", "which fact"},
                      {"value", "TEXT", "the fact"}}},
    [STORE_NOTE] = {"note",
                    "what to know before relying on a point",
                    "PRIMARY KEY (point_id, number)",
                    {OF_POINT,
                     {"number", "INTEGER NOT NULL", "order, from 1"},
                     {"severity", "TEXT NOT NULL", "note, warning, error"},
                     {"text", "TEXT NOT NULL", "a sentence"}}},
    [STORE_ITEM] = {"item",
                    "a cell of a command's own table: designs, dates, findings, lines of the text",
                    "PRIMARY KEY (run_id, kind, number, \"column\")",
                    {OF_RUN,
                     {"kind", "TEXT NOT NULL", "design, event, finding, difference, text"},
                     {"number", "INTEGER NOT NULL", "its row, from 1"},
                     {"\"column\"", "TEXT NOT NULL", "its column"},
                     {"value", "TEXT", "the cell"}}},
};

const char *const store_indexes[] = {
    "CREATE INDEX metric_of_point ON metric (point_id, metric, scope, name)",
    "CREATE INDEX replication_of_point ON replication (point_id, metric, scope, name)",
    "CREATE INDEX series_of_point ON series (point_id)",
    "CREATE INDEX alarm_of_point ON alarm (point_id)",
    "CREATE INDEX answer_of_point ON answer (point_id)",
    "CREATE INDEX event_of_point ON event (point_id)",
    "CREATE INDEX run_of_scenario ON run (scenario_id)",
    NULL,
};

char *store_sql(void (*write)(FILE *out, enum store_table table), enum store_table table)
{
    char *sql = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&sql, &length);
    if (!out)
        return NULL;
    write(out, table);
    bool bad = ferror(out) != 0;
    if (fclose(out) == 0 && !bad)
        return sql;
    free(sql);
    return NULL;
}
