/* Load and holding times of a class: every way to state them, turned into rates per second and
 * seconds. */
#include <math.h>
#include <string.h>

#include "data/scenario_reader.h"
#include "model/scenario_make.h"

static double seconds(nanos duration)
{
    return (double)duration / (double)SECOND;
}

/* ---- Holding times ---- */

/* The numbers of a list of shares, or of durations in seconds. */
static double *read_numbers(struct reader *r, const struct node *list, enum schema_type type,
                            uint32_t *count)
{
    struct schema_row row = {.key = list->key->text, .type = type};
    *count = list->kind == NODE_SEQUENCE ? list->count : 0;
    double *numbers = reader_alloc(r, *count, sizeof *numbers);
    uint32_t i = 0;
    for (const struct node *n = list->first; n && numbers && i < *count; n = n->next) {
        struct schema_value value;
        schema_read_scalar(&row, &r->tree, n, &value, NULL);
        numbers[i++] = type == TYPE_DURATION ? seconds(value.integer) : value.real;
    }
    if (!numbers)
        *count = 0;
    return numbers;
}

static bool read_branches(struct reader *r, const struct schema_record *record,
                          struct holding *holding)
{
    const struct node *probabilities = record_node(record, "probabilities");
    const struct node *means = record_node(record, "means");
    uint32_t count;
    if (!reader_need(r, record, "probabilities means", "for distribution hyperexponential"))
        return false;
    holding->probabilities = read_numbers(r, probabilities, TYPE_FRACTION, &holding->count);
    holding->means = read_numbers(r, means, TYPE_DURATION, &count);
    if (count != holding->count || count == 0) {
        reader_error(r, means, "%u means for %u probabilities", count, holding->count);
        return false;
    }
    if (!reader_sum(r, probabilities, holding->probabilities, count))
        return false;
    double mean = 0, second = 0;
    for (uint32_t i = 0; i < count; i++) {
        mean += holding->probabilities[i] * holding->means[i];
        second += 2 * holding->probabilities[i] * holding->means[i] * holding->means[i];
    }
    holding->mean = mean;
    holding->cv = sqrt(fmax(second / (mean * mean) - 1, 0));
    return mean > 0;
}

/* Two branches of balanced means, p1 m1 = p2 m2, for a mean and a coefficient of variation. */
static bool balance_branches(struct reader *r, const struct schema_record *record,
                             struct holding *holding)
{
    double square = holding->cv * holding->cv;
    if (holding->cv < 1) {
        reader_error(r, record_node(record, "cv"),
                     "a hyperexponential distribution has a cv of at least 1");
        return false;
    }
    holding->probabilities = reader_alloc(r, 2, sizeof *holding->probabilities);
    holding->means = reader_alloc(r, 2, sizeof *holding->means);
    if (!holding->probabilities || !holding->means)
        return false;
    double p = (1 + sqrt((square - 1) / (square + 1))) / 2;
    /* 1 - p without cancellation, for a cv of hundreds */
    double q = 1 / ((square + 1) * 2 * p);
    holding->count = 2;
    holding->probabilities[0] = p;
    holding->probabilities[1] = q;
    holding->means[0] = holding->mean / (2 * p);
    holding->means[1] = holding->mean / (2 * q);
    return true;
}

static bool read_hyperexponential(struct reader *r, const struct schema_record *record,
                                  struct holding *holding)
{
    static const char what[] = "for distribution hyperexponential (or 'probabilities' and 'means')";
    bool branches = record_stated(record, "probabilities") || record_stated(record, "means");
    if (branches)
        return reader_only(r, record, "distribution probabilities means",
                           "beside 'probabilities' and 'means'") &&
               read_branches(r, record, holding);
    return reader_need(r, record, "mean cv", what) && balance_branches(r, record, holding);
}

static bool read_empirical(struct reader *r, const struct schema_record *record,
                           struct holding *holding)
{
    const char *file = record_text(record, "file"), *column = record_text(record, "column");
    if (!file || !column ||
        !workload_empirical(r->workload, (struct workload_column){file, column}, r->s->arena,
                            holding, r->errors))
        return false;
    double sum = 0, square = 0;
    for (uint32_t i = 0; i < holding->count; i++)
        sum += holding->means[i];
    holding->mean = sum / holding->count;
    for (uint32_t i = 0; i < holding->count; i++)
        square += (holding->means[i] - holding->mean) * (holding->means[i] - holding->mean);
    holding->cv = sqrt(square / holding->count) / holding->mean;
    return true;
}

static bool read_erlang(struct reader *r, const struct schema_record *record,
                        struct holding *holding)
{
    (void)r;
    (void)record;
    holding->cv = 1 / sqrt(holding->k);
    return true;
}

static bool read_deterministic(struct reader *r, const struct schema_record *record,
                               struct holding *holding)
{
    (void)r;
    (void)record;
    holding->cv = 0;
    return true;
}

bool reader_holding(struct reader *r, const struct node *node, struct holding *holding)
{
    static const struct {
        const char *need, *allow;
        bool (*finish)(struct reader *r, const struct schema_record *record,
                       struct holding *holding);
    } laws[] = {
        [LAW_EXPONENTIAL] = {"mean", "distribution mean", NULL},
        [LAW_DETERMINISTIC] = {"mean", "distribution mean", read_deterministic},
        [LAW_ERLANG] = {"k mean", "distribution k mean", read_erlang},
        [LAW_GAMMA] = {"mean cv", "distribution mean cv", NULL},
        [LAW_LOGNORMAL] = {"mean cv", "distribution mean cv", NULL},
        [LAW_HYPEREXPONENTIAL] = {"", "distribution mean cv probabilities means",
                                  read_hyperexponential},
        [LAW_EMPIRICAL] = {"file", "distribution file column", read_empirical},
    };
    struct schema_record record;
    char what[64], word[32];
    bool good = schema_read(BLOCK_HOLDING, &r->tree, node, &record, NULL);
    int law = record_choice(&record, "distribution", -1);
    if (law < 0 || node->kind != NODE_MAPPING)
        return false;
    schema_choice_name(schema_row(BLOCK_HOLDING, "distribution")->choices, law, word, sizeof word);
    snprintf(what, sizeof what, "for distribution %s", word);
    good = reader_need(r, &record, laws[law].need, what) && good;
    good = reader_only(r, &record, laws[law].allow, what) && good;
    *holding = (struct holding){
        .law = (enum law)law,
        .mean = seconds(record_integer(&record, "mean", SECOND)),
        .cv = record_real(&record, "cv", 1),
        .k = (int)record_integer(&record, "k", 1),
    };
    return good && (!laws[law].finish || laws[law].finish(r, &record, holding));
}

/* ---- Steps ---- */

static const struct schema_row step_time = {.key = "steps", .type = TYPE_TIME};
static const struct schema_row step_factor = {.key = "steps", .type = TYPE_REAL};

static bool is_pair(const struct node *node)
{
    return node->kind == NODE_SEQUENCE && node->count == 2;
}

/* Steps repeat daily when all times are below 24 hours and none is a date. */
static bool steps_daily(struct reader *r, const struct node *list)
{
    for (const struct node *n = list->first; n; n = n->next) {
        struct schema_value value;
        if (!is_pair(n) || !schema_read_scalar(&step_time, &r->tree, n->first, &value, NULL))
            continue;
        if (value.of_date || value.integer >= DAY)
            return false;
    }
    return true;
}

static bool read_step(struct reader *r, const struct node *pair, bool daily, double rate,
                      struct rate_steps *steps)
{
    struct schema_value time, factor;
    if (!is_pair(pair) || !schema_read_scalar(&step_time, &r->tree, pair->first, &time, NULL) ||
        !schema_read_scalar(&step_factor, &r->tree, pair->first->next, &factor, NULL))
        return false;
    nanos at = time.integer;
    if (!daily && !reader_resolve_time(r, &time, &at))
        return false;
    if (steps->count > 0 && at <= steps->times[steps->count - 1]) {
        reader_error(r, pair->first, "steps must ascend in time");
        return false;
    }
    steps->times[steps->count] = at;
    steps->rates[steps->count++] = rate * factor.real;
    return true;
}

/* A day begins with the rate in force at its end, so that the first step is at midnight. */
static void wrap_day(struct rate_steps *steps)
{
    if (!steps->daily || steps->count == 0 || steps->times[0] == 0)
        return;
    double last = steps->rates[steps->count - 1];
    memmove(steps->times + 1, steps->times, steps->count * sizeof *steps->times);
    memmove(steps->rates + 1, steps->rates, steps->count * sizeof *steps->rates);
    steps->times[0] = 0;
    steps->rates[0] = last;
    steps->count++;
}

static void read_steps(struct reader *r, const struct node *list, double rate,
                       struct rate_steps *steps)
{
    uint32_t count = list && list->kind == NODE_SEQUENCE ? list->count : 0;
    steps->times = reader_alloc(r, count + 1, sizeof *steps->times);
    steps->rates = reader_alloc(r, count + 1, sizeof *steps->rates);
    if (!steps->times || !steps->rates)
        return;
    if (list && list->kind == NODE_SEQUENCE && count == 0)
        reader_error(r, list, "'steps' is empty");
    if (count == 0) {
        steps->rates[0] = rate;
        *steps = arrivals_make(steps->times, steps->rates).steps;
        return;
    }
    steps->daily = steps_daily(r, list);
    bool good = true;
    for (const struct node *n = list->first; n && good; n = n->next)
        good = read_step(r, n, steps->daily, rate, steps);
    wrap_day(steps);
}

/* ---- Batches ---- */

static void read_batches(struct reader *r, const struct node *list, struct arrivals *arrivals)
{
    static const struct schema_row size_row = {.key = "batches", .type = TYPE_INTEGER};
    static const struct schema_row share_row = {.key = "batches", .type = TYPE_FRACTION};
    if (!list || list->kind != NODE_SEQUENCE)
        return;
    arrivals->batch_sizes = reader_alloc(r, list->count, sizeof *arrivals->batch_sizes);
    arrivals->batch_probabilities =
        reader_alloc(r, list->count, sizeof *arrivals->batch_probabilities);
    if (!arrivals->batch_sizes || !arrivals->batch_probabilities)
        return;
    for (const struct node *n = list->first; n; n = n->next) {
        struct schema_value size, share;
        if (!is_pair(n) || !schema_read_scalar(&size_row, &r->tree, n->first, &size, NULL) ||
            !schema_read_scalar(&share_row, &r->tree, n->first->next, &share, NULL))
            return; /* reported by the schema */
        arrivals->batch_sizes[arrivals->batch_count] = size.integer;
        arrivals->batch_probabilities[arrivals->batch_count++] = share.real;
    }
    reader_sum(r, list, arrivals->batch_probabilities, arrivals->batch_count);
}

/* ---- Ways to state a load ---- */

struct load {
    const struct schema_record *record;
    struct call_class *call;
    double batch; /* calls an arrival */
};

static double load_rate(struct reader *r, const struct load *load)
{
    (void)r;
    return record_real(load->record, "rate", 0);
}

static double load_per_endpoint(struct reader *r, const struct load *load)
{
    const struct call_class *call = load->call;
    uint32_t endpoints =
        call->via.origin == ORIGIN_ENDPOINTS ? call->via.endpoints : call->target_endpoints;
    if (endpoints == NONE) {
        if (call->via.origin != ORIGIN_ENDPOINTS)
            reader_error(r, record_node(load->record, "per-endpoint")->key,
                         "'per-endpoint' needs calls from or to endpoints");
        return 0;
    }
    load->call->arrivals.per_endpoint = true;
    double each = record_real(load->record, "per-endpoint", 0);
    return each * (double)r->s->endpoints[endpoints].count / load->batch;
}

static double load_erlangs(struct reader *r, const struct load *load)
{
    (void)r;
    return record_real(load->record, "busy-hour-erlangs", 0) / load->call->holding.mean /
           load->batch;
}

static double load_users(struct reader *r, const struct load *load)
{
    const struct schema_record *record = load->record;
    double registered =
        (double)record_integer(record, "users", 0) * record_real(record, "registered", 1);
    bool share = record_stated(record, "in-call"), rate = record_stated(record, "calls-per-hour");
    if (share == rate)
        reader_error(r, record_node(record, "users")->key,
                     "'users' needs one of 'in-call' and 'calls-per-hour'");
    if (rate)
        return registered * record_real(record, "calls-per-hour", 0) / 3600 / load->batch;
    return registered * record_real(record, "in-call", 0) / load->call->holding.mean / load->batch;
}

static void read_profile(struct reader *r, const struct load *load)
{
    struct call_class *call = load->call;
    const char *file = record_text(load->record, "profile");
    const char *of = record_text(load->record, "of");
    if (!file || !*call->name)
        return;
    struct profile_use use = {
        .file = file,
        .class_name = of ? of : call->name,
        .repeat = (enum repeat)(record_choice(load->record, "repeat", -1) + 1),
        .length = r->s->run.length,
    };
    if (!workload_profile(r->workload, &use, r->s->arena, &call->arrivals.steps, r->errors))
        return;
    for (uint32_t i = 0; i < call->arrivals.steps.count; i++)
        call->arrivals.steps.rates[i] /= load->batch; /* the file counts calls */
}

static void read_sources(struct reader *r, const struct load *load)
{
    struct arrivals *arrivals = &load->call->arrivals;
    reader_need(r, load->record, "idle", "beside 'sources'");
    arrivals->kind = ARRIVALS_SOURCES;
    arrivals->sources = record_integer(load->record, "sources", 1);
    arrivals->idle_mean = seconds(record_integer(load->record, "idle", SECOND));
}

static const struct way {
    const char *key, *keys;
    double (*rate)(struct reader *r, const struct load *load);
    void (*read)(struct reader *r, const struct load *load);
} ways[] = {
    {"rate", "rate steps batches scale", load_rate, NULL},
    {"profile", "profile of repeat batches scale", NULL, read_profile},
    {"per-endpoint", "per-endpoint steps batches scale", load_per_endpoint, NULL},
    {"busy-hour-erlangs", "busy-hour-erlangs steps batches scale", load_erlangs, NULL},
    {"users", "users registered in-call calls-per-hour steps batches scale", load_users, NULL},
    {"sources", "sources idle scale", NULL, read_sources},
};

static const struct way *find_way(const struct schema_record *record)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (record_stated(record, ways[i].key))
            return &ways[i];
    return NULL;
}

static void scale_load(struct arrivals *arrivals, double scale)
{
    for (uint32_t i = 0; i < arrivals->steps.count; i++)
        arrivals->steps.rates[i] *= scale;
    if (arrivals->kind == ARRIVALS_SOURCES)
        arrivals->sources = llround((double)arrivals->sources * scale);
}

void reader_arrivals(struct reader *r, const struct node *node, struct call_class *call)
{
    struct schema_record record;
    struct arrivals *arrivals = &call->arrivals;
    char what[64];
    schema_read(BLOCK_ARRIVALS, &r->tree, node, &record, NULL);
    if (node->kind != NODE_MAPPING)
        return;
    const struct way *way = find_way(&record);
    if (!way) {
        reader_error(r, node,
                     "arrivals need one of rate, profile, per-endpoint, busy-hour-erlangs, "
                     "users, sources");
        return;
    }
    snprintf(what, sizeof what, "beside '%s'", way->key);
    if (!reader_only(r, &record, way->keys, what))
        return;
    read_batches(r, record_node(&record, "batches"), arrivals);
    arrivals->kind = ARRIVALS_RATE;
    double scale = record_real(&record, "scale", 1);
    struct load load = {.record = &record, .call = call, .batch = arrivals_mean_batch(arrivals)};
    if (!(load.batch > 0))
        load.batch = 1;
    if (way->rate)
        read_steps(r, record_node(&record, "steps"), way->rate(r, &load), &arrivals->steps);
    else
        way->read(r, &load);
    scale_load(arrivals, scale);
}
