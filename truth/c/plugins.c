// Two shared objects loaded and unloaded in turn, most often at the same address.
#define _GNU_SOURCE
#include "truth.h"
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

TRUTH_SITE(plugin_alpha_work, TRUTH_CPU)
TRUTH_SITE(plugin_beta_work, TRUTH_CPU)
TRUTH_SITE(loads, TRUTH_COUNT)
TRUTH_SITE(loads_at_the_previous_address, TRUTH_COUNT)

typedef uint64_t leaf(uint64_t rounds);

TRUTH_APART static void use_plugin(const char *folder, const char *file, const char *name, struct truth_site *site,
                                   uint64_t rounds) {
    static uintptr_t previous;
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) abort();
    leaf *work = (leaf *)(uintptr_t)dlsym(library, name);
    if (!work) abort();
    loads_site->value += 1;
    loads_at_the_previous_address_site->value += (uintptr_t)work == previous;
    previous = (uintptr_t)work;
    for (int turn = 0; turn < 10; turn++) {
        uint64_t before = truth_cpu();
        truth_sink ^= work(rounds);
        site->value += truth_cpu() - before;
    }
    dlclose(library);
}

int main(int argc, char **argv) {
    uint64_t deadline = truth_deadline(argc, argv);
    uint64_t milli = truth_rounds_per_milli();
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0) abort();
    self[length] = 0;
    const char *folder = dirname(self);
    while (truth_wall() < deadline) {
        use_plugin(folder, "libplugin_alpha.so", "plugin_alpha_work", plugin_alpha_work_site, 14 * milli);
        use_plugin(folder, "libplugin_beta.so", "plugin_beta_work", plugin_beta_work_site, 6 * milli);
    }
    truth_write("plugins", 1);
    return 0;
}
