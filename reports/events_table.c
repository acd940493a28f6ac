#include "reports/events_table.h"

bool events_table(struct table *table, const struct results *results)
{
    table_begin(table, "events", "event,time,cluster,peer,metric,value,low,high,unit");
    for (size_t i = 0; i < results->metric_count; i++) {
        const struct metric *m = &results->metrics[i];
        if (m->scope != SCOPE_EVENT)
            continue;
        const struct scripted_event *event = &results->scripted[m->index];
        struct interval value = results_interval(results, i, 0);
        table_text(table, scripted_name(event->kind));
        table_seconds(table, event->at);
        table_text(table, event->cluster);
        table_text(table, event->peer);
        table_text(table, m->metric);
        table_number(table, value.value);
        table_number(table, value.low);
        table_number(table, value.high);
        table_text(table, m->unit);
    }
    return table_end(table);
}
