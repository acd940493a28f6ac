#include "reports/answer_table.h"

bool answer_table(struct table *table, const struct answer *answer)
{
    table_begin(table, "answer", "goal,scope,name,down,hour,value,low,high,limit,verdict,cause");
    for (size_t i = 0; i < answer->row_count; i++) {
        const struct judged *row = &answer->rows[i];
        table_text(table, goal_name(row->goal));
        table_text(table, scope_name(row->scope));
        table_text(table, row->name);
        table_text(table, row->down);
        if (row->hourly)
            table_count(table, row->from / HOUR);
        else
            table_empty(table);
        table_number(table, row->value.value);
        table_number(table, row->value.low);
        table_number(table, row->value.high);
        table_number(table, row->limit);
        table_text(table, verdict_name(row->verdict));
        table_text(table, row->cause);
    }
    return table_end(table);
}
