/* What there is to say about one thing beyond its row on a screen: a peer, a cluster, a class, an
 * alarm. As text for people, written to a stream. */
#ifndef PEERPLAN_TUI_DETAILS_H
#define PEERPLAN_TUI_DETAILS_H

#include <stdio.h>

#include "tui/alarms.h"
#include "tui/session.h"

void details_peer(const struct session *session, uint32_t peer, FILE *out);
void details_cluster(const struct session *session, uint32_t cluster, FILE *out);
void details_class(const struct session *session, uint32_t class_index, FILE *out);
void details_alarm(const struct session *session, const struct alarm_seen *alarm, FILE *out);

#endif
