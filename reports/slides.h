/* The charts of a page as files by themselves, for slides: a folder of SVG or PNG, named by what
 * they show (day-1.svg, refused.svg), or one PDF with a page for each. Without gnuplot there are
 * none, which is an error: whoever asks for pictures wants pictures.
 */
#ifndef PEERPLAN_REPORTS_SLIDES_H
#define PEERPLAN_REPORTS_SLIDES_H

#include "reports/chart.h"
#include "reports/files.h"

/* False with an error. */
bool slides_write_folder(const char *folder, enum chart_format format, const struct report *report,
                         struct errors *errors);
bool slides_write_document(const char *path, const struct report *report, struct errors *errors);

#endif
