/**
 * How a program's C library keeps memory: in one arena for all threads. By default each thread of libuv and V8 has one of
 * its own, in which freed buffers stay; the sink then holds some 20 MiB more under load.
 */
export const ALLOCATOR_ENV = { MALLOC_ARENA_MAX: '1' } as const;
