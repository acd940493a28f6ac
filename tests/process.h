/* Runs the program under test with its outputs captured. For test programs only.
 *
 * The program is $PEERPLAN, or "peerplan" beside the folder of the test program
 * (build/tests/test_x: build/peerplan).
 */
#ifndef PEERPLAN_TESTS_PROCESS_H
#define PEERPLAN_TESTS_PROCESS_H

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct outcome {
    int status;          /* exit code, or 128 + signal */
    char *output, *said; /* owned; standard output and standard error */
};

static const char *process_program(void)
{
    static char path[4096];
    const char *given = getenv("PEERPLAN");
    if (given)
        return given;
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
    path[n < 0 ? 0 : n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
    }
    return strcat(path, "/peerplan");
}

static char *process_slurp(FILE *file)
{
    char *text = NULL;
    size_t length = 0;
    FILE *copy = open_memstream(&text, &length);
    rewind(file);
    for (int c; (c = getc(file)) != EOF;)
        putc(c, copy);
    fclose(copy);
    fclose(file);
    return text;
}

/* `command` is words for the shell, with "$P" for the program: pipes and redirections can be said
 * shortly. */
static struct outcome process_run(const char *command)
{
    FILE *output = tmpfile(), *said = tmpfile();
    pid_t child = fork();
    if (child == 0) {
        setenv("P", process_program(), 1);
        dup2(fileno(output), 1);
        dup2(fileno(said), 2);
        signal(SIGPIPE, SIG_DFL);
        signal(SIGINT, SIG_DFL); /* ignored when the tests run in the background of a script */
        execl("/bin/bash", "bash", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return (struct outcome){
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
        .output = process_slurp(output),
        .said = process_slurp(said),
    };
}

static void outcome_release(struct outcome *outcome)
{
    free(outcome->output);
    free(outcome->said);
}

#endif
