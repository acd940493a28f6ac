/* What a scenario says for check alone: model/stated.h. */
#include "data/scenario_reader.h"

static const char *read_text(struct reader *r, const struct schema_record *record, const char *key)
{
    const char *text = record_stated(record, key) ? record_text(record, key) : NULL;
    return text ? reader_strdup(r, text) : NULL;
}

/* The word of a choice. */
static const char *read_word(struct reader *r, const struct schema_record *record, const char *key)
{
    char word[64];
    if (!record_stated(record, key) || !record_get(record, key)->good)
        return NULL;
    return reader_strdup(r, schema_choice_name(record_get(record, key)->row->choices,
                                               record_choice(record, key, 0), word, sizeof word));
}

static struct texts read_texts(struct reader *r, const struct schema_record *record,
                               const char *key)
{
    const struct node *list = record_node(record, key);
    struct texts texts = {.stated = list && list->kind == NODE_SEQUENCE};
    if (!texts.stated)
        return texts;
    texts.items = reader_alloc(r, list->count, sizeof *texts.items);
    for (const struct node *n = list->first; n && texts.items; n = n->next)
        if (n->kind == NODE_SCALAR)
            texts.items[texts.count++] = reader_strdup(r, n->text);
    return texts;
}

/* A peer of the own cluster. */
static bool own_peer(struct reader *r, const struct peer *peer, uint32_t other,
                     const struct node *node)
{
    const struct cluster *cluster = &r->s->clusters[peer->cluster];
    if (other - cluster->first_peer < cluster->peer_count)
        return true;
    reader_error(r, node, "peer '%s' is not of this cluster", node->text);
    return false;
}

static void read_order(struct reader *r, const struct schema_record *record,
                       const struct peer *peer, struct peer_stated *stated)
{
    const struct node *list = record_node(record, "peer-order");
    if (!list || list->kind != NODE_SEQUENCE)
        return;
    stated->peer_order = reader_alloc(r, list->count, sizeof *stated->peer_order);
    for (const struct node *n = list->first; n && stated->peer_order; n = n->next)
        if (reader_refer_node(r, BLOCK_PEER, n, &stated->peer_order[stated->peer_order_count]) &&
            own_peer(r, peer, stated->peer_order[stated->peer_order_count], n))
            stated->peer_order_count++;
}

void reader_peer_stated(struct reader *r, const struct schema_record *record, struct peer *peer)
{
    struct peer_stated *stated = reader_alloc(r, 1, sizeof *stated);
    if (!stated)
        return;
    *stated = (struct peer_stated){
        .address = read_text(r, record, "address"),
        .system_name = read_text(r, record, "system-name"),
        .version = read_text(r, record, "version"),
        .cluster_name = read_text(r, record, "cluster-name"),
        .time_zone = read_text(r, record, "time-zone"),
        .certificate = read_word(r, record, "certificate"),
        .ip_version = read_word(r, record, "ip-version"),
        .tls_verification = read_word(r, record, "tls-verification"),
        .primary = NONE,
        .options = read_texts(r, record, "options"),
        .ntp = read_texts(r, record, "ntp"),
        .dns = read_texts(r, record, "dns"),
        .syslog = read_texts(r, record, "syslog"),
        .latency = record_integer(record, "latency", -1),
    };
    if (reader_refer(r, record, "primary", &stated->primary) &&
        !own_peer(r, peer, stated->primary, record_node(record, "primary")))
        stated->primary = NONE;
    read_order(r, record, peer, stated);
    peer->stated = stated;
}

void reader_cluster_stated(struct reader *r, const struct schema_record *record,
                           struct cluster *cluster)
{
    struct cluster_stated *stated = reader_alloc(r, 1, sizeof *stated);
    if (!stated)
        return;
    *stated = (struct cluster_stated){
        .cluster_name = read_text(r, record, "cluster-name"),
        .ip_version = read_word(r, record, "ip-version"),
        .tls_verification = read_word(r, record, "tls-verification"),
        .address_mapping = record_stated(record, "address-mapping")
                               ? record_yes(record, "address-mapping", false)
                               : -1,
    };
    cluster->stated = stated;
}
