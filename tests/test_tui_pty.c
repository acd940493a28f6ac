/* The tui in a real pseudo-terminal, seen through libvterm: key scripts, resize, signals, and the
 * terminal afterwards. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <utmp.h>
#include <time.h>

#include <cmocka.h>
#include <vterm.h>

#include "tests/patience.h"
#include "tests/process.h"

struct play {
    pid_t child;
    int fd;
    VTerm *term;
    VTermScreen *screen;
    int rows, columns;
    bool altscreen;
    struct termios before; /* modes of the terminal when the program started */
    int slave;             /* kept open, to look at the modes afterwards */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct play *play = user;
    if (property == VTERM_PROP_ALTSCREEN)
        play->altscreen = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

/* Starts a program on a terminal of a size and type. */
static void play_run(struct play *play, char *const *words, const char *type, int columns, int rows)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    int master;
    *play = (struct play){.rows = rows, .columns = columns};
    assert_int_equal(openpty(&master, &play->slave, NULL, NULL, &size), 0);
    tcgetattr(play->slave, &play->before);
    play->child = fork();
    if (play->child == 0) {
        close(master); /* or the terminal would stay as long as the program does */
        login_tty(play->slave);
        setenv("TERM", type, 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        unsetenv("NO_COLOR");
        setenv("P", process_program(), 1);
        execvp(words[0], words);
        _exit(127);
    }
    play->fd = master;
    play->term = vterm_new(rows, columns);
    vterm_set_utf8(play->term, 1);
    play->screen = vterm_obtain_screen(play->term);
    vterm_screen_set_callbacks(play->screen, &callbacks, play);
    vterm_screen_enable_altscreen(play->screen, 1);
    vterm_screen_reset(play->screen, 1);
}

static void play_start(struct play *play, const char *argument, const char *type, int columns,
                       int rows)
{
    char program[4096], file[256];
    char *words[] = {program, "tui", NULL, NULL};
    snprintf(program, sizeof program, "%s", process_program());
    snprintf(file, sizeof file, "%s", argument ? argument : "");
    words[2] = argument ? file : NULL;
    play_run(play, words, type, columns, rows);
}

/* Takes in what the program writes within some seconds; false at its end. */
static bool play_read(struct play *play, double seconds)
{
    struct pollfd poll_fd = {.fd = play->fd, .events = POLLIN};
    if (poll(&poll_fd, 1, (int)(seconds * 1000)) <= 0)
        return true;
    char buffer[65536];
    ssize_t n = read(play->fd, buffer, sizeof buffer);
    if (n <= 0)
        return false;
    vterm_input_write(play->term, buffer, (size_t)n);
    return true;
}

/* The screen as text, a line a row; static. */
static const char *play_text(struct play *play)
{
    static char text[400 * 120 * 4];
    size_t used = 0;
    for (int y = 0; y < play->rows; y++) {
        VTermRect row = {
            .start_row = y, .end_row = y + 1, .start_col = 0, .end_col = play->columns};
        used += vterm_screen_get_text(play->screen, text + used, sizeof text - used - 2, row);
        text[used++] = '\n';
    }
    text[used] = '\0';
    return text;
}

static void play_expect(struct play *play, const char *wanted)
{
    double until = now() + PATIENCE;
    while (now() < until) {
        if (strstr(play_text(play), wanted))
            return;
        if (!play_read(play, 0.05))
            break;
    }
    fail_msg("\"%s\" did not appear on:\n%s", wanted, play_text(play));
}

static void play_keys(struct play *play, const char *keys)
{
    assert_int_equal(write(play->fd, keys, strlen(keys)), (int)strlen(keys));
}

static void play_resize(struct play *play, int columns, int rows)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    play->rows = rows;
    play->columns = columns;
    vterm_set_size(play->term, rows, columns);
    ioctl(play->fd, TIOCSWINSZ, &size);
}

static int wait_for_end(struct play *play)
{
    int status = 0;
    double until = now() + PATIENCE;
    pid_t gone = 0;
    while (now() < until && (gone = waitpid(play->child, &status, WNOHANG)) == 0)
        play_read(play, 0.02);
    if (gone == 0) {
        kill(play->child, SIGKILL);
        waitpid(play->child, &status, 0);
        fail_msg("the program did not end; its screen:\n%s", play_text(play));
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void play_close(struct play *play)
{
    close(play->fd);
    close(play->slave);
    vterm_free(play->term);
}

/* The exit status of a program that could not tidy up. */
static int play_end_untidy(struct play *play)
{
    int status = wait_for_end(play);
    play_close(play);
    return status;
}

/* The exit status (128 + signal), with the terminal checked to be as it was. */
static int play_end(struct play *play)
{
    int status = wait_for_end(play);
    while (play_read(play, 0) && poll(&(struct pollfd){.fd = play->fd, .events = POLLIN}, 1, 0) > 0)
        ;
    struct termios after;
    tcgetattr(play->slave, &after);
    assert_int_equal(after.c_lflag, play->before.c_lflag);
    assert_int_equal(after.c_iflag, play->before.c_iflag);
    assert_int_equal(after.c_oflag, play->before.c_oflag);
    assert_false(play->altscreen);
    play_close(play);
    return status;
}

#define F2   "\033OQ"
#define F3   "\033OR"
#define F4   "\033OS"
#define F5   "\033[15~"
#define F6   "\033[17~"
#define F7   "\033[18~"
#define F8   "\033[19~"
#define F9   "\033[20~"
#define F10  "\033[21~"
#define F11  "\033[23~"
#define F12  "\033[24~"
#define DOWN "\033OB"

static const char scenario[] =
    "# kept\n"
    "scenario: Pty\n"
    "clusters:\n"
    "  - name: office\n"
    "    redundancy: 4+1 # this too\n"
    "    peers:\n"
    "      - {name: a1, platform: small-vm}\n"
    "      - {name: a2, platform: small-vm}\n"
    "calls:\n"
    "  - {name: calls, media: video, service: registered, via: {cluster: office},\n"
    "     arrivals: {rate: 60/h}, holding: {mean: 3m}}\n"
    "run: {length: 4h, warmup: none, replications: 4}\n";

static void write_scenario(char *path)
{
    int fd = mkstemps(path, 5);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, scenario, sizeof scenario - 1), (int)sizeof scenario - 1);
    close(fd);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    return process_slurp(file);
}

static void test_a_session_from_start_to_saved_file(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml";
    struct play play;
    write_scenario(path);
    play_start(&play, path, "xterm-256color", 80, 24);
    play_expect(&play, "office: 2 x small-vm");
    play_expect(&play, "simulated");
    play_keys(&play, F3);
    play_expect(&play, "Scenario");
    play_keys(&play, "/redundancy\r");
    play_keys(&play, "\r");
    play_expect(&play, "legacy");
    play_keys(&play, DOWN "\r");
    play_expect(&play, "(unsaved)");
    play_keys(&play, "p" F2 "k");
    play_expect(&play, "a1 is killed");
    play_keys(&play, "s");
    play_expect(&play, "saved to");
    play_keys(&play, F10);
    assert_int_equal(play_end(&play), 0);
    char *saved = read_file(path);
    assert_non_null(strstr(saved, "# kept"));
    assert_non_null(strstr(saved, "redundancy: 5+1 # this too"));
    free(saved);
    unlink(path);
}

static void test_killing_and_reviving_a_peer(void **state)
{
    (void)state;
    struct play play;
    play_start(&play, NULL, "xterm-256color", 100, 30);
    play_expect(&play, "Example head office");
    play_keys(&play, DOWN "k");
    play_expect(&play, "p2 is killed");
    play_keys(&play, "m");
    play_expect(&play, "in maintenance");
    play_keys(&play, "m");
    play_expect(&play, "p2 is back");
    play_keys(&play, "q");
    assert_int_equal(play_end(&play), 0);
}

static void test_a_storm_of_resizes(void **state)
{
    (void)state;
    struct play play;
    unsigned random = 12345;
    play_start(&play, NULL, "xterm-256color", 80, 24);
    play_expect(&play, "Example head office");
    for (int i = 0; i < 60; i++) {
        random = random * 1103515245 + 12345;
        play_resize(&play, 10 + (int)(random >> 16) % 290, 3 + (int)(random >> 8) % 97);
        play_keys(&play, i % 3 == 0 ? "\t" : i % 3 == 1 ? "j" : " ");
        play_read(&play, 0.002);
    }
    play_resize(&play, 40, 10);
    play_expect(&play, "too small");
    play_resize(&play, 80, 24);
    play_keys(&play, F2);
    play_expect(&play, "Example head office");
    play_expect(&play, "2Cluster");
    play_keys(&play, F10);
    assert_int_equal(play_end(&play), 0);
}

static void test_the_mouse(void **state)
{
    (void)state;
    struct play play;
    play_start(&play, NULL, "xterm-256color", 80, 24);
    play_expect(&play, "Example head office");
    play_keys(&play, "\033[<0;36;24M\033[<0;36;24m"); /* on "F5 Tables" */
    play_expect(&play, "X14.2-cluster-chapter");
    play_keys(&play, "\033[<65;10;10M");
    play_keys(&play, F10);
    assert_int_equal(play_end(&play), 0);
}

static void test_signals_give_the_terminal_back(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGHUP,  SIGINT,  SIGQUIT,
                                  SIGXCPU, SIGALRM, SIGSEGV, SIGABRT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct play play;
        play_start(&play, NULL, "xterm-256color", 80, 24);
        play_expect(&play, "2Cluster");
        assert_true(play.altscreen);
        kill(play.child, signals[i]);
        assert_int_equal(play_end(&play), 128 + signals[i]);
    }
}

/* As a user does it: from a shell, Ctrl-Z, and fg. */
static void test_stopped_and_continued(void **state)
{
    (void)state;
    struct play play;
    char *words[] = {"bash", "--norc", "--noprofile", "-i", NULL};
    setenv("PS1", "shell> ", 1);
    play_run(&play, words, "xterm-256color", 80, 24);
    play_expect(&play, "shell>");
    play_keys(&play, "\"$P\" tui\n");
    play_expect(&play, "2Cluster");
    play_keys(&play, F5);
    play_expect(&play, "X14.2-cluster-chapter");
    play_keys(&play, "\032");
    play_expect(&play, "Stopped");
    assert_false(play.altscreen);
    play_keys(&play, "fg\n");
    play_expect(&play, "X14.2-cluster-chapter");
    assert_true(play.altscreen);
    play_keys(&play, F10);
    play_expect(&play, "shell>");
    play_keys(&play, "exit\n");
    assert_int_equal(play_end(&play), 0);
}

/* Waits until everything sent so far has been looked at: what is asked for last is shown. */
static void settle(struct play *play)
{
    play_keys(play, F6);
    play_expect(play, "Session");
    play_keys(play, F3);
    play_expect(play, "Scenario");
}

/* A scenario with a change that is not saved, on What-if. */
static void start_with_a_change(struct play *play, char *path)
{
    write_scenario(path);
    play_start(play, path, "xterm-256color", 80, 24);
    play_expect(play, "office: 2 x small-vm");
    play_keys(play, F3 "/redundancy\r+");
    play_expect(play, "(unsaved)");
}

static void end_with_the_change(struct play *play, const char *path)
{
    char copy[300];
    settle(play);
    play_expect(play, "(unsaved)");
    kill(play->child, SIGHUP);
    assert_int_equal(play_end(play), 128 + SIGHUP);
    snprintf(copy, sizeof copy, "/tmp/.%s.recovery", path + 5);
    char *kept = read_file(copy);
    assert_non_null(strstr(kept, "redundancy: 5+1 # this too"));
    free(kept);
    unlink(copy);
    unlink(path);
}

/* The window is closed: the terminal is gone, the change is kept. */
static void test_a_terminal_that_goes_away_leaves_a_copy(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml", copy[300];
    struct play play;
    int status = 0;
    start_with_a_change(&play, path);
    close(play.slave);
    close(play.fd);
    double until = now() + PATIENCE;
    while (now() < until && waitpid(play.child, &status, WNOHANG) == 0)
        usleep(10000);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
    vterm_free(play.term);
    snprintf(copy, sizeof copy, "/tmp/.%s.recovery", path + 5);
    char *kept = read_file(copy);
    assert_non_null(strstr(kept, "redundancy: 5+1 # this too"));
    free(kept);
    unlink(copy);
    unlink(path);
}

/* Nothing fits, nothing is lost; and a window that grows again shows it. */
static void test_a_tiny_terminal_keeps_the_change(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {20, 5}, {1, 200}, {500, 1}, {59, 16}};
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml";
    struct play play;
    start_with_a_change(&play, path);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        play_resize(&play, sizes[i][0], sizes[i][1]);
        play_expect(&play, "1");
        play_keys(&play, "j");
    }
    play_resize(&play, 80, 24);
    end_with_the_change(&play, path);
    play_start(&play, NULL, "xterm-256color", 20, 5);
    play_expect(&play, "20 x 5 is too small");
    play_keys(&play, "q");
    assert_int_equal(play_end(&play), 0);
}

/* LC_ALL=C: no glyph that such a terminal could not show. */
static void test_without_utf_8_all_is_ascii(void **state)
{
    (void)state;
    struct play play;
    char *words[] = {"env", "LC_ALL=C", (char *)process_program(), "tui", NULL};
    play_run(&play, words, "xterm", 80, 24);
    play_expect(&play, "Example head office");
    play_expect(&play, "simulated");
    for (const char *at = play_text(&play); *at; at++)
        assert_true((unsigned char)*at < 0x80);
    play_keys(&play, "q");
    assert_int_equal(play_end(&play), 0);
}

/* No byte more may be written: the file stays, the screen says why. */
static void test_a_full_disk_is_said(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml", command[400];
    struct play play;
    if (PATIENCE_FACTOR > 1)
        skip(); /* the thread sanitizer needs a file of its own */
    write_scenario(path);
    snprintf(command, sizeof command, "ulimit -f 0; exec \"$P\" tui %s", path);
    char *words[] = {"sh", "-c", command, NULL};
    play_run(&play, words, "xterm-256color", 80, 24);
    play_expect(&play, "office: 2 x small-vm");
    play_keys(&play, F3 "/redundancy\r+");
    play_expect(&play, "unsaved changes cannot be kept on the disk");
    play_keys(&play, "s");
    play_expect(&play, "cannot be written: File too large");
    play_expect(&play, "(unsaved)");
    kill(play.child, SIGTERM);
    assert_int_equal(play_end(&play), 128 + SIGTERM);
    char *left = read_file(path);
    assert_string_equal(left, scenario);
    free(left);
    unlink(path);
}

static void test_other_terminals(void **state)
{
    (void)state;
    static const char *const types[] = {"linux", "screen", "vt100", "xterm"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct play play;
        play_start(&play, NULL, types[i], 80, 24);
        play_expect(&play, "Example head office");
        play_keys(&play, "q");
        assert_int_equal(play_end(&play), 0);
    }
}

/* Reads until the program asks for the background, and answers it; "" for no answer. */
static void play_answer(struct play *play, const char *answer)
{
    char bytes[65536];
    size_t length = 0;
    double until = now() + PATIENCE;
    while (now() < until && length + 1 < sizeof bytes) {
        ssize_t n = read(play->fd, bytes + length, sizeof bytes - 1 - length);
        if (n <= 0)
            break;
        vterm_input_write(play->term, bytes + length, (size_t)n);
        length += (size_t)n;
        bytes[length] = '\0';
        if (strstr(bytes, "\033]11;?"))
            break;
    }
    assert_non_null(strstr(bytes, "\033]11;?"));
    play_keys(play, answer);
}

/* The colour of the first hint of keys: its number of 256, -1 for the terminal's own. */
static int hint_colour(struct play *play)
{
    VTermScreenCell cell;
    vterm_screen_get_cell(play->screen, (VTermPos){play->rows - 2, 1}, &cell);
    return VTERM_COLOR_IS_INDEXED(&cell.fg) && !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg)
               ? cell.fg.indexed.idx
               : -1;
}

/* The terminal's answer, then COLORFGBG, else dark; an option goes before both, NO_COLOR before all
 * that is asked. */
static void test_the_background_chooses_the_theme(void **state)
{
    (void)state;
    enum { DARK = 75, LIGHT = 25, MONO = -1 };
    static const struct {
        const char *answer; /* NULL: it is not asked */
        const char *environment, *options;
        int colour;
    } rows[] = {
        {"\033]11;rgb:ffff/ffff/ffff\033\\\033[?62c", "", "", LIGHT},
        {"\033]11;rgb:0000/0000/0000\a\033[?62c", "", "", DARK},
        {"\033]11;rgb:fdfd/f6f6/e3e3\a\033[?62c", "COLORFGBG='15;0'", "", LIGHT},
        {"\033]11;rgb:00/2b/36\a\033[?62c", "COLORFGBG='0;15'", "", DARK},
        {"\033]11;rgba:ee/ee/ec/ff\a\033[?62c", "", "", LIGHT},
        {"\033[?62c", "COLORFGBG='0;15'", "", LIGHT},
        {"\033[?62c", "COLORFGBG='0;default;15'", "", LIGHT},
        {"\033[?62c", "COLORFGBG='15;0'", "", DARK},
        {"\033[?62c", "", "", DARK},
        {"", "", "", DARK},
        {NULL, "", "--theme light", LIGHT},
        {NULL, "COLORFGBG='0;15'", "--theme dark", DARK},
        {NULL, "NO_COLOR=1 COLORFGBG='0;15'", "", MONO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct play play;
        char command[256];
        char *words[] = {"sh", "-c", command, NULL};
        snprintf(command, sizeof command, "unset COLORFGBG; %s exec \"$P\" tui %s",
                 rows[i].environment, rows[i].options);
        play_run(&play, words, "xterm-256color", 80, 24);
        if (rows[i].answer)
            play_answer(&play, rows[i].answer);
        play_expect(&play, "12Check");
        if (hint_colour(&play) != rows[i].colour)
            fail_msg("row %zu: colour %d", i, hint_colour(&play));
        play_keys(&play, "q");
        assert_int_equal(play_end(&play), 0);
    }
}

static void expect_refusal(const char *command, int status, const char *words)
{
    struct outcome outcome = process_run(command);
    assert_int_equal(outcome.status, status);
    assert_non_null(strstr(outcome.said, words));
    assert_string_equal(outcome.output, "");
    outcome_release(&outcome);
}

static void test_no_terminal_is_said_clearly(void **state)
{
    (void)state;
    expect_refusal("\"$P\" tui </dev/null", 64, "needs a terminal");
    expect_refusal("\"$P\" tui /no/such/file.yaml", 66, "/no/such/file.yaml");
    expect_refusal("\"$P\" tui - </dev/null", 64, "standard input");
    expect_refusal("\"$P\" tui --theme plaid", 64, "plaid");
}

static void test_a_dumb_terminal_is_said_clearly(void **state)
{
    (void)state;
    static const char *const types[] = {"dumb", "", "no-such-terminal"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct play play;
        play_start(&play, NULL, types[i], 80, 24);
        play_expect(&play, "terminal");
        assert_int_equal(play_end(&play), 64);
    }
}

static const char *const screens[] = {"\033OP", F2, F3, F4, F5, F6, F7, F8, F9, F11, F12};

/* xterm's modifiers 2 to 16 on every key that takes them, on every screen, and what terminals say
 * by themselves. */
static void test_keys_that_mean_nothing_are_nothing(void **state)
{
    (void)state;
    static const char *const others[] = {
        "\033[2~",       "\033[200~",    "xuq\r",
        "\033[201~",     "\033[I",       "\033[O",
        "\033[",         "\033[?62;4c",  "\033]11;rgb:0000/0000/0000\033\\",
        "\033]52;c;?\a", "\xc3\xb6",     "\xc3",
        "\xff",          "\033x",        "\033u",
        "\033q",         "\033[M !!",    "\033P1$r0m\033\\",
        "\033[1;1R",     "\033[<2;5;8M", "\033[<1;5;8M",
        "\033[<0;79;2M", "\033[99;99~"};
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml", keys[32];
    struct play play;
    start_with_a_change(&play, path);
    for (size_t screen = 0; screen < sizeof screens / sizeof *screens; screen++) {
        play_keys(&play, screens[screen]);
        for (int modifier = 2; modifier <= 16; modifier++) {
            for (const char *final = "ABCDEFHPQRS"; *final; final++) {
                snprintf(keys, sizeof keys, "\033[1;%d%c", modifier, *final);
                play_keys(&play, keys);
            }
            for (int number = 1; number <= 34; number++) {
                snprintf(keys, sizeof keys, "\033[%d;%d~", number, modifier);
                play_keys(&play, keys);
            }
            play_read(&play, 0.005);
        }
    }
    settle(&play);
    assert_int_equal(write(play.fd, "", 1), 1); /* Ctrl-Space is a byte of 0 */
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        play_keys(&play, others[i]);
        double pause = (strlen(others[i]) > 2 ? 0.12 : 0.6) * PATIENCE_FACTOR;
        for (double until = now() + pause; now() < until;)
            play_read(&play, 0.02); /* what is unfinished is not joined with the next */
    }
    end_with_the_change(&play, path);
}

/* Every cell of every screen, with every button; the hints with the left one are looked at in
 * test_tui_update: they undo and save. */
static void test_clicks_anywhere_lose_nothing(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml", keys[64];
    struct play play;
    start_with_a_change(&play, path);
    for (size_t screen = 0; screen < sizeof screens / sizeof *screens; screen++) {
        play_keys(&play, screens[screen]);
        for (int y = 1; y <= 24; y++)
            for (int x = 1; x <= 80; x += 1 + (y * 7 + x) % 3)
                for (int button = y == 23 ? 1 : 0; button < 3; button++) {
                    snprintf(keys, sizeof keys, "\033[<%d;%d;%dM\033[<%d;%d;%dm", button, x, y,
                             button, x, y);
                    play_keys(&play, keys);
                    play_read(&play, 0);
                }
    }
    end_with_the_change(&play, path);
}

static void test_unsaved_changes_come_back(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml", copy[300];
    struct play play;
    start_with_a_change(&play, path);
    kill(play.child, SIGKILL);
    assert_int_equal(play_end_untidy(&play), 128 + SIGKILL);
    snprintf(copy, sizeof copy, "/tmp/.%s.recovery", path + 5);
    assert_int_equal(access(copy, R_OK), 0);
    play_start(&play, path, "xterm-256color", 80, 24);
    play_expect(&play, "Unsaved changes of an earlier session");
    play_keys(&play, "\r");
    play_expect(&play, "(unsaved)");
    play_keys(&play, "s");
    play_expect(&play, "saved to");
    assert_int_not_equal(access(copy, F_OK), 0);
    play_keys(&play, F10);
    assert_int_equal(play_end(&play), 0);
    char *saved = read_file(path);
    assert_non_null(strstr(saved, "redundancy: 5+1 # this too"));
    free(saved);
    unlink(path);
}

/* A terminal for a session whose states are kept. */
static void start_kept(struct play *play, char *path, const char *db)
{
    char program[4096], *words[] = {program, "tui", "--db", (char *)db, path, NULL};
    snprintf(program, sizeof program, "%s", process_program());
    play_run(play, words, "xterm-256color", 80, 24);
}

/* $D stands for the database. */
static void expect_output(const char *db, const char *command, const char *output)
{
    setenv("D", db, 1);
    struct outcome o = process_run(command);
    if (o.status != 0 || strcmp(o.output, output) != 0)
        fail_msg("%s: exit %d: %s%s", command, o.status, o.output, o.said);
    outcome_release(&o);
}

/* What was found is kept with what was changed. */
static void test_the_states_of_a_session_are_kept(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml", db[] = "/tmp/peerplan-pty-XXXXXX.db";
    char copy[300];
    struct play play;
    write_scenario(path);
    close(mkstemps(db, 3));
    start_kept(&play, path, db);
    play_expect(&play, "simulated");
    play_keys(&play, F3 "/redundancy\r+");
    play_expect(&play, "(unsaved)");
    play_keys(&play, ":set calls.calls.arrivals.rate 90/h\r");
    play_expect(&play, "90/h");
    play_keys(&play, F2 "k");
    play_expect(&play, "a1 is killed");
    kill(play.child, SIGTERM);
    assert_int_equal(play_end(&play), 128 + SIGTERM);
    expect_output(db,
                  "sqlite3 $D 'SELECT id, kind, state FROM run; SELECT point.number, count(path) "
                  "FROM point LEFT JOIN setting ON point.id = point_id GROUP BY point.id; "
                  "PRAGMA integrity_check'",
                  "1|tui|done\n1|0\n2|1\n3|2\n4|3\nok\n");
    expect_output(db,
                  "sqlite3 $D \"SELECT count(*) FROM point WHERE verdict <> '' AND id IN "
                  "(SELECT point_id FROM metric)\"",
                  "4\n");
    expect_output(
        db,
        "$P runs 1 --db $D | tail -4 | grep -o '^ *[1-4]\\|[a-z.]*=.*' | tr -d '\\n' | tr -s ' '",
        " 1 2clusters.office.redundancy=5+1"
        " 3calls.calls.arrivals.rate=90/h clusters.office.redundancy=5+1"
        " 4calls.calls.arrivals.rate=90/h clusters.office.redundancy=5+1 down=a1");
    snprintf(copy, sizeof copy, "/tmp/.%s.recovery", path + 5);
    unlink(copy);
    unlink(path);
    unlink(db);
}

/* Another scenario is another run; a state that was left at once has an answer too. */
static void test_an_opened_scenario_is_kept_as_a_run_of_its_own(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml", db[] = "/tmp/peerplan-pty-XXXXXX.db";
    char other[] = "/tmp/peerplan-pty-XXXXXX.yaml", keys[128];
    struct play play;
    write_scenario(path);
    write_scenario(other);
    close(mkstemps(db, 3));
    start_kept(&play, path, db);
    play_expect(&play, "office: 2 x small-vm");
    snprintf(keys, sizeof keys, F2 "kk:open %s\r", other);
    play_keys(&play, keys);
    play_expect(&play, strrchr(other, '-'));
    play_keys(&play, ":set calls.calls.arrivals.rate=90/h\r:set calls.calls.holding.mean=4m\r" F10);
    play_expect(&play, "Quit");
    kill(play.child, SIGTERM);
    assert_int_equal(play_end(&play), 128 + SIGTERM);
    expect_output(db,
                  "sqlite3 $D \"SELECT run.id, state, count(*), sum(verdict <> '') FROM run JOIN "
                  "point ON run.id = run_id GROUP BY run.id; SELECT run_id, number, path, value "
                  "FROM setting JOIN point ON point.id = point_id ORDER BY 1, 2, 3\"",
                  "1|done|3|3\n2|done|3|3\n1|2|down|a1\n2|2|calls.calls.arrivals.rate|90/h\n"
                  "2|3|calls.calls.arrivals.rate|90/h\n2|3|calls.calls.holding.mean|4m\n");
    snprintf(keys, sizeof keys, "/tmp/.%s.recovery", other + 5);
    unlink(keys);
    unlink(path);
    unlink(other);
    unlink(db);
}

/* A database of another program is said before the screen is taken. */
static void test_a_database_that_is_none_is_said(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml";
    struct play play;
    write_scenario(path);
    start_kept(&play, path, path);
    play_expect(&play, "peerplan: /tmp/peerplan-pty-");
    assert_int_equal(play_end(&play), 65);
    unlink(path);
}

/* It is said once, and the session goes on: what was changed can be saved. */
static void test_a_database_that_goes_away_loses_nothing(void **state)
{
    (void)state;
    char path[] = "/tmp/peerplan-pty-XXXXXX.yaml", db[] = "/tmp/peerplan-pty-XXXXXX.db";
    struct play play;
    write_scenario(path);
    close(mkstemps(db, 3));
    start_kept(&play, path, db);
    play_expect(&play, "office: 2 x small-vm");
    expect_output(db, "sqlite3 $D 'DROP TABLE setting; DROP TABLE point'", "");
    play_keys(&play, F3 "/redundancy\r+");
    play_expect(&play, "the session is not kept: ");
    play_expect(&play, "(unsaved)");
    play_keys(&play, "s");
    play_expect(&play, "saved to");
    play_keys(&play, F10);
    play_end(&play);
    char *saved = read_file(path);
    assert_non_null(strstr(saved, "redundancy: 5+1 # this too"));
    free(saved);
    unlink(path);
    unlink(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_from_start_to_saved_file),
        cmocka_unit_test(test_killing_and_reviving_a_peer),
        cmocka_unit_test(test_a_storm_of_resizes),
        cmocka_unit_test(test_the_mouse),
        cmocka_unit_test(test_signals_give_the_terminal_back),
        cmocka_unit_test(test_stopped_and_continued),
        cmocka_unit_test(test_a_terminal_that_goes_away_leaves_a_copy),
        cmocka_unit_test(test_a_tiny_terminal_keeps_the_change),
        cmocka_unit_test(test_without_utf_8_all_is_ascii),
        cmocka_unit_test(test_a_full_disk_is_said),
        cmocka_unit_test(test_other_terminals),
        cmocka_unit_test(test_the_background_chooses_the_theme),
        cmocka_unit_test(test_no_terminal_is_said_clearly),
        cmocka_unit_test(test_a_dumb_terminal_is_said_clearly),
        cmocka_unit_test(test_keys_that_mean_nothing_are_nothing),
        cmocka_unit_test(test_clicks_anywhere_lose_nothing),
        cmocka_unit_test(test_unsaved_changes_come_back),
        cmocka_unit_test(test_the_states_of_a_session_are_kept),
        cmocka_unit_test(test_an_opened_scenario_is_kept_as_a_run_of_its_own),
        cmocka_unit_test(test_a_database_that_is_none_is_said),
        cmocka_unit_test(test_a_database_that_goes_away_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
