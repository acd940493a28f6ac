#include "cli/prices.h"

#include <math.h>
#include <string.h>

#include "data/csv_reader.h"
#include "data/input.h"
#include "model/base/number.h"

static double *price_of(struct prices *p, const struct price_list *list, const char *item)
{
    if (strncmp(item, "platform:", 9) == 0)
        for (size_t i = 0; i < list->count; i++)
            if (strcmp(list->names[i], item + 9) == 0)
                return &p->platforms[i];
    return strcmp(item, "rms") == 0       ? &p->rms
           : strcmp(item, "room") == 0    ? &p->room
           : strcmp(item, "desktop") == 0 ? &p->desktop
           : strcmp(item, "site") == 0    ? &p->site
                                          : NULL;
}

static void read_row(struct prices *prices, const struct price_list *list,
                     const struct csv_reader *reader, struct errors *errors)
{
    double value = 0;
    const char *item = csv_reader_field(reader, 0);
    double *price = price_of(prices, list, item);
    struct csv_place place = csv_reader_place(reader, price ? 1 : 0);
    if (!price && strncmp(item, "platform:", 9) == 0)
        return; /* one that is not asked for */
    if (price && number_parse(csv_reader_field(reader, 1), &value) && value >= 0) {
        *price = value;
        return;
    }
    errors_add(errors, ERROR_DATA, csv_reader_name(reader), place.line, place.column,
               price ? "'%.60s' is not a price"
                     : "unknown item '%.60s' (platform:NAME, rms, room, desktop, site)",
               price ? csv_reader_field(reader, 1) : item);
    errors_set_source(errors, place.text, place.length);
}

bool prices_read(struct prices *prices, const struct price_list *list, const char *path,
                 struct errors *errors)
{
    static const struct csv_column columns[] = {{"item", true}, {"price", true}};
    struct input *input = input_open(path, errors);
    struct csv_reader *reader = input ? csv_reader_new(input, columns, 2, errors) : NULL;
    enum csv_result result = CSV_FAILED;
    prices_init(prices);
    prices->stated = true;
    while (reader && (result = csv_reader_next(reader, errors)) != CSV_END && result != CSV_FAILED)
        if (result == CSV_ROW)
            read_row(prices, list, reader, errors);
    csv_reader_free(reader);
    return result == CSV_END && errors->failures == 0;
}
