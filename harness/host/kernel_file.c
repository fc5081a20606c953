// The table of sections stands at a program's end: what is cut off has lost it.
#include "host/kernel_file.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool needs_loader(int fd, const Elf64_Ehdr *header)
{
    for (unsigned i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr part;
        const off_t at = (off_t)(header->e_phoff + i * sizeof(part));
        if (pread(fd, &part, sizeof(part), at) == sizeof(part) && part.p_type == PT_INTERP)
            return true;
    }
    return false;
}

struct kernel_file kernel_file_read(const char *path)
{
    struct kernel_file kernel = {.whole = false};
    struct stat attributes;
    Elf64_Ehdr header;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return kernel;
    if (fstat(fd, &attributes) == 0 && pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
        memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_machine == EM_X86_64) {
        const uint64_t end = header.e_shoff + (uint64_t)header.e_shnum * header.e_shentsize;
        kernel.whole = end >= header.e_shoff && end <= (uint64_t)attributes.st_size;
        kernel.dynamic = needs_loader(fd, &header);
    }
    close(fd);
    return kernel;
}
