/* Dumps of running peers: what administrators have when something is wrong.
 *
 * A dump is the xconf_dump.txt of a diagnostic log, one a peer: lines
 *     *c xConfiguration PATH: "value"
 * among lines of other commands, several on a line occur, numbers quoted or not. It is given as the
 * file itself, as a folder in which such files lie (at any depth, with archives), or as the
 * diagnostic log's archive (.tar.gz, compressed as it is, one in another). The xstat_dump.txt
 * beside it tells the software version and the alarm of the system key.
 *
 * Paths are known from data/xconfiguration.csv (command reference of X15.5): type, range, default,
 * and whether a peer has its own. Unknown paths are kept, to be compared. Secrets (passwords, keys,
 * communities) never leave this file: of option keys only what they grant does; messages quote no
 * line.
 *
 * Errors: ERROR_NO_INPUT when a file is missing, ERROR_DATA when an archive is damaged or nothing
 * in it is a dump. Lines that begin as a setting and are none are warned about.
 */
#ifndef PEERPLAN_DATA_DUMP_H
#define PEERPLAN_DATA_DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "model/base/error.h"
#include "model/deployment.h"

struct dumps;

struct dumps *dumps_new(struct errors *errors); /* owned; NULL with an error */
void dumps_free(struct dumps *dumps);           /* takes NULL */

enum dump_result {
    DUMP_ADDED,
    DUMP_OTHER, /* a text without a setting: something else, such as a scenario */
    DUMP_FAILED,
};

/* Reads a file, a folder or an archive; "-" is standard input. */
enum dump_result dumps_add(struct dumps *dumps, const char *path, struct errors *errors);

/* After DUMP_OTHER: the text, borrowed until the next dumps_add. */
const char *dumps_other(const struct dumps *dumps, size_t *length);

/* The deployment of all that was added, clusters told apart; it borrows nothing but the kinds of
 * settings, which dumps keeps. A second dump of one peer is warned about and left out. False with
 * an error; release the deployment in any case. */
bool dumps_deploy(struct dumps *dumps, struct deployment *deployment, struct errors *errors);

#endif
