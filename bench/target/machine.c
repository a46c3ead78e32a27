#include "machine.h"
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct elf {
    uint8_t *bytes;
    size_t size;
};

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

machine *machine_open(const char *platform, const char *path)
{
    if (strncmp(platform, "cortex-m", 8) == 0)
        return machine_cortex_m(platform, path);
    return strcmp(platform, "rv32") == 0 ? machine_rv32(path) : machine_avr(platform, path);
}

/* ---- ELF images -------------------------------------------------------------------------------------------------- */

elf *elf_open(const char *path)
{
    elf *e = malloc(sizeof *e);
    FILE *file = fopen(path, "rb");
    if (!e || !file || fseek(file, 0, SEEK_END) != 0)
        fail("%s: cannot be read", path);
    e->size = (size_t)ftell(file);
    e->bytes = malloc(e->size);
    rewind(file);
    if (!e->bytes || fread(e->bytes, 1, e->size, file) != e->size)
        fail("%s: cannot be read", path);
    fclose(file);
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)e->bytes;
    if (e->size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS32 || header->e_ident[EI_DATA] != ELFDATA2LSB)
        fail("%s: no ELF image of 32 bits, little endian", path);
    return e;
}

uint32_t elf_symbol(const elf *e, const char *name)
{
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)e->bytes;
    const Elf32_Shdr *sections = (const Elf32_Shdr *)(e->bytes + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB)
            continue;
        const Elf32_Sym *symbols = (const Elf32_Sym *)(e->bytes + sections[i].sh_offset);
        const char *names = (const char *)e->bytes + sections[sections[i].sh_link].sh_offset;
        for (size_t k = 0; k < sections[i].sh_size / sizeof *symbols; k++)
            if (symbols[k].st_shndx != SHN_UNDEF && strcmp(names + symbols[k].st_name, name) == 0)
                return symbols[k].st_value;
    }
    return 0;
}

void elf_load(const elf *e, void (*put)(void *context, uint32_t address, const void *from, uint32_t n),
              void *context)
{
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)e->bytes;
    const Elf32_Phdr *segment = (const Elf32_Phdr *)(e->bytes + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD && segment[i].p_filesz > 0)
            put(context, segment[i].p_vaddr, e->bytes + segment[i].p_offset, segment[i].p_filesz);
}
