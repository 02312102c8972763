/* Files and folders, in a folder of the test's own. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/os.h"

static char home[] = "os_test.XXXXXX";
static char *back;

static int enter(void **state)
{
    (void)state;
    back = realpath(".", NULL);
    return back && mkdtemp(home) && chdir(home) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    int rc = chdir(back) == 0 && rmdir(home) == 0 ? 0 : -1; /* fails when a test leaves a file behind */
    free(back);
    return rc;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static void clocks(void **state)
{
    (void)state;
    int64_t wall = os_now_us() / 1000000;
    assert_in_range(wall, (uintmax_t)time(NULL) - 2, (uintmax_t)time(NULL) + 2);
    int64_t before = os_monotonic_us();
    usleep(2000);
    assert_true(os_monotonic_us() - before >= 2000);
}

static void opens_files(void **state)
{
    (void)state;
    write_file("a", "hello");
    struct err err = {0};
    int64_t size = 0;
    int fd = os_open_input("a", &size, &err);
    assert_true(fd >= 0);
    assert_int_equal(size, 5);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
    char text[8];
    assert_int_equal(os_read(fd, text, sizeof(text), "a", &err), 5);
    assert_memory_equal(text, "hello", 5);
    assert_int_equal(os_read(fd, text, sizeof(text), "a", &err), 0);
    close(fd);
    assert_int_equal(symlink("a", "link"), 0);
    fd = os_open_input("link", NULL, &err);
    assert_true(fd >= 0);
    close(fd);
    unlink("link");
    unlink("a");
}

static void refuse(const char *path, const char *because)
{
    struct err err = {0};
    assert_int_equal(os_open_input(path, NULL, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.text, path));
    if (!strstr(err.text, because))
        fail_msg("%s", err.text);
}

static void refuses_what_is_no_file(void **state)
{
    (void)state;
    refuse("missing", "no such file");
    refuse(".", "folder");
    refuse("/dev/null", "device");
    assert_int_equal(symlink("/dev/zero", "innocent"), 0);
    refuse("innocent", "device");
    unlink("innocent");
    assert_int_equal(symlink("loop", "loop"), 0);
    refuse("loop", "cannot be opened");
    unlink("loop");
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "sock"};
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
    refuse("sock", "socket");
    close(fd);
    unlink("sock");
}

static void refuses_without_permission(void **state)
{
    (void)state;
    write_file("secret", "x");
    assert_int_equal(chmod("secret", 0), 0);
    assert_int_equal(chmod(".", 0755), 0);
    bool root = geteuid() == 0; /* who may read everything, and so steps down for a moment */
    assert_true(!root || seteuid(65534) == 0);
    struct err err = {0};
    int fd = os_open_input("secret", NULL, &err);
    assert_true(!root || seteuid(0) == 0);
    unlink("secret");
    assert_int_equal(fd, -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.text, "no permission"));
}

static void *late_writer(void *arg)
{
    (void)arg;
    usleep(100000);
    int fd = open("fifo", O_WRONLY);
    for (int i = 0; i < 3 && fd >= 0; i++) {
        usleep(20000);
        if (write(fd, "line\n", 5) != 5)
            break;
    }
    close(fd);
    return NULL;
}

/* The writer comes after the reader: nothing may be lost and the end must be seen. */
static void waits_for_the_writer_of_a_pipe(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, late_writer, NULL), 0);
    int64_t size = 0;
    struct err err = {0};
    int fd = os_open_input("fifo", &size, &err);
    assert_true(fd >= 0);
    assert_int_equal(size, -1);
    char text[64];
    size_t n = 0;
    ssize_t got;
    while ((got = os_read(fd, text + n, sizeof(text) - n, "fifo", &err)) > 0)
        n += (size_t)got;
    assert_int_equal(got, 0);
    assert_int_equal(n, 15);
    pthread_join(writer, NULL);
    close(fd);
    unlink("fifo");
}

static void read_and_write_errors(void **state)
{
    (void)state;
    struct err err = {0};
    char byte = 'x';
    assert_int_equal(os_read(-1, &byte, 1, "thing.csv", &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.text, "thing.csv"));
    int fd = open("/dev/full", O_WRONLY);
    if (fd >= 0) {
        assert_false(os_write_all(fd, &byte, 1, "out.csv", &err));
        assert_int_equal(err.code, ERR_SYSTEM);
        assert_non_null(strstr(err.text, "out.csv"));
        close(fd);
    }
}

static void reads_whole_files(void **state)
{
    (void)state;
    struct buf b = {0};
    struct err err = {0};
    char big[200001];
    memset(big, 'z', 200000);
    big[200000] = '\0';
    write_file("big", big);
    buf_puts(&b, ">");
    assert_true(os_read_file("big", 200000, &b, &err));
    assert_int_equal(b.n, 200001);
    assert_string_equal(b.p + 1, big);
    b.n = 1;
    assert_false(os_read_file("big", 199999, &b, &err));
    assert_string_equal(b.p, ">"); /* left as it was */
    assert_non_null(strstr(err.text, "199999"));
    assert_false(os_read_file("missing", 10, &b, &err));
    write_file("none", "");
    assert_true(os_read_file("none", 0, &b, &err));
    assert_string_equal(b.p, ">");
    buf_done(&b);
    unlink("none");
    unlink("big");
}

static size_t files_here(void)
{
    size_t n = 0;
    DIR *d = opendir(".");
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static void replaces_files(void **state)
{
    (void)state;
    struct err err = {0};
    write_file("conf", "a much longer old content");
    assert_true(os_replace_file("conf", STR("new"), &err));
    struct buf b = {0};
    assert_true(os_read_file("conf", 100, &b, &err));
    assert_string_equal(b.p, "new");
    struct stat st;
    assert_int_equal(stat("conf", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(files_here(), 1);
    assert_true(os_replace_file("conf", STR(""), &err));
    assert_int_equal(stat("conf", &st), 0);
    assert_int_equal(st.st_size, 0);
    assert_false(os_replace_file("no/such/folder/conf", STR("x"), &err));
    assert_int_equal(err.code, ERR_SYSTEM);
    assert_false(os_replace_file("", STR("x"), &err));
    assert_int_equal(mkdir("taken", 0700), 0);
    assert_false(
        os_replace_file("taken", STR("x"), &err)); /* a folder cannot be replaced; the temporary file goes */
    rmdir("taken");
    assert_int_equal(files_here(), 1);
    buf_done(&b);
    unlink("conf");
}

/* A reader that opens the file again and again sees the old or the new content, whole. */
static void *replace_often(void *arg)
{
    (void)arg;
    char a[5000], b[5000];
    memset(a, 'a', sizeof(a));
    memset(b, 'b', sizeof(b));
    for (int i = 0; i < 50; i++)
        os_replace_file("flip", (struct str){i % 2 ? a : b, sizeof(a)}, NULL);
    return NULL;
}

static void replacing_is_atomic(void **state)
{
    (void)state;
    replace_often(NULL);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, replace_often, NULL), 0);
    for (int i = 0; i < 500; i++) {
        struct buf b = {0};
        assert_true(os_read_file("flip", 10000, &b, NULL));
        assert_int_equal(b.n, 5000);
        for (size_t k = 1; k < b.n; k++)
            assert_int_equal(b.p[k], b.p[0]);
        buf_done(&b);
    }
    pthread_join(writer, NULL);
    unlink("flip");
}

static void makes_folders(void **state)
{
    (void)state;
    struct err err = {0};
    struct stat st;
    mode_t mask = umask(0);
    assert_true(os_make_dirs("x/y//z/", &err));
    umask(mask);
    assert_int_equal(stat("x/y/z", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_true(os_make_dirs("x/y/z", &err));
    assert_true(os_make_dirs("/", &err));
    write_file("x/file", "");
    assert_false(os_make_dirs("x/file", &err));
    assert_false(os_make_dirs("x/file/below", &err));
    assert_int_equal(err.code, ERR_SYSTEM);
    assert_non_null(strstr(err.text, "x/file"));
    assert_false(os_make_dirs("", &err));
    assert_true(os_exists("x/file"));
    assert_false(os_exists("x/nothing"));
    unlink("x/file");
    rmdir("x/y/z");
    rmdir("x/y");
    rmdir("x");
}

static void file_systems(void **state)
{
    (void)state;
    assert_true(os_free_bytes(".") < UINT64_MAX);
    assert_int_equal(os_free_bytes("missing"), UINT64_MAX);
    assert_false(os_is_network_fs("missing"));
    assert_false(os_is_network_fs("/proc"));
}

static void home_folder(void **state)
{
    (void)state;
    char *kept = getenv("HOME") ? strdup(getenv("HOME")) : NULL;
    setenv("HOME", "/some/where", 1);
    assert_string_equal(os_home(), "/some/where");
    setenv("HOME", "relative", 1);
    assert_int_equal(os_home()[0], '/');
    unsetenv("HOME");
    assert_int_equal(os_home()[0], '/');
    if (kept)
        setenv("HOME", kept, 1);
    free(kept);
}

static void kinds_of_fuse(void **state)
{
    (void)state;
    assert_true(os_fuse_is_remote("fuse.sshfs"));
    assert_true(os_fuse_is_remote("fuse.rclone"));
    assert_false(os_fuse_is_remote("fuseblk")); /* a local disk, such as NTFS */
    assert_false(os_fuse_is_remote("fuse.gvfsd-fuse-local"));
    assert_false(os_fuse_is_remote("overlay"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_fuse),
        cmocka_unit_test(clocks),
        cmocka_unit_test(opens_files),
        cmocka_unit_test(refuses_what_is_no_file),
        cmocka_unit_test(refuses_without_permission),
        cmocka_unit_test(waits_for_the_writer_of_a_pipe),
        cmocka_unit_test(read_and_write_errors),
        cmocka_unit_test(reads_whole_files),
        cmocka_unit_test(replaces_files),
        cmocka_unit_test(replacing_is_atomic),
        cmocka_unit_test(makes_folders),
        cmocka_unit_test(file_systems),
        cmocka_unit_test(home_folder),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
