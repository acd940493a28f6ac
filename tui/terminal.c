#define _XOPEN_SOURCE_EXTENDED 1
#include "tui/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

/* Signal handlers can only reach static data: what gives the terminal back, prepared while all is
 * well. */
static struct {
    struct termios modes;
    char bytes[256];
    size_t length;
    volatile sig_atomic_t open;
} rescue;

#define SEQUENCE_MS   50  /* between the bytes of one sequence */
#define BACKGROUND_MS 100 /* for the terminal to say what colour it has */

/* What other handlers leave for the loop. A byte on `alarm_end` ends its wait also when the signal
 * comes just before it. */
static volatile sig_atomic_t end_signal, size_changed, alarm_end = -1;

/* ---- Giving the terminal back ---- */

static void rescue_terminal(void)
{
    if (!rescue.open)
        return;
    rescue.open = 0;
    ssize_t written = write(STDOUT_FILENO, rescue.bytes, rescue.length);
    (void)written;
    tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
}

static void on_crash(int number)
{
    rescue_terminal();
    signal(number, SIG_DFL);
    raise(number);
}

static void wake_loop(void)
{
    int before = errno;
    ssize_t written = alarm_end >= 0 ? write(alarm_end, "", 1) : 0;
    (void)written;
    errno = before;
}

static void on_end(int number)
{
    end_signal = number;
    wake_loop();
}

static void on_resize(int number)
{
    (void)number;
    size_changed = 1;
    wake_loop();
}

void terminal_watch(int descriptor)
{
    alarm_end = descriptor;
}

/* A terminfo string without its padding marks, "$<5>". */
static void rescue_append(const char *capability)
{
    const char *s = capability;
    if (!s || s == (const char *)-1)
        return;
    while (*s && rescue.length + 1 < sizeof rescue.bytes) {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (end)
            s = end + 1;
        else
            rescue.bytes[rescue.length++] = *s++;
    }
}

static void rescue_prepare(bool mouse)
{
    rescue.length = 0;
    if (mouse)
        rescue_append("\033[?1000l\033[?1002l\033[?1003l\033[?1006l");
    rescue_append("\033[?2004l");
    rescue_append(tigetstr("sgr0"));
    rescue_append(tigetstr("cnorm"));
    rescue_append(tigetstr("rmkx"));
    rescue_append(tigetstr("rmcup"));
    rescue.open = 1;
}

static void catch_signals(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static const int ends[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGALRM, SIGXCPU};
    struct sigaction action = {.sa_handler = on_crash,
                               .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &action, NULL);
    action = (struct sigaction){.sa_handler = on_end};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaction(ends[i], &action, NULL);
    action = (struct sigaction){.sa_handler = on_resize};
    sigaction(SIGWINCH, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int terminal_signal(void)
{
    return end_signal;
}

/* ---- Opening and closing ---- */

static bool refuse(struct errors *errors, const char *text)
{
    errors_add(errors, ERROR_USAGE, NULL, 0, 0, "%s", text);
    return false;
}

static bool check_terminal(const char *name, struct errors *errors)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return refuse(errors, "the tui needs a terminal on standard input and output; "
                              "peerplan run and estimate print the same answers");
    if (!name || !*name || !strcmp(name, "dumb") || !strcmp(name, "unknown"))
        return refuse(errors,
                      "the tui needs a terminal that can move its cursor; set TERM to its type, "
                      "such as xterm-256color");
    return true;
}

/* Looked at before ncurses starts: it leaves a mess when it fails. */
static bool check_abilities(const char *type, struct errors *errors)
{
    int state;
    if (setupterm(type, STDOUT_FILENO, &state) != OK) {
        errors_add(errors, ERROR_USAGE, NULL, 0, 0, "terminal type \"%s\" is not known here", type);
        return false;
    }
    const char *move_cursor = tigetstr("cup");
    bool able = move_cursor && move_cursor != (const char *)-1;
    del_curterm(cur_term);
    return able || refuse(errors, "the tui needs a terminal that can move its cursor");
}

/* Linux's own console has no Braille in its font. */
static bool want_ascii(const char *type)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") != 0 || !strcmp(type, "linux");
}

static void prepare_colours(struct terminal *terminal, bool wanted)
{
    terminal->colour = wanted && has_colors() && start_color() == OK;
    if (terminal->colour)
        use_default_colors();
    terminal->theme = -1;
}

/* Pasted text arrives in brackets: it is text, and no row of commands. */
static void paste_brackets(bool on)
{
    ssize_t written = write(STDOUT_FILENO, on ? "\033[?2004h" : "\033[?2004l", 8);
    (void)written;
}

bool terminal_open(struct terminal *terminal, const char *type, bool colour, struct errors *errors)
{
    *terminal = (struct terminal){0};
    if (!check_terminal(type, errors))
        return false;
    setlocale(LC_CTYPE, "");
    tcgetattr(STDIN_FILENO, &rescue.modes);
    if (!check_abilities(type, errors))
        return false;
    if (!newterm(type, stdout, stdin))
        return refuse(errors, "the terminal could not be set up");
    terminal->ascii = want_ascii(type);
    raw(); /* Ctrl-C and Ctrl-Z are keys of the key table */
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    prepare_colours(terminal, colour);
    mmask_t mouse =
        mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    mouseinterval(0);
    getmaxyx(stdscr, terminal->height, terminal->width);
    rescue_prepare(mouse != 0);
    paste_brackets(true);
    catch_signals();
    return true;
}

void terminal_close(struct terminal *terminal)
{
    (void)terminal;
    if (!rescue.open)
        return;
    endwin();
    rescue_terminal(); /* some terminals leave mouse reports on after endwin */
}

/* ---- Light or dark ---- */

/* "rgb:ffff/ffff/ffff", of one to four hexadecimal digits each. */
static enum background background_of_reply(const char *text)
{
    double light = 0;
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    if (strncmp(text, "rgb", 3) != 0 || !(text = strchr(text, ':')))
        return BACKGROUND_UNKNOWN;
    for (int i = 0; i < 3; i++) {
        char *end;
        unsigned long part = strtoul(++text, &end, 16);
        if (end == text || end - text > 4)
            return BACKGROUND_UNKNOWN;
        double most = (double)((1ul << (4 * (end - text))) - 1);
        light += weights[i] * theme_linear((double)part / most);
        text = end;
    }
    return light > BACKGROUND_LIGHT ? BACKGROUND_IS_LIGHT : BACKGROUND_IS_DARK;
}

/* COLORFGBG is "15;0" or "0;default;15": the last field is the background. */
static enum background background_of_environment(const char *colours)
{
    const char *last = colours ? strrchr(colours, ';') : NULL;
    char *end;
    long number = last ? strtol(last + 1, &end, 10) : 0;
    if (!last || end == last + 1 || *end)
        return BACKGROUND_UNKNOWN;
    return number == 7 || number == 15 ? BACKGROUND_IS_LIGHT : BACKGROUND_IS_DARK;
}

static bool answers_questions(const char *type)
{
    static const char *const mute[] = {"linux", "vt", "cons", "sun", "ansi", "eterm"};
    for (size_t i = 0; i < sizeof mute / sizeof *mute; i++)
        if (!strncmp(type, mute[i], strlen(mute[i])))
            return false;
    return true;
}

static double milliseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Asks, and then who the terminal is: that every terminal answers, so that the wait ends soon where
 * the first question is not understood. Keys pressed meanwhile are kept for the loop. */
static void ask_background(struct terminal *terminal)
{
    static const char question[] = "\033]11;?\033\\\033[c";
    struct canvas nothing = {0};
    double until = milliseconds_now() + BACKGROUND_MS, left;
    if (write(STDOUT_FILENO, question, sizeof question - 1) < 0)
        return;
    while (!terminal->identified && (left = until - milliseconds_now()) > 0) {
        struct event event;
        if (terminal_wait(terminal, &nothing, -1, (int)left + 1, &event) &&
            event.kind == EVENT_PRESS && terminal->early_count < TERMINAL_EARLY)
            terminal->early[terminal->early_count++] = event;
        if (end_signal)
            return;
    }
}

enum background terminal_background(struct terminal *terminal, const char *type,
                                    const char *colours)
{
    if (terminal->colour && answers_questions(type))
        ask_background(terminal);
    if (terminal->background == BACKGROUND_UNKNOWN)
        terminal->background = background_of_environment(colours);
    return terminal->background;
}

/* ---- Keys ---- */

static int press_of_key(int key)
{
    static const struct {
        int key, press;
    } pairs[] = {
        {KEY_UP, PRESS_UP},       {KEY_DOWN, PRESS_DOWN},     {KEY_LEFT, PRESS_LEFT},
        {KEY_RIGHT, PRESS_RIGHT}, {KEY_PPAGE, PRESS_PAGE_UP}, {KEY_NPAGE, PRESS_PAGE_DOWN},
        {KEY_HOME, PRESS_HOME},   {KEY_END, PRESS_END},       {KEY_IC, PRESS_INSERT},
        {KEY_DC, PRESS_DELETE},   {KEY_BTAB, PRESS_BACKTAB},  {KEY_BACKSPACE, PRESS_BACKSPACE},
        {KEY_ENTER, PRESS_ENTER}, {KEY_A1, PRESS_HOME},       {KEY_A3, PRESS_PAGE_UP},
        {KEY_C1, PRESS_END},      {KEY_C3, PRESS_PAGE_DOWN},
    };
    if (key >= KEY_F(1) && key <= KEY_F(24))
        return PRESS_F(key - KEY_F0);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].key == key)
            return pairs[i].press;
    return PRESS_NONE;
}

static bool mouse_event(const struct canvas *shown, struct event *event)
{
    MEVENT mouse;
    if (getmouse(&mouse) != OK)
        return false;
    *event = (struct event){.kind = EVENT_PRESS};
    if (mouse.bstate & BUTTON4_PRESSED) {
        event->press = PRESS_WHEEL_UP;
        return true;
    }
    if (mouse.bstate & BUTTON5_PRESSED) {
        event->press = PRESS_WHEEL_DOWN;
        return true;
    }
    return event_of_click(shown, mouse.x, mouse.y, event);
}

static bool resize_event(struct terminal *terminal, struct event *event)
{
    getmaxyx(stdscr, terminal->height, terminal->width);
    *event =
        (struct event){.kind = EVENT_RESIZE, .width = terminal->width, .height = terminal->height};
    return true;
}

static bool take_size(struct terminal *terminal, struct event *event)
{
    struct winsize size;
    size_changed = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        resizeterm(size.ws_row, size.ws_col);
    return resize_event(terminal, event);
}

/* What a look at the input found. Something that means nothing is not the same as nothing. */
enum look_in { INPUT_NONE, INPUT_IGNORED, INPUT_EVENT };

static bool input_waits(int milliseconds)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&fd, 1, milliseconds) > 0 && (fd.revents & POLLIN);
}

/* The next byte of a sequence that ncurses does not know; 0 when it ends here. */
static wint_t sequence_next(void)
{
    wint_t key;
    int kind = get_wch(&key);
    if (kind == ERR && input_waits(SEQUENCE_MS))
        kind = get_wch(&key);
    return kind == OK ? key : 0;
}

/* CSI: parameters, then one final byte; the brackets of a paste are 200~ and 201~. */
static void skip_csi(struct terminal *terminal)
{
    char text[64];
    size_t length = 0;
    wint_t key;
    while ((key = sequence_next()) >= ' ' && key < '@')
        if (length + 1 < sizeof text)
            text[length++] = (char)key;
    text[length] = '\0';
    if (key == PRESS_ESCAPE) /* cut off: the next sequence begins here */
        ungetch(PRESS_ESCAPE);
    if (key == '~' && !strcmp(text, "200"))
        terminal->pasting = true;
    if (key == '~' && !strcmp(text, "201"))
        terminal->pasting = false;
    if (key == 'c')
        terminal->identified = true;
    for (int i = 0; key == 'M' && length == 0 && i < 3; i++) /* a click as old terminals send it */
        sequence_next();
}

/* OSC and the like: a text that ends with BEL or ST. Colours of the background are its answer to
 * ask_background. */
static void skip_string(struct terminal *terminal)
{
    char text[128];
    size_t length = 0;
    wint_t key;
    while ((key = sequence_next()) && key != '\a' && key != 0x9C) {
        if (key == PRESS_ESCAPE) {
            sequence_next();
            break;
        }
        if (length + 1 < sizeof text)
            text[length++] = key < 0x80 ? (char)key : '?';
    }
    text[length] = '\0';
    if (!strncmp(text, "11;", 3))
        terminal->background = background_of_reply(text + 3);
}

/* Escape is a key, or begins a sequence that ncurses does not know, or a key with Alt. What comes
 * in one piece with it belongs to it. */
static enum look_in read_escape(struct terminal *terminal, struct event *event)
{
    wint_t key;
    int kind = get_wch(&key);
    *event = (struct event){.kind = EVENT_PRESS, .press = PRESS_ESCAPE};
    if (kind == KEY_CODE_YES) {
        ungetch((int)key);
        return INPUT_EVENT;
    }
    if (kind == ERR)
        return INPUT_EVENT;
    if (key == PRESS_ESCAPE) {
        ungetch(PRESS_ESCAPE);
        return INPUT_EVENT;
    }
    if (key == '[')
        skip_csi(terminal);
    else if (key == 'O')
        sequence_next();
    else if (key == ']' || key == 'P' || key == '_' || key == '^' || key == 'X')
        skip_string(terminal);
    else {
        event->press = PRESS_ALT | (int)key;
        return INPUT_EVENT;
    }
    return INPUT_IGNORED;
}

static enum look_in read_event(struct terminal *terminal, const struct canvas *shown,
                               struct event *event)
{
    wint_t key;
    int kind = get_wch(&key);
    if (kind == ERR)
        return INPUT_NONE;
    if (kind == KEY_CODE_YES && key == KEY_MOUSE)
        return mouse_event(shown, event) ? INPUT_EVENT : INPUT_IGNORED;
    if (kind == KEY_CODE_YES && key == KEY_RESIZE)
        return resize_event(terminal, event) ? INPUT_EVENT : INPUT_IGNORED;
    if (kind == OK && key == PRESS_ESCAPE)
        return read_escape(terminal, event);
    int press = kind == KEY_CODE_YES ? press_of_key((int)key) : (int)key;
    if (press == '\b' && kind != KEY_CODE_YES)
        press = PRESS_BACKSPACE;
    *event = (struct event){.kind = EVENT_PRESS, .press = press, .pasted = terminal->pasting};
    return press != PRESS_NONE ? INPUT_EVENT : INPUT_IGNORED;
}

/* The other end is gone, and everything it sent before has been read. */
static bool hung_up(const struct pollfd *fd)
{
    int bytes = 0;
    if (!(fd->revents & (POLLHUP | POLLERR | POLLNVAL)))
        return false;
    return ioctl(STDIN_FILENO, FIONREAD, &bytes) != 0 || bytes == 0;
}

/* What was pressed while the terminal was asked for its colours. */
static bool take_early(struct terminal *terminal, struct event *event)
{
    if (terminal->early_count == 0)
        return false;
    *event = terminal->early[0];
    memmove(terminal->early, terminal->early + 1,
            (size_t)--terminal->early_count * sizeof *terminal->early);
    return true;
}

bool terminal_wait(struct terminal *terminal, const struct canvas *shown, int wake,
                   int milliseconds, struct event *event)
{
    if (size_changed)
        return take_size(terminal, event);
    if (wake >= 0 && take_early(terminal, event))
        return true;
    enum look_in found = read_event(terminal, shown, event);
    if (found != INPUT_NONE)
        return found == INPUT_EVENT;
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake, .events = POLLIN}};
    int ready = poll(fds, wake >= 0 ? 2 : 1, milliseconds);
    if (ready <= 0 || !fds[0].revents)
        return false;
    if (hung_up(&fds[0])) {
        end_signal = SIGHUP;
        return false;
    }
    return read_event(terminal, shown, event) == INPUT_EVENT;
}

/* ---- Drawing ---- */

static attr_t curses_attribute(int look)
{
    attr_t attribute = A_NORMAL;
    attribute |= look & LOOK_BOLD ? A_BOLD : 0;
    attribute |= look & LOOK_DIM ? A_DIM : 0;
    attribute |= look & LOOK_REVERSE ? A_REVERSE : 0;
    attribute |= look & LOOK_UNDERLINE ? A_UNDERLINE : 0;
    return attribute;
}

/* With eight colours the bright ones are the others in bold. */
static short of_sixteen(short colour)
{
    return colour >= 8 && COLORS < 16 ? (short)(colour - 8) : colour;
}

static void set_theme(struct terminal *terminal, int theme)
{
    const struct theme *t = &themes[theme];
    terminal->theme = theme;
    bool colour = t->colour && terminal->colour && (COLORS >= 256 || terminal->sure);
    for (int i = 0; i < INK_COUNT; i++) {
        const struct look *look = &t->looks[i];
        short pair = (short)(i + 1);
        attr_t attribute = curses_attribute(theme_mono_attribute((enum ink)i));
        if (colour && COLORS >= 256)
            init_pair(pair, look->front, look->back);
        else if (colour)
            init_pair(pair, of_sixteen(look->front16), of_sixteen(look->back16));
        if (colour)
            attribute =
                curses_attribute(COLORS >= 256                       ? look->attribute
                                 : COLORS < 16 && look->front16 >= 8 ? look->attribute16 | LOOK_BOLD
                                                                     : look->attribute16) |
                (attr_t)COLOR_PAIR(pair);
        terminal->looks[i] = (int)attribute;
    }
}

static void show_cell(const struct terminal *terminal, int x, int y, struct cell cell)
{
    wchar_t text[2] = {(wchar_t)cell.glyph, 0};
    cchar_t out;
    attr_t look = (attr_t)terminal->looks[cell.ink];
    setcchar(&out, text, look & ~(attr_t)A_COLOR, (short)PAIR_NUMBER(look), NULL);
    mvadd_wch(y, x, &out);
}

void terminal_show(struct terminal *terminal, const struct canvas *canvas, int theme)
{
    if (theme != terminal->theme)
        set_theme(terminal, theme);
    int width = canvas->width < COLS ? canvas->width : COLS,
        height = canvas->height < LINES ? canvas->height : LINES;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            struct cell cell = canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
            if (cell.glyph)
                show_cell(terminal, x, y, cell);
        }
    curs_set(canvas->cursor_x >= 0);
    move(canvas->cursor_x >= 0 ? canvas->cursor_y : 0,
         canvas->cursor_x >= 0 ? canvas->cursor_x : 0);
    refresh();
}

void terminal_redraw(struct terminal *terminal)
{
    (void)terminal;
    clearok(stdscr, TRUE);
}

void terminal_suspend(struct terminal *terminal)
{
    (void)terminal;
    paste_brackets(false);
    raise(SIGTSTP); /* ncurses gives the screen back, stops, and redraws when continued */
    paste_brackets(true);
}
