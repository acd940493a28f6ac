/* What `peerplan fit` found, as text, JSON and tables. */
#ifndef PEERPLAN_CLI_FIT_PRINT_H
#define PEERPLAN_CLI_FIT_PRINT_H

#include <stdio.h>

#include "cli/fit_model.h"
#include "reports/table.h"

void fit_print(const struct fit *fit, const struct fit_record *record,
               const struct fit_question *question, const struct fit_comparison *comparison,
               FILE *out);

/* `class,day,hour,calls,hours,calls_per_hour,erlangs`; day: weekday, weekend, or all. */
bool fit_profile_table(struct table *table, const struct fit *fit);
/* `class,test,statistic,p,count` */
bool fit_tests_table(struct table *table, const struct fit *fit);
/* `class,distribution,mean,cv,log_likelihood,aic,anderson_darling,p,chosen` */
bool fit_holding_table(struct table *table, const struct fit *fit);

/* One document: summary, classes, comparison (record and model), profile, tests, holding. False
 * when out of memory. */
bool fit_json(const struct fit *fit, const struct fit_record *record,
              const struct fit_question *question, const struct fit_comparison *comparison,
              FILE *out);

#endif
