/* What `peerplan fit` found, as text and as CSV. */
#ifndef PEERPLAN_CLI_FIT_PRINT_H
#define PEERPLAN_CLI_FIT_PRINT_H

#include <stdio.h>

#include "cli/fit_model.h"

void fit_print(const struct fit *fit, const struct fit_record *record,
               const struct fit_question *question, const struct fit_comparison *comparison,
               FILE *out);

/* `class,day,hour,calls,hours,calls_per_hour,erlangs`; day: weekday, weekend, or all. */
void fit_put_profile(const struct fit *fit, FILE *out);
/* `class,test,statistic,p,count` */
void fit_put_tests(const struct fit *fit, FILE *out);
/* `class,distribution,mean,cv,log_likelihood,aic,anderson_darling,p,chosen` */
void fit_put_holding(const struct fit *fit, FILE *out);

#endif
