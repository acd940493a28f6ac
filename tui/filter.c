#include "tui/filter.h"

#include <stdlib.h>
#include <string.h>

#include "tui/list.h"
#include "tui/popup.h"

void filter_release(struct filter *filter)
{
    free(filter->text);
    filter->text = NULL;
}

void filter_ask(struct app *app, const struct filter *filter, const char *help, int action)
{
    app_push(app, &popup_prompt, prompt_new("Show only", help, filter->text ? filter->text : ""),
             action);
}

void filter_take(struct filter *filter, const struct app *app)
{
    filter_release(filter);
    filter->text = *app->answer ? strdup(app->answer) : NULL;
}

bool filter_keeps(const struct filter *filter, const char *text)
{
    return !filter->text || text_matches(text, filter->text);
}

void filter_tell(const struct filter *filter, char *buffer, size_t size)
{
    size_t used = strlen(buffer);
    if (filter->text)
        snprintf(buffer + used, size - used, "%sonly %s", used ? ", " : "", filter->text);
}
