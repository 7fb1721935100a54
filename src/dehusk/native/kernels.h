/* What the kernels share. Each .c file mirrors one Python module, whose numpy code is the law: same values, faster. */
#ifndef DEHUSK_KERNELS_H
#define DEHUSK_KERNELS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

static inline uint64_t mix(uint64_t hash) {
    hash ^= hash >> 33;
    hash *= 0xFF51AFD7ED558CCDull;
    hash ^= hash >> 33;
    hash *= 0xC4CEB9FE1A85EC53ull;
    return hash ^ hash >> 33;
}

#endif
