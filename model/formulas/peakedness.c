#include "model/formulas/peakedness.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "model/formulas/erlang.h"

#define CELL      (17 * MINUTE)
#define CELLS_MIN 4.0 /* of equal weight; with fewer an interval would mean nothing */

/* One stream. Within a cell time is a share of it, 0 to 1. */
struct meter {
    bool begun, whole; /* whole: the record covers the present cell from its start */
    nanos cell;        /* where the present cell starts */
    double at;         /* integrated up to here */
    double level;      /* weight in progress above that at the start of the cell */
    double area, moment,
        square; /* its integral, that against time from the middle, that of its square */
    double own; /* what independent calls would show */
    double q, x, qq, qx, xx; /* over whole cells: what is there, what would be, and products */
    double busy, busy_area,
        busiest; /* weight in progress, its integral since `hour`, the highest mean of an hour */
    nanos hour, hour_at;
    uint64_t calls;
};

/* A call in progress ends; calls stay where they are, so that little moves in the heap. */
struct end {
    nanos at;
    size_t call;
};

struct peakedness {
    uint32_t streams;
    bool begun;
    nanos first, last; /* starts */
    struct end *ends;  /* a heap, the next one first; owned. Those behind count name free places */
    struct peakedness_call *calls; /* owned; in progress, in no order */
    size_t count, room;
    struct meter meters[];
};

struct peakedness *peakedness_new(uint32_t streams)
{
    struct peakedness *p = calloc(1, sizeof *p + (size_t)streams * sizeof p->meters[0]);
    if (p)
        p->streams = streams;
    return p;
}

void peakedness_free(struct peakedness *p)
{
    if (!p)
        return;
    free(p->ends);
    free(p->calls);
    free(p);
}

/* ---- One stream ---- */

static nanos floor_to(nanos time, nanos step)
{
    nanos rest = time % step;
    return time - (rest < 0 ? rest + step : rest);
}

/* The product of two steps up with so much of the cell left, without their constant and straight
 * parts. */
static double product(double x, double y)
{
    return fmin(x, y) - x * y - 3 * x * y * (1 - x) * (1 - y);
}

static void integrate(struct meter *m, double to)
{
    double part = m->level * (to - m->at);
    m->area += part;
    m->square += part * m->level;
    m->moment += part * ((m->at + to) / 2 - 0.5);
    m->at = to;
}

static void close_cell(struct meter *m)
{
    integrate(m, 1);
    double q = m->square - m->area * m->area - 12 * m->moment * m->moment;
    if (!m->whole)
        return;
    m->q += q;
    m->x += m->own;
    m->qq += q * q;
    m->qx += q * m->own;
    m->xx += m->own * m->own;
}

static void enter_cell(struct meter *m, nanos first, nanos time)
{
    m->cell = floor_to(time, CELL);
    m->whole = m->cell >= first;
    m->at = m->level = m->area = m->moment = m->square = m->own = 0;
}

/* Hours in which nothing changes have the mean that they begin with. */
static void count_hours(struct meter *m, nanos time)
{
    if (time >= m->hour + HOUR) {
        m->busy_area += m->busy * (double)(m->hour + HOUR - m->hour_at);
        m->busiest = fmax(m->busiest, m->busy_area / (double)HOUR);
        if (time >= m->hour + 2 * HOUR)
            m->busiest = fmax(m->busiest, m->busy);
        m->hour = m->hour_at = floor_to(time, HOUR);
        m->busy_area = 0;
    }
    m->busy_area += m->busy * (double)(time - m->hour_at);
    m->hour_at = time;
}

/* Up to a time; cells in which nothing changes show nothing and would show nothing. */
static void advance(struct meter *m, nanos first, nanos time)
{
    if (!m->begun) {
        m->begun = true;
        enter_cell(m, first, time);
        m->hour = m->hour_at = floor_to(time, HOUR);
    }
    if (time >= m->cell + CELL) {
        close_cell(m);
        enter_cell(m, first, time);
    }
    integrate(m, (double)(time - m->cell) / (double)CELL);
    count_hours(m, time);
}

static void change(struct meter *m, double by, double own)
{
    m->level += by;
    m->busy += by;
    m->own += own;
}

/* ---- All of them ---- */

/* Fills the gap at the top with the end: earlier ones move up all the way, a choice without a
 * branch, then the end climbs to its place. */
static void put(struct peakedness *p, struct end end)
{
    struct end *ends = p->ends;
    size_t slot = 0, count = p->count, child = 1;
    for (; child + 1 < count; slot = child, child = 2 * slot + 1) {
        child += ends[child + 1].at < ends[child].at;
        ends[slot] = ends[child];
    }
    if (child < count) {
        ends[slot] = ends[child];
        slot = child;
    }
    for (; slot > 0 && end.at <= ends[(slot - 1) / 2].at; slot = (slot - 1) / 2)
        ends[slot] = ends[(slot - 1) / 2];
    ends[slot] = end;
}

static bool grow(struct peakedness *p)
{
    size_t room = p->room ? 2 * p->room : 64;
    struct end *ends = realloc(p->ends, room * sizeof *ends);
    p->ends = ends ? ends : p->ends;
    struct peakedness_call *calls = ends ? realloc(p->calls, room * sizeof *calls) : NULL;
    if (!calls)
        return false;
    p->calls = calls;
    for (; p->room < room; p->room++)
        p->ends[p->room].call = p->room;
    return true;
}

static bool insert(struct peakedness *p, const struct peakedness_call *call)
{
    if (p->count == p->room && !grow(p))
        return false;
    size_t slot = p->count++;
    struct end end = {call->start + call->duration, p->ends[slot].call};
    p->calls[end.call] = *call;
    for (; slot > 0 && end.at < p->ends[(slot - 1) / 2].at; slot = (slot - 1) / 2)
        p->ends[slot] = p->ends[(slot - 1) / 2];
    p->ends[slot] = end;
    return true;
}

/* The next end is over: its place becomes free. */
static void take_first(struct peakedness *p)
{
    struct end end = p->ends[0], last = p->ends[--p->count];
    if (p->count > 0)
        put(p, last);
    p->ends[p->count] = end;
}

static void begin_call(struct peakedness *p, const struct peakedness_call *call, int i)
{
    struct meter *m = &p->meters[call->stream[i]];
    double weight = call->weight[i];
    advance(m, p->first, call->start);
    m->calls++;
    change(m, weight, weight * weight * product(1 - m->at, 1 - m->at));
}

static void end_call(struct peakedness *p, const struct peakedness_call *call, int i)
{
    struct meter *m = &p->meters[call->stream[i]];
    double weight = call->weight[i];
    advance(m, p->first, call->start + call->duration);
    double left = 1 - m->at, own = product(left, left);
    if (call->start >= m->cell)
        own -= 2 * product(left, 1 - (double)(call->start - m->cell) / (double)CELL);
    change(m, -weight, weight * weight * own);
}

bool peakedness_add(struct peakedness *p, const struct peakedness_call *call)
{
    assert(call->duration >= 0 && (!p->begun || call->start >= p->last));
    if (!p->begun)
        p->first = call->start;
    p->begun = true;
    p->last = call->start;
    while (p->count > 0 && p->ends[0].at <= call->start) {
        const struct peakedness_call *ended = &p->calls[p->ends[0].call];
        for (int i = 0; i < 2; i++)
            if (ended->weight[i] > 0)
                end_call(p, ended, i);
        take_first(p);
    }
    for (int i = 0; i < 2; i++)
        if (call->weight[i] > 0)
            begin_call(p, call, i);
    return insert(p, call);
}

struct peakedness_figure peakedness_of(const struct peakedness *p, uint32_t stream)
{
    assert(stream < p->streams);
    struct meter m = p->meters[stream]; /* a copy: the record may go on */
    struct peakedness_figure f = {
        .calls = m.calls, .value = NAN, .half = NAN, .low = NAN, .high = NAN};
    if (m.calls == 0)
        return f;
    advance(&m, p->first, p->last);
    f.busiest = fmax(m.busiest, m.busy_area / (double)HOUR);
    if (!(m.x > 0))
        return f;
    double z = m.q / m.x, cells = m.x * m.x / m.xx;
    f.value = z;
    if (cells < CELLS_MIN)
        return f;
    double scatter = fmax(m.qq - 2 * z * m.qx + z * z * m.xx, 0) * cells / (cells - 1);
    f.half = gsl_cdf_tdist_Pinv(0.975, cells - 1) * sqrt(scatter) / m.x;
    f.low = fmax(z - f.half, 0);
    f.high = z + f.half;
    return f;
}

enum peakedness_verdict peakedness_judge(double value, double low)
{
    return !(value > PEAKEDNESS_MOST) ? PEAKEDNESS_PLAIN
           : low > PEAKEDNESS_MOST    ? PEAKEDNESS_HIGH
                                      : PEAKEDNESS_UNSURE;
}

/* ---- What Poisson arrivals would meet ---- */

/* 0 where nobody would ever be refused; the formula would only take its time. */
static double blocking_of(double servers, double erlangs)
{
    bool ample = isinf(servers) || erlangs < servers - 40 * sqrt(servers);
    return ample ? 0 : erlang_b(servers, erlangs);
}

double peakedness_erlang(const struct scenario *scenario, const struct call_class *call,
                         double erlangs)
{
    struct platform node = scenario_cluster_node(scenario, call->via.cluster);
    double units = (double)scenario_call_units(scenario, call, &node);
    double servers =
        units > 0 ? floor((double)scenario_cluster_units(scenario, call->via.cluster) / units)
                  : INFINITY;
    return blocking_of(servers, erlangs);
}

double peakedness_erlang_units(const struct scenario *scenario, uint32_t cluster, double units,
                               double size)
{
    return size > 0
               ? blocking_of((double)scenario_cluster_units(scenario, cluster) / size, units / size)
               : 0;
}
