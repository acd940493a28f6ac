#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "model/base/error.h"

/* A write may fail as late as in close(), on network file systems for instance. */
static void standard_output_close(void)
{
    bool failed = ferror(stdout) != 0;
    errno = 0;
    if (fclose(stdout) != 0)
        failed = true;
    if (!failed)
        return;
    if (errno != EPIPE) {
        const char *reason = errno ? strerror(errno) : "write error";
        fprintf(stderr, "peerplan: standard output: %s\n", reason);
    }
    fflush(stderr);
    _exit(ERROR_IO);
}

/* A file opened later must not become "standard output" because that was closed. Opened the wrong
 * way round, so that its use is an error. */
static void descriptors_open(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", modes[fd]) < 0)
            _exit(ERROR_IO);
}

void terminal_setup(void)
{
    descriptors_open();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
    atexit(standard_output_close);
}

bool terminal_interactive(FILE *stream)
{
    return isatty(fileno(stream));
}

bool terminal_colour(FILE *stream)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    if (none && *none)
        return false;
    return terminal_interactive(stream) && term && *term && strcmp(term, "dumb") != 0;
}

int terminal_width(FILE *stream)
{
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}
