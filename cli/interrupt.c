#include "cli/interrupt.h"

#include <math.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "model/base/output.h"

static atomic_int stop; /* a signal handler has nowhere else to leave its word */

#define ONE_PRESS 100 /* ms: timeout(1) and some shells signal a program and its group as well */

static volatile long long interrupted_at; /* ms; 0: not yet */

static long long milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

static void on_interrupt(int signal_number)
{
    long long before = interrupted_at, now = milliseconds();
    interrupted_at = now;
    if (before && now - before < ONE_PRESS)
        return; /* the same press */
    if (atomic_exchange(&stop, 1) == 0) {
        static const char said[] =
            "\npeerplan: stopping; what is complete counts; Ctrl-C again ends at once\n";
        ssize_t ignored = write(STDERR_FILENO, said, sizeof said - 1);
        (void)ignored;
        return;
    }
    if (output_end_on(signal_number))
        _exit(EXIT_INTERRUPTED);
}

static void on_time(int signal_number)
{
    static const char said[] = "\npeerplan: stopping after --max-time; what is complete counts\n";
    (void)signal_number;
    if (atomic_exchange(&stop, 1) == 0) {
        ssize_t ignored = write(STDERR_FILENO, said, sizeof said - 1);
        (void)ignored;
    }
}

static void on_end(int signal_number)
{
    if (!output_end_on(signal_number))
        return;
    if (signal_number == SIGINT)
        _exit(EXIT_INTERRUPTED);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void catch_signal(int signal_number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, NULL, &before);
    if (before.sa_handler != SIG_IGN) /* as nohup and background jobs of a shell have it */
        sigaction(signal_number, &action, NULL);
}

const atomic_int *interrupt_setup(void)
{
    catch_signal(SIGINT, on_interrupt);
    catch_signal(SIGTERM, on_end);
    catch_signal(SIGHUP, on_end);
    return &stop;
}

void interrupt_after(double seconds)
{
    double whole = floor(seconds);
    struct itimerval after = {
        .it_value = {.tv_sec = (time_t)whole, .tv_usec = (suseconds_t)((seconds - whole) * 1e6)}};
    if (seconds > 0 && after.it_value.tv_sec == 0 && after.it_value.tv_usec == 0)
        after.it_value.tv_usec = 1;
    catch_signal(SIGALRM, on_time);
    setitimer(ITIMER_REAL, &after, NULL);
}

void interrupt_cleanup(void)
{
    catch_signal(SIGINT, on_end);
    catch_signal(SIGTERM, on_end);
    catch_signal(SIGHUP, on_end);
}

bool interrupted(void)
{
    return atomic_load(&stop) != 0;
}
