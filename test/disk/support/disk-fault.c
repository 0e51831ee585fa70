/*
 * A faulty disk, below a process that is started with this library in LD_PRELOAD: the calls by
 * which a file's bytes get to the disk fail or hang on command. The file named by
 * DISK_FAULT_CONTROL holds the command of the moment, "<call> <errno or -1> <end of path>": calls
 * are "write" (write and pwrite) and "sync" (fsync and fdatasync), -1 hangs until the command is
 * another one. An empty or missing file is a sound disk. Only regular paths that end as told are
 * touched, and nothing of a failed call is done.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define POLL_US 10000

static int command(char call[16], int *error, char end[256])
{
	const char *control = getenv("DISK_FAULT_CONTROL");
	char text[512];
	int fd = control ? open(control, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return 0;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return 0;
	text[length] = '\0';
	return sscanf(text, "%15s %d %255s", call, error, end) == 3;
}

static int ends_with(int fd, const char *end)
{
	char link[64], path[4096];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	size_t wanted = strlen(end);
	if (length < 0 || (size_t)length < wanted)
		return 0;
	path[length] = '\0';
	return strcmp(path + length - wanted, end) == 0;
}

/* Waits while the command is to hang; the errno to fail with, 0 for a sound call. */
static int fault(int fd, const char *name)
{
	for (;;) {
		char call[16], end[256];
		int kept = errno, error;
		int told = command(call, &error, end);
		errno = kept;
		if (!told || strcmp(call, name) != 0 || !ends_with(fd, end))
			return 0;
		if (error >= 0)
			return error;
		usleep(POLL_US);
	}
}

#define FAIL_OR(name, fd, type, symbol, ...)                                    \
	do {                                                                    \
		static type (*real)();                                          \
		int error = fault(fd, name);                                    \
		if (error != 0) {                                               \
			errno = error;                                          \
			return -1;                                              \
		}                                                               \
		if (!real)                                                      \
			real = (type(*)())dlsym(RTLD_NEXT, symbol);             \
		return real(__VA_ARGS__);                                       \
	} while (0)

ssize_t write(int fd, const void *from, size_t length)
{
	FAIL_OR("write", fd, ssize_t, "write", fd, from, length);
}

ssize_t pwrite64(int fd, const void *from, size_t length, off64_t at)
{
	FAIL_OR("write", fd, ssize_t, "pwrite64", fd, from, length, at);
}

int fsync(int fd)
{
	FAIL_OR("sync", fd, int, "fsync", fd);
}

int fdatasync(int fd)
{
	FAIL_OR("sync", fd, int, "fdatasync", fd);
}
