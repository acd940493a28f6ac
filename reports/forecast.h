/* When growth reaches a limit (answer/forecast.h), as tables and as text. */
#ifndef PEERPLAN_REPORTS_FORECAST_H
#define PEERPLAN_REPORTS_FORECAST_H

#include <stdio.h>

#include "answer/forecast.h"
#include "reports/table.h"

/* `date,date_low,date_high,months,event,cluster,limit,value,badge`. False when out of memory. */
bool forecast_table(struct table *table, const struct forecast *forecast);

/* The line of each month: `date,name,metric,value,badge`. False when out of memory. */
bool forecast_months_table(struct table *table, const struct forecast *forecast);

void forecast_text(const struct forecast *forecast, FILE *out);

#endif
