/* Input: the same bytes however they are compressed and cut, and every kind of failure told. */
#include "data/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#define TEXT_SIZE ((size_t)200000)
static char text[TEXT_SIZE]; /* compresses to about a quarter */
static char packed[TEXT_SIZE * 2];
static char unpacked[TEXT_SIZE * 2];

typedef int filter(struct archive *);
static filter *const filters[] = {archive_write_add_filter_gzip, archive_write_add_filter_zstd,
                                  archive_write_add_filter_xz};
static const char *const names[] = {"gzip", "zstd", "xz"};

static int make_text(void **state)
{
    uint32_t x = 1;
    (void)state;
    for (size_t i = 0; i < TEXT_SIZE; i++) {
        x = x * 1664525 + 1013904223;
        text[i] = "0123,\nab"[x >> 29];
    }
    return 0;
}

static size_t pack(filter *add, const char *bytes, size_t size)
{
    size_t used = 0;
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    assert_int_equal(add(archive), ARCHIVE_OK);
    archive_write_set_format_raw(archive);
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open_memory(archive, packed, sizeof packed, &used), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(archive, bytes, size), size);
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(archive);
    return used;
}

/* Reads all: how many bytes, or -1 with an error. */
static ssize_t read_all(struct input *input, struct errors *errors)
{
    size_t used = 0;
    ssize_t got = -1;
    while (input && (got = input_read(input, unpacked + used, sizeof unpacked - used, errors)) > 0)
        used += (size_t)got;
    if (input && got == 0)
        assert_int_equal(input_read(input, unpacked, 1, errors), 0);
    if (input && got < 0) {
        size_t count = errors->count;
        assert_int_equal(input_read(input, unpacked, 1, errors), -1);
        assert_int_equal(errors->count, count);
    }
    input_close(input);
    return got < 0 ? -1 : (ssize_t)used;
}

static ssize_t unpack(size_t size, size_t piece, struct errors *errors)
{
    return read_all(input_memory("x", packed, size, piece, errors), errors);
}

static void compression_is_transparent(void **state)
{
    struct errors errors;
    (void)state;
    errors_init(&errors);
    assert_int_equal(read_all(input_memory("x", text, TEXT_SIZE, 0, &errors), &errors), TEXT_SIZE);
    assert_memory_equal(unpacked, text, TEXT_SIZE);
    for (size_t i = 0; i < 3; i++) {
        size_t size = pack(filters[i], text, TEXT_SIZE);
        assert_true(size < TEXT_SIZE / 2);
        assert_int_equal(unpack(size, 0, &errors), TEXT_SIZE);
        assert_memory_equal(unpacked, text, TEXT_SIZE);
        size = pack(filters[i], text, 1000);
        for (size_t piece = 1; piece < 40; piece++) {
            assert_int_equal(unpack(size, piece, &errors), 1000);
            assert_memory_equal(unpacked, text, 1000);
        }
    }
    assert_int_equal(errors.count, 0);
}

static void short_and_empty_texts(void **state)
{
    struct errors errors;
    (void)state;
    errors_init(&errors);
    for (size_t size = 0; size < 10; size++) {
        assert_int_equal(read_all(input_memory("x", text, size, 1, &errors), &errors), size);
        assert_memory_equal(unpacked, text, size);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(unpack(pack(filters[i], text, size), 0, &errors), size);
    }
    assert_int_equal(errors.count, 0);
}

static void members_follow_each_other(void **state)
{
    struct errors errors;
    static char two[2 * TEXT_SIZE];
    (void)state;
    errors_init(&errors);
    for (size_t i = 0; i < 3; i++) {
        size_t first = pack(filters[i], text, 5000);
        memcpy(two, packed, first);
        size_t second = pack(filters[i], text + 5000, 5000);
        memcpy(two + first, packed, second);
        memcpy(packed, two, first + second);
        assert_int_equal(unpack(first + second, 0, &errors), 10000);
        assert_memory_equal(unpacked, text, 10000);
    }
    assert_int_equal(errors.count, 0);
}

static void every_cut_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t size = pack(filters[i], text, 300);
        for (size_t cut = 6; cut < size; cut++) {
            struct errors errors;
            errors_init(&errors);
            if (unpack(cut, 0, &errors) != -1)
                fail_msg("%s cut to %zu of %zu bytes is taken for whole", names[i], cut, size);
            assert_int_equal(errors_code(&errors), ERROR_DATA);
            assert_non_null(strstr(errors.items[0].message, names[i]));
            errors_release(&errors);
        }
    }
}

/* zstd as libarchive writes it has no checksum, so that only gzip and xz can notice every change of
 * their data. */
static void changed_bytes_are_noticed(void **state)
{
    static const size_t checked[] = {0, 2};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t size = pack(filters[checked[i]], text, 300);
        for (size_t at = 20; at < size; at++) {
            struct errors errors;
            errors_init(&errors);
            packed[at] ^= 4;
            ssize_t got = unpack(size, 0, &errors);
            packed[at] ^= 4;
            if (got != -1 && memcmp(unpacked, text, 300) != 0)
                fail_msg("%s changed at %zu of %zu gives another text", names[checked[i]], at,
                         size);
            errors_release(&errors);
        }
    }
}

static void missing_files_and_folders(void **state)
{
    struct errors errors;
    (void)state;
    errors_init(&errors);
    assert_null(input_open("/nonexistent/calls.csv", &errors));
    assert_null(input_open("/tmp", &errors));
    assert_null(input_open("", &errors));
    assert_int_equal(errors.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(errors.items[i].code, ERROR_NO_INPUT);
    assert_non_null(strstr(errors.items[0].message, "No such file"));
    assert_non_null(strstr(errors.items[1].message, "folder"));
    errors_release(&errors);
}

static void files_pipes_and_names(void **state)
{
    struct errors errors;
    char path[] = "/tmp/peerplan-test-XXXXXX";
    int ends[2];
    (void)state;
    errors_init(&errors);
    size_t size = pack(filters[1], text, 1000);
    int fd = mkstemp(path);
    assert_int_equal(write(fd, packed, size), size);
    close(fd);
    struct input *input = input_open(path, &errors);
    assert_string_equal(input_name(input), path);
    assert_true(input_repeatable(input));
    assert_int_equal(read_all(input, &errors), 1000);
    unlink(path);

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], packed, size), size);
    close(ends[1]);
    int standard = dup(0);
    dup2(ends[0], 0);
    close(ends[0]);
    input = input_open("-", &errors);
    assert_string_equal(input_name(input), "<stdin>");
    assert_false(input_repeatable(input));
    assert_int_equal(read_all(input, &errors), 1000);
    assert_memory_equal(unpacked, text, 1000);
    dup2(standard, 0);
    close(standard);
    assert_int_equal(errors.count, 0);
}

/* Each member of a gzip file has a checksum; the text holds the mark of one. */
static void every_member_is_checked(void **state)
{
    static char two[2 * TEXT_SIZE], mixed[600];
    (void)state;
    for (size_t i = 0; i < sizeof mixed; i++)
        mixed[i] = (char)(i * 7919 >> 3);
    memcpy(mixed + 100, "\x1f\x8b\x08", 3);
    size_t first = pack(filters[0], mixed, 300);
    memcpy(two, packed, first);
    size_t second = pack(filters[0], mixed + 300, 300);
    memcpy(two + first, packed, second);
    for (size_t at = 0; at <= first + second; at++) { /* the last round changes nothing */
        struct errors errors;
        errors_init(&errors);
        memcpy(packed, two, first + second);
        if (at < first + second)
            packed[at] ^= 4;
        ssize_t got = unpack(first + second, 0, &errors);
        bool whole = got == 600 && memcmp(unpacked, mixed, 600) == 0;
        /* flags and the time of a header may change; a file that is no gzip any more is plain */
        bool plain = at < 3 && got == (ssize_t)(first + second);
        if (at == first + second ? !whole : got != -1 && !whole && !plain)
            fail_msg("changed at %zu of %zu + %zu gives another text", at, first, second);
        errors_release(&errors);
    }
    memcpy(packed, two, first + second); /* what follows is no member */
    strcpy((char *)packed + first + second, "more");
    struct errors errors;
    errors_init(&errors);
    assert_int_equal(unpack(first + second + 4, 0, &errors), -1);
    errors_release(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compression_is_transparent), cmocka_unit_test(short_and_empty_texts),
        cmocka_unit_test(members_follow_each_other),  cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(changed_bytes_are_noticed),  cmocka_unit_test(missing_files_and_folders),
        cmocka_unit_test(files_pipes_and_names),      cmocka_unit_test(every_member_is_checked),
    };
    return cmocka_run_group_tests(tests, make_text, NULL);
}
