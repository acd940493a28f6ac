/* The tui in a pseudo-terminal while everything runs behind it: milliseconds from a key to its
 * echo, and from a change to the first answer. What the thread of the screen itself took of it, at
 * work or waiting for a processor, stands beside the echo: on a busy machine the kernel's own
 * threads, which carry what is typed, take most of the rest. */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES_MOST 400

struct terminal {
    pid_t child;
    int fd;
    char text[1 << 16]; /* what came since the last key */
    size_t used;
};

struct samples {
    double values[SAMPLES_MOST];
    int count;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/* Takes in what comes within some milliseconds; false when nothing did. */
static bool take(struct terminal *t, double milliseconds)
{
    struct pollfd wait = {.fd = t->fd, .events = POLLIN};
    if (poll(&wait, 1, milliseconds < 1 ? 1 : (int)milliseconds) <= 0)
        return false;
    if (t->used > sizeof t->text / 2)
        t->used = 0;
    ssize_t n = read(t->fd, t->text + t->used, sizeof t->text - 1 - t->used);
    if (n <= 0) {
        puts("the program has ended");
        exit(1);
    }
    t->used += (size_t)n;
    t->text[t->used] = '\0';
    return true;
}

static void rest(struct terminal *t, double milliseconds)
{
    for (double until = now() + milliseconds; now() < until;)
        take(t, until - now());
}

/* Milliseconds from a key until one of some words comes, which "|" parts; any byte for NULL. */
static double answer_to(struct terminal *t, const char *keys, const char *words)
{
    t->used = 0;
    t->text[0] = '\0';
    double begin = now();
    if (write(t->fd, keys, strlen(keys)) < 0)
        exit(1);
    while (now() < begin + 10000) {
        if (!take(t, 1000))
            continue;
        if (!words)
            return now() - begin;
        char *copy = strdup(words), *rest_of = copy, *word;
        bool there = false;
        while ((word = strsep(&rest_of, "|")))
            there = there || memmem(t->text, t->used, word, strlen(word));
        free(copy);
        if (there)
            return now() - begin;
    }
    return 10000;
}

/* Milliseconds that the thread of the screen has worked, or was ready to and waited. */
static double own_time(const struct terminal *t)
{
    char path[64];
    double worked = 0, waited = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", t->child, t->child);
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%lf %lf", &worked, &waited) != 2)
        worked = waited = 0;
    if (file)
        fclose(file);
    return (worked + waited) / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell(const char *file, const char *what, struct samples *s)
{
    qsort(s->values, (size_t)s->count, sizeof *s->values, by_size);
    if (s->count)
        printf("%-28s %-34s median %6.1f  95 %% %6.1f  most %6.1f ms  (%d)\n", file, what,
               s->values[s->count / 2], s->values[s->count * 95 / 100], s->values[s->count - 1],
               s->count);
}

/* $PEERPLAN, or "peerplan" in the folder above that of this program. */
static const char *program(void)
{
    static char path[4096];
    const char *given = getenv("PEERPLAN");
    ssize_t n = given ? 0 : readlink("/proc/self/exe", path, sizeof path - 16);
    path[n < 0 ? 0 : n] = '\0';
    for (int up = 0; up < 2 && !given; up++)
        if (strrchr(path, '/'))
            *strrchr(path, '/') = '\0';
    return given ? given : strcat(path, "/peerplan");
}

static void start(struct terminal *t, const char *file)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    memset(t, 0, sizeof *t);
    t->child = forkpty(&t->fd, NULL, NULL, &size);
    if (t->child == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        execl(program(), "peerplan", "tui", "--theme", "dark", file, (char *)NULL);
        _exit(127);
    }
}

#define F2 "\033OQ"
#define F9 "\033[20~"

/* f opens a box with words that stand nowhere else, Enter closes it again. */
static void echoes(struct terminal *t, const char *file, const char *what, const char *screen,
                   const char *words, int rounds)
{
    struct samples s = {0}, own = {0};
    answer_to(t, screen, NULL);
    rest(t, 300);
    for (int i = 0; i < rounds && s.count < SAMPLES_MOST; i++) {
        rest(t, 40 + i % 7);
        double before = own_time(t);
        s.values[s.count++] = answer_to(t, "f", words);
        own.values[own.count++] = own_time(t) - before;
        rest(t, 40 + i % 5);
        answer_to(t, "\r", NULL);
    }
    tell(file, what, &s);
    tell(file, "  of it, its own thread", &own);
}

/* A peer is killed and brought back: how soon the screen has an answer to it. */
static void previews(struct terminal *t, const char *file, int rounds)
{
    struct samples s = {0};
    answer_to(t, F2, NULL);
    rest(t, 300);
    for (int i = 0; i < rounds; i++) {
        rest(t, 400 + 37 * (i % 5));
        s.values[s.count++] = answer_to(t, "k", "quick look|by formula|simulated");
    }
    tell(file, "change to the first answer", &s);
}

int main(int argc, char **argv)
{
    static char *usual[] = {"examples/head-office.yaml", "examples/edge-core.yaml"};
    char **files = argc > 1 ? argv + 1 : usual;
    int count = argc > 1 ? argc - 1 : 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < count; i++) {
        struct terminal t;
        start(&t, files[i]);
        rest(&t, 600);
        echoes(&t, files[i], "key to echo, Cluster", F2, "Show only", 60);
        previews(&t, files[i], 20);
        answer_to(&t, "k", NULL);
        echoes(&t, files[i], "key to echo, Size being filled", F9, "all of the table", 60);
        kill(t.child, SIGKILL);
        waitpid(t.child, NULL, 0);
        close(t.fd);
    }
    return 0;
}
