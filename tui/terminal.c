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

/* What other handlers leave for the loop. A byte on `alarm_end` ends its wait also when the signal
 * comes just before it. */
static volatile sig_atomic_t end_signal, size_changed, alarm_end = -1;

/* --- Giving the terminal back ----------------------------------------------------------------- */

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
    rescue_append(tigetstr("sgr0"));
    rescue_append(tigetstr("cnorm"));
    rescue_append(tigetstr("rmkx"));
    rescue_append(tigetstr("rmcup"));
    rescue.open = 1;
}

static void catch_signals(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static const int ends[] = {SIGTERM, SIGHUP, SIGINT};
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

/* --- Opening and closing ---------------------------------------------------------------------- */

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

/* --- Keys ------------------------------------------------------------------------------------- */

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
    const struct hotspot *spot = canvas_hotspot_at(shown, mouse.x, mouse.y);
    if (!spot)
        return false;
    if (spot->kind == CLICK_PRESS)
        event->press = spot->value;
    else
        *event = (struct event){.kind = EVENT_ROW, .row = spot->value};
    return true;
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

static bool read_event(struct terminal *terminal, const struct canvas *shown, struct event *event)
{
    wint_t key;
    int kind = get_wch(&key);
    if (kind == ERR)
        return false;
    if (kind == KEY_CODE_YES && key == KEY_MOUSE)
        return mouse_event(shown, event);
    if (kind == KEY_CODE_YES && key == KEY_RESIZE)
        return resize_event(terminal, event);
    int press = kind == KEY_CODE_YES ? press_of_key((int)key) : (int)key;
    if (press == '\b' && kind != KEY_CODE_YES)
        press = PRESS_BACKSPACE;
    *event = (struct event){.kind = EVENT_PRESS, .press = press};
    return press != PRESS_NONE;
}

bool terminal_wait(struct terminal *terminal, const struct canvas *shown, int wake,
                   int milliseconds, struct event *event)
{
    if (size_changed)
        return take_size(terminal, event);
    if (read_event(terminal, shown, event))
        return true;
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake, .events = POLLIN}};
    int ready = poll(fds, 2, milliseconds);
    if (ready > 0 && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) &&
        !(fds[0].revents & POLLIN))
        end_signal = SIGHUP; /* the terminal is gone */
    if (ready == 0 || (ready > 0 && !fds[0].revents))
        return false;
    if (read_event(terminal, shown, event))
        return true;
    int bytes = 1; /* readable, yet nothing to read: the other end has closed */
    if (ready > 0 && ioctl(STDIN_FILENO, FIONREAD, &bytes) == 0 && bytes == 0)
        end_signal = SIGHUP;
    return false;
}

/* --- Drawing ---------------------------------------------------------------------------------- */

static attr_t curses_attribute(int look)
{
    attr_t attribute = A_NORMAL;
    attribute |= look & LOOK_BOLD ? A_BOLD : 0;
    attribute |= look & LOOK_DIM ? A_DIM : 0;
    attribute |= look & LOOK_REVERSE ? A_REVERSE : 0;
    attribute |= look & LOOK_UNDERLINE ? A_UNDERLINE : 0;
    return attribute;
}

static void set_theme(struct terminal *terminal, int theme)
{
    const struct theme *t = &themes[theme];
    terminal->theme = theme;
    for (int i = 0; i < INK_COUNT; i++) {
        const struct look *look = &t->looks[i];
        short pair = (short)(i + 1);
        if (!t->colour || !terminal->colour) {
            terminal->looks[i] = (int)curses_attribute(theme_mono_attribute((enum ink)i));
            continue;
        }
        if (COLORS >= 256)
            init_pair(pair, look->front, look->back);
        else
            init_pair(pair, look->front8, look->back8);
        terminal->looks[i] = (int)(curses_attribute(look->attribute) | (attr_t)COLOR_PAIR(pair));
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
    raise(SIGTSTP); /* ncurses gives the screen back, stops, and redraws when continued */
}
