// DNS over UDP, as much of it as a stub resolver needs.
#include "lab/names.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "contract/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT          53
#define QUESTIONS_MAX 64
#define MESSAGE_SIZE  512
#define HEADER_SIZE   12
#define TYPE_A        1
#define ANSWER_SIZE   16

struct lab_names {
    pid_t pid;
    volatile int64_t asked;
};

struct question {
    int64_t until_us;
    struct sockaddr_in from;
    size_t length;
    uint8_t message[MESSAGE_SIZE];
};

// What was asked, and for an address of IPv4 one answer: the name as a pointer to the question, class IN,
// kept for no time at all. Its length.
static size_t make_answer(const struct question *question, uint8_t answer[static MESSAGE_SIZE])
{
    static const uint8_t record[ANSWER_SIZE - 4] = {0xc0, HEADER_SIZE, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4};
    size_t end = HEADER_SIZE;
    const uint8_t *asked = question->message;
    while (end < question->length && asked[end] != 0)
        end += asked[end] + 1U;
    end += 5; // the name's end, type and class
    if (end > question->length || end + ANSWER_SIZE > MESSAGE_SIZE)
        return 0;
    bool address = asked[end - 4] == 0 && asked[end - 3] == TYPE_A;
    const uint8_t header[HEADER_SIZE] = {asked[0], asked[1], 0x81, 0x80, 0, 1, 0, address};
    memcpy(answer, asked, end);
    memcpy(answer, header, sizeof(header));
    if (!address)
        return end;
    const in_addr_t db = inet_addr(LAB_DB_ADDRESS);
    memcpy(answer + end, record, sizeof(record));
    memcpy(answer + end + sizeof(record), &db, sizeof(db));
    return end + ANSWER_SIZE;
}

static void answer_question(int fd, const struct question *question)
{
    uint8_t answer[MESSAGE_SIZE];
    size_t length = make_answer(question, answer);
    // Who does not get it asks again.
    if (length > 0)
        (void)sendto(fd, answer, length, 0, (const struct sockaddr *)&question->from, sizeof(question->from));
}

static bool receive_question(int fd, struct question *question)
{
    socklen_t size = sizeof(question->from);
    ssize_t length = recvfrom(
        fd, question->message, MESSAGE_SIZE, MSG_DONTWAIT, (struct sockaddr *)&question->from, &size);
    question->length = length > 0 ? (size_t)length : 0;
    return length >= HEADER_SIZE;
}

// The questions wait in their order, each as long as every other one.
static _Noreturn void serve(int fd, struct lab_names *names, int64_t delay_us)
{
    static struct question waiting[QUESTIONS_MAX];
    size_t first = 0, count = 0;
    for (;;) {
        struct error error = {0};
        struct pollfd asked = {.fd = fd, .events = POLLIN};
        struct timespec timeout = clock_timeout(count > 0 ? waiting[first].until_us : 0);
        if (!event_wait(&asked, 1, count > 0 ? &timeout : NULL, &error))
            _exit(1);
        struct question *next = &waiting[(first + count) % QUESTIONS_MAX];
        if (count < QUESTIONS_MAX && asked.revents != 0 && receive_question(fd, next)) {
            names->asked++;
            next->until_us = clock_now_us() + delay_us;
            count += delay_us != LAB_NAMES_NEVER;
        }
        for (; count > 0 && clock_now_us() >= waiting[first].until_us; count--) {
            answer_question(fd, &waiting[first]);
            first = (first + 1) % QUESTIONS_MAX;
        }
    }
}

static int open_name_socket(struct error *error)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = inet_addr(LAB_NAMES_ADDRESS)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    error_set_errno(error, ERROR_LAB, "the name server");
    if (fd >= 0)
        close(fd);
    return -1;
}

struct lab_names *lab_names_start(int64_t delay_us, struct error *error)
{
    struct lab_names *names = mmap(
        NULL, sizeof(*names), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (names == MAP_FAILED) {
        error_set_errno(error, ERROR_LAB, "the name server");
        return NULL;
    }
    int fd = open_name_socket(error);
    names->pid = fd < 0 ? -1 : fork();
    if (names->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd, names, delay_us);
    }
    if (fd >= 0 && names->pid < 0)
        error_set_errno(error, ERROR_LAB, "the name server");
    if (fd >= 0)
        close(fd);
    if (names->pid > 0)
        return names;
    munmap(names, sizeof(*names));
    return NULL;
}

int64_t lab_names_asked(const struct lab_names *names)
{
    return names->asked;
}

void lab_names_stop(struct lab_names *names)
{
    kill(names->pid, SIGKILL);
    while (waitpid(names->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    munmap(names, sizeof(*names));
}
