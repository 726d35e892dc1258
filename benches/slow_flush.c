// Preloaded into a scratch PostgreSQL, makes every flush of its log take as long as on a server's disk without a
// battery-backed cache, whatever the disk of this machine promises.
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fdatasync(int file) {
    const struct timespec four_milliseconds = {.tv_sec = 0, .tv_nsec = 4000000};
    int result = (int)syscall(SYS_fdatasync, file);
    nanosleep(&four_milliseconds, 0);
    return result;
}
