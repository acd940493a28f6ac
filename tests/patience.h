/* How long tests wait for what must come: long enough for a busy machine, longer where the thread
 * sanitizer makes everything ten to twenty times slower. */
#ifndef PEERPLAN_TESTS_PATIENCE_H
#define PEERPLAN_TESTS_PATIENCE_H

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define PATIENCE_FACTOR 15
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define PATIENCE_FACTOR 15
#endif
#ifndef PATIENCE_FACTOR
#define PATIENCE_FACTOR 1
#endif

#define PATIENCE (60 * PATIENCE_FACTOR) /* seconds */

#endif
