#include "reports/loads_table.h"

#include <math.h>

bool loads_table(struct table *table, const struct other_loads *loads,
                 const struct scenario *scenario)
{
    table_begin(table, "growth", "load,class,refused,low,high,verdict,badge,goal");
    for (uint32_t k = 0; k < scenario->class_count; k++)
        for (size_t i = 0; i < loads->count; i++) {
            const struct other_load_class *class = &loads->loads[i].classes[k];
            bool known = !isnan(class->refused.value);
            table_number(table, loads->loads[i].factor);
            table_text(table, scenario->classes[k].name);
            table_number(table, class->refused.value);
            table_number(table, class->refused.low);
            table_number(table, class->refused.high);
            table_text(table, known ? verdict_name(class->verdict) : "");
            table_text(table, known ? basis_name(class->basis) : "");
            table_number(table, class->goal);
        }
    return table_end(table);
}
