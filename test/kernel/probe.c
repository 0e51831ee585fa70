/*
 * What a process really gets from a dax device: open, mmap, touch, fork, split, hold.
 *
 * One JSON object a line in, one a line out, in order, until stdin closes. Numbers are decimal.
 * An errno of 0 is success. A request names what it works on by `path` ("map", "open") or by the
 * number of a slot ("hold" fills one; "touch", "again", "fork", "split", "call", "close",
 * "release" use it). Only "hold" keeps anything open after its answer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_BYTES_MAX 4096
#define SLOTS 64
#define HUGE_PAGE 2097152UL
#define SMALL_PAGE 4096UL
/* x86 `ret`: what is written, so that a touch by execution comes back. */
#define RETURN_OPCODE 0xc3

struct slot {
  int fd;
  char *address;
  size_t length;
};

struct touched {
  unsigned long units;
  unsigned long faults;
  long first_fault;
  int signal;
  int code;
};

static struct slot slots[SLOTS];
static sigjmp_buf back;
static volatile int fault_signal;
static volatile int fault_code;

static void on_fault(int number, siginfo_t *info, void *context) {
  (void)context;
  fault_signal = number;
  fault_code = info->si_code;
  siglongjmp(back, 1);
}

/* The text after `"key":`, or NULL. Requests are flat and their texts have no quotes in them. */
static const char *value_of(const char *line, const char *key) {
  char quoted[64];
  snprintf(quoted, sizeof quoted, "\"%s\":", key);
  const char *at = strstr(line, quoted);
  return at == NULL ? NULL : at + strlen(quoted);
}

static unsigned long long number_of(const char *line, const char *key, unsigned long long absent) {
  const char *at = value_of(line, key);
  return at == NULL ? absent : strtoull(at, NULL, 10);
}

static void text_of(const char *line, const char *key, char *out, size_t size) {
  const char *at = value_of(line, key);
  size_t n = 0;
  if (at != NULL && *at == '"') {
    for (at++; *at != '"' && *at != '\0' && n + 1 < size; at++) out[n++] = *at;
  }
  out[n] = '\0';
}

static int open_flags(const char *line) {
  char mode[16];
  text_of(line, "open", mode, sizeof mode);
  if (strcmp(mode, "ro") == 0) return O_RDONLY;
  if (strcmp(mode, "wo") == 0) return O_WRONLY;
  if (strcmp(mode, "direct") == 0) return O_RDWR | O_DIRECT;
  if (strcmp(mode, "excl") == 0) return O_RDWR | O_EXCL;
  return O_RDWR;
}

/* Touches one byte in each of the ways that `how` names: r, w, x. */
static int touch_byte(volatile unsigned char *byte, const char *how) {
  fault_signal = 0;
  if (sigsetjmp(back, 0) != 0) return -1;
  if (strchr(how, 'w') != NULL) *byte = RETURN_OPCODE;
  if (strchr(how, 'r') != NULL) (void)*byte;
  if (strchr(how, 'x') != NULL) ((void (*)(void))(uintptr_t)byte)();
  return 0;
}

/* First and last byte of every unit; of more than `limit` units only those at both ends. */
static struct touched touch_units(char *base, size_t length, size_t unit, const char *how,
                                  unsigned long limit) {
  struct touched result = {0, 0, -1, 0, 0};
  size_t count = (length + unit - 1) / unit;
  if (how[0] == '\0') return result;
  for (size_t k = 0; k < count; k++) {
    if (count > limit && k == limit / 2) k = count - (limit - limit / 2);
    size_t end = (k + 1) * unit < length ? (k + 1) * unit : length;
    int bad = touch_byte((unsigned char *)base + k * unit, how) != 0 ||
              (strchr(how, 'x') == NULL && touch_byte((unsigned char *)base + end - 1, how) != 0);
    result.units++;
    if (!bad) continue;
    result.faults++;
    if (result.first_fault >= 0) continue;
    result.first_fault = (long)k;
    result.signal = fault_signal;
    result.code = fault_code;
  }
  return result;
}

static void answer_touched(struct touched t) {
  printf("\"units\":%lu,\"faults\":%lu,\"first_fault\":%ld,\"signal\":%d,\"code\":%d", t.units,
         t.faults, t.first_fault, t.signal, t.code);
}

/* An address that is free now, on a 2 MiB boundary or one small page after it. */
static char *free_address(size_t length, int misaligned) {
  size_t room = length + 2 * HUGE_PAGE;
  char *area = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED) return NULL;
  munmap(area, room);
  uintptr_t aligned = ((uintptr_t)area + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
  return (char *)(aligned + (misaligned ? SMALL_PAGE : 0));
}

static char *map_as_asked(const char *line, int fd, size_t length) {
  char place[16];
  text_of(line, "place", place, sizeof place);
  char *hint = NULL;
  if (place[0] != '\0') hint = free_address(length, strcmp(place, "misaligned") == 0);
  return mmap(hint, length, (int)number_of(line, "prot", PROT_READ | PROT_WRITE),
              (int)number_of(line, "flags", MAP_SHARED), fd, (off_t)number_of(line, "offset", 0));
}

static struct touched touch_as_asked(const char *line, char *address, size_t length) {
  char how[8];
  text_of(line, "touch", how, sizeof how);
  return touch_units(address, length, number_of(line, "unit", SMALL_PAGE), how,
                     number_of(line, "limit", 1UL << 30));
}

static struct slot *slot_of(const char *line) { return &slots[number_of(line, "slot", 0) % SLOTS]; }

/* open, mmap, touch; then undone unless `keep`. */
static void do_map(const char *line, int keep) {
  char path[256];
  text_of(line, "path", path, sizeof path);
  size_t length = number_of(line, "length", 0);
  int fd = open(path, open_flags(line) | O_CLOEXEC);
  if (fd < 0) {
    printf("{\"open\":%d}\n", errno);
    return;
  }
  char *address = map_as_asked(line, fd, length);
  if (address == MAP_FAILED) {
    printf("{\"open\":0,\"mmap\":%d}\n", errno);
    close(fd);
    return;
  }
  printf("{\"open\":0,\"mmap\":0,\"aligned\":%s,",
         (uintptr_t)address % HUGE_PAGE == 0 ? "true" : "false");
  answer_touched(touch_as_asked(line, address, length));
  printf("}\n");
  if (keep) {
    *slot_of(line) = (struct slot){fd, address, length};
    return;
  }
  munmap(address, length);
  close(fd);
}

static void do_open(const char *line) {
  char path[256];
  struct stat about = {0};
  text_of(line, "path", path, sizeof path);
  int fd = open(path, open_flags(line) | O_CLOEXEC);
  if (fd < 0) {
    printf("{\"open\":%d}\n", errno);
    return;
  }
  fstat(fd, &about);
  printf("{\"open\":0,\"character\":%s,\"st_size\":%lld}\n",
         S_ISCHR(about.st_mode) ? "true" : "false", (long long)about.st_size);
  close(fd);
}

static void do_touch(const char *line) {
  struct slot *slot = slot_of(line);
  printf("{");
  answer_touched(touch_as_asked(line, slot->address, slot->length));
  printf("}\n");
}

/* Another mmap through the slot's descriptor. Never ask this of a fd opened while disabled. */
static void do_again(const char *line) {
  struct slot *slot = slot_of(line);
  char *address = map_as_asked(line, slot->fd, slot->length);
  printf("{\"mmap\":%d}\n", address == MAP_FAILED ? errno : 0);
  if (address != MAP_FAILED) munmap(address, slot->length);
}

/* What a child gets of the slot's mapping. */
static void do_fork(const char *line) {
  struct slot *slot = slot_of(line);
  if (number_of(line, "dontfork", 0) != 0) madvise(slot->address, slot->length, MADV_DONTFORK);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf("{");
    answer_touched(touch_as_asked(line, slot->address, slot->length));
    printf("}\n");
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static void do_split(const char *line) {
  struct slot *slot = slot_of(line);
  char *at = slot->address + number_of(line, "offset", 0);
  size_t length = number_of(line, "length", 0);
  char name[16];
  text_of(line, "call", name, sizeof name);
  int failed = strcmp(name, "mprotect") == 0 ? mprotect(at, length, PROT_READ) : munmap(at, length);
  printf("{\"errno\":%d}\n", failed ? errno : 0);
}

static void do_call(const char *line) {
  struct slot *slot = slot_of(line);
  char name[16], byte = 0;
  long result = -1;
  text_of(line, "call", name, sizeof name);
  errno = ENOSYS;
  if (strcmp(name, "read") == 0) result = read(slot->fd, &byte, 1);
  if (strcmp(name, "write") == 0) result = write(slot->fd, &byte, 1);
  if (strcmp(name, "fsync") == 0) result = fsync(slot->fd);
  if (strcmp(name, "ftruncate") == 0) result = ftruncate(slot->fd, 4096);
  if (strcmp(name, "fallocate") == 0) result = fallocate(slot->fd, 0, 0, 4096);
  if (strcmp(name, "msync") == 0) result = msync(slot->address, slot->length, MS_SYNC);
  if (strcmp(name, "lseek") == 0) result = lseek(slot->fd, 0, SEEK_END);
  printf("{\"errno\":%d,\"result\":%ld}\n", result < 0 ? errno : 0, result);
}

static void do_release(const char *line, int unmap) {
  struct slot *slot = slot_of(line);
  if (unmap && slot->address != NULL) munmap(slot->address, slot->length);
  if (slot->fd > 0) close(slot->fd);
  if (unmap) *slot = (struct slot){0, NULL, 0};
  slot->fd = 0;
  printf("{}\n");
}

/* Stores at a byte of the slot, or reads one back. */
static void do_byte(const char *line) {
  struct slot *slot = slot_of(line);
  volatile unsigned char *at = (unsigned char *)slot->address + number_of(line, "at", 0);
  if (value_of(line, "store") != NULL) *at = (unsigned char)number_of(line, "store", 0);
  printf("{\"byte\":%d}\n", *at);
}

/* How many bytes of the slot's mapping are not zero. */
static void do_nonzero(const char *line) {
  struct slot *slot = slot_of(line);
  unsigned long count = 0;
  for (size_t at = 0; at < slot->length; at++) count += slot->address[at] != 0;
  printf("{\"nonzero\":%lu}\n", count);
}

/* Reads a byte of the slot as a process does that expects no signal. */
static void do_die(const char *line) {
  signal(SIGBUS, SIG_DFL);
  do_byte(line);
}

static void answer(const char *line) {
  char op[16];
  text_of(line, "op", op, sizeof op);
  if (strcmp(op, "map") == 0) do_map(line, 0);
  else if (strcmp(op, "hold") == 0) do_map(line, 1);
  else if (strcmp(op, "open") == 0) do_open(line);
  else if (strcmp(op, "touch") == 0) do_touch(line);
  else if (strcmp(op, "again") == 0) do_again(line);
  else if (strcmp(op, "fork") == 0) do_fork(line);
  else if (strcmp(op, "split") == 0) do_split(line);
  else if (strcmp(op, "call") == 0) do_call(line);
  else if (strcmp(op, "byte") == 0) do_byte(line);
  else if (strcmp(op, "nonzero") == 0) do_nonzero(line);
  else if (strcmp(op, "die") == 0) do_die(line);
  else if (strcmp(op, "close") == 0) do_release(line, 0);
  else if (strcmp(op, "release") == 0) do_release(line, 1);
  else printf("{\"error\":\"no such op\"}\n");
}

int main(void) {
  char line[LINE_BYTES_MAX];
  struct sigaction action = {0};
  action.sa_sigaction = on_fault;
  /* Nothing is masked while it runs, so that no touch has to save and restore a mask. */
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGBUS, &action, NULL);
  sigaction(SIGSEGV, &action, NULL);
  while (fgets(line, sizeof line, stdin) != NULL) {
    answer(line);
    fflush(stdout);
  }
  return 0;
}
