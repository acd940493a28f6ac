/* Files built into the program as they lie in data/, byte for byte.
 *
 * The sources are made by data/embed.awk while building; each list ends with a row whose name is
 * NULL. What is built in is read by the same code as a user's own file, so that a mistake in it
 * shows in the same way.
 */
#ifndef PEERPLAN_DATA_BUILTIN_H
#define PEERPLAN_DATA_BUILTIN_H

struct builtin_file {
    const char *name; /* "X14.2.csv" */
    const char *text;
};

extern const struct builtin_file builtin_xconfiguration[]; /* data/xconfiguration.csv */

#endif
