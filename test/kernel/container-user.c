/*
 * A program in a container: maps a part of the device that its environment tells of, as
 * "write TEXT" puts a text at its beginning, "read LENGTH" prints what is there. Exits with the
 * errno of the first call that fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int fail(const char *what) {
  int number = errno;
  perror(what);
  return number;
}

int main(int count, char **words) {
  const char *path = getenv("DAXD_PATH");
  const char *offset = getenv("DAXD_OFFSET");
  const char *length = getenv("DAXD_LENGTH");
  if (count != 3 || path == NULL || offset == NULL || length == NULL) {
    fprintf(stderr, "container-user write TEXT | read LENGTH, with DAXD_PATH, _OFFSET, _LENGTH\n");
    return EINVAL;
  }
  int writes = strcmp(words[1], "write") == 0;
  int fd = open(path, writes ? O_RDWR : O_RDONLY);
  if (fd < 0) return fail("open");
  size_t size = strtoull(length, NULL, 10);
  int prot = writes ? PROT_READ | PROT_WRITE : PROT_READ;
  char *memory = mmap(NULL, size, prot, MAP_SHARED, fd, (off_t)strtoull(offset, NULL, 10));
  if (memory == MAP_FAILED) return fail("mmap");
  if (writes) memcpy(memory, words[2], strlen(words[2]));
  else fwrite(memory, 1, strtoull(words[2], NULL, 10), stdout);
  return 0;
}
