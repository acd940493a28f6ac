/* The table behind data/schema.h: the rows of every block. For data/schema*.c only. */
#ifndef PEERPLAN_DATA_SCHEMA_TABLE_H
#define PEERPLAN_DATA_SCHEMA_TABLE_H

#include "data/schema.h"

struct schema_block_info {
    const char *name, *help;
    const struct schema_row *rows;
    size_t count;
};

extern const struct schema_block_info schema_blocks[BLOCK_COUNT];

#endif
