#include "reports/estimate_table.h"

bool estimate_table(struct table *table, const struct estimate *estimate)
{
    table_begin(table, "estimate", "hour,down,scope,name,metric,value,low,high,unit,badge,formula");
    for (size_t i = 0; i < estimate->count; i++) {
        const struct estimate_row *row = &estimate->rows[i];
        if (row->hour >= 0)
            table_count(table, row->hour);
        else
            table_empty(table);
        if (row->down >= 0)
            table_count(table, row->down);
        else
            table_text(table, "weighted");
        table_text(table, row->scope);
        table_text(table, row->name);
        table_text(table, row->metric);
        table_number(table, row->value);
        table_number(table, row->low);
        table_number(table, row->high);
        table_text(table, row->unit);
        table_text(table, badge_name(row->badge));
        table_text(table, row->formula);
    }
    return table_end(table);
}
