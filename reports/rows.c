#include "reports/rows.h"

#include "reports/csv.h"

bool report_rows_begin(struct report_rows *rows, FILE *out, const char *key,
                       const struct scenario *scenario)
{
    *rows = (struct report_rows){.out = out, .key = key, .scenario = scenario};
    json_use_our_memory();
    rows->list = key ? json_array() : NULL;
    rows->table = key ? json_table(rows->list) : csv_table(out);
    return !key || rows->list;
}

bool report_rows_end(struct report_rows *rows, bool show)
{
    bool ok = table_end(&rows->table);
    if (show && ok && rows->key) {
        const struct scenario *s = rows->scenario;
        json_t *document =
            json_pack("{s:{s:s?,s:s?,s:s?,s:s},s:O}", "about", "scenario", s ? s->title : NULL,
                      "table", s ? s->table : NULL, "document", s ? s->table_source : NULL,
                      "version", PEERPLAN_VERSION, rows->key, rows->list);
        ok = json_put(rows->out, document);
        json_decref(document);
    }
    json_decref(rows->list);
    return ok;
}
