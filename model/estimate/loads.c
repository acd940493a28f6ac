#include "model/estimate/loads.h"

#include <stdlib.h>

#include "model/load.h"

#define KEPT_MAX 4000000 /* loads of classes that are kept */
#define FULL     0.7     /* of the table, before it grows */

struct entry {
    nanos from, to, at;
    struct load *loads; /* owned, by class; NULL: the place is free */
};

struct loads {
    const struct scenario *scenario;
    struct entry *table; /* owned; open addressing */
    size_t size, used;
    struct load *passing; /* owned: of what is not kept */
    struct ages *ages;    /* owned, by class */
};

struct loads *loads_new(const struct scenario *s)
{
    struct loads *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->scenario = s;
    l->size = 256;
    l->table = calloc(l->size, sizeof *l->table);
    l->passing = calloc((size_t)s->class_count + 1, sizeof *l->passing);
    l->ages = calloc((size_t)s->class_count + 1, sizeof *l->ages);
    if (l->table && l->passing && l->ages)
        return l;
    loads_free(l);
    return NULL;
}

void loads_free(struct loads *l)
{
    if (!l)
        return;
    for (size_t i = 0; l->table && i < l->size; i++)
        free(l->table[i].loads);
    for (uint32_t k = 0; l->ages && k < l->scenario->class_count; k++)
        ages_release(&l->ages[k]);
    free(l->table);
    free(l->passing);
    free(l->ages);
    free(l);
}

static size_t place(const struct entry *table, size_t size, nanos from, nanos to, nanos at)
{
    uint64_t hash = (uint64_t)from * UINT64_C(0x9E3779B97F4A7C15);
    hash = (hash ^ (uint64_t)to) * UINT64_C(0xBF58476D1CE4E5B9);
    hash = (hash ^ (uint64_t)at) * UINT64_C(0x94D049BB133111EB);
    size_t i = (size_t)(hash >> 20) & (size - 1);
    while (table[i].loads && (table[i].from != from || table[i].to != to || table[i].at != at))
        i = (i + 1) & (size - 1);
    return i;
}

static bool grow(struct loads *l)
{
    struct entry *table = calloc(2 * l->size, sizeof *table);
    if (!table)
        return false;
    for (size_t i = 0; i < l->size; i++) {
        const struct entry *e = &l->table[i];
        if (e->loads)
            table[place(table, 2 * l->size, e->from, e->to, e->at)] = *e;
    }
    free(l->table);
    l->table = table;
    l->size *= 2;
    return true;
}

static void work_out(struct loads *l, nanos from, nanos to, nanos at, struct load *loads)
{
    const struct scenario *s = l->scenario;
    for (uint32_t k = 0; k < s->class_count; k++) {
        const struct call_class *call = &s->classes[k];
        loads[k].at = load_at(s, call, at, &l->ages[k]);
        loads[k].mean = to > from ? load_mean(s, call, from, to, &l->ages[k]) : loads[k].at;
        loads[k].offered = load_offered(s, call, from, to);
    }
}

const struct load *loads_of(struct loads *l, nanos from, nanos to, nanos at)
{
    size_t classes = (size_t)l->scenario->class_count + 1;
    size_t i = place(l->table, l->size, from, to, at);
    if (l->table[i].loads)
        return l->table[i].loads;
    if ((l->used + 1) * classes > KEPT_MAX) {
        work_out(l, from, to, at, l->passing);
        return l->passing;
    }
    if ((double)(l->used + 1) > FULL * (double)l->size) {
        if (!grow(l))
            return NULL;
        i = place(l->table, l->size, from, to, at);
    }
    struct load *loads = malloc(classes * sizeof *loads);
    if (!loads)
        return NULL;
    work_out(l, from, to, at, loads);
    l->table[i] = (struct entry){from, to, at, loads};
    l->used++;
    return loads;
}

double loads_top(struct loads *l, uint32_t k, nanos from, nanos to)
{
    return load_top(l->scenario, &l->scenario->classes[k], from, to, &l->ages[k]);
}
