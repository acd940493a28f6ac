/* What stands before the table of a command: its chart, of dates, designs, differences. For page.c.
 */
#ifndef PEERPLAN_REPORTS_PAGE_OWN_H
#define PEERPLAN_REPORTS_PAGE_OWN_H

#include "reports/page_sheet.h"

void sheet_dates(struct sheet *sheet);
void sheet_designs(struct sheet *sheet);
void sheet_differences(struct sheet *sheet);

#endif
