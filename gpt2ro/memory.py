"""Memory that a process frees after one piece of its work and needs again for the next."""

# Of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
NEVER = -1
# The largest threshold that glibc allows; what is larger is mapped anew each time.
LARGEST = 32 << 20


def keep_freed_memory() -> None:
    """Let glibc's malloc keep what is freed; other libraries are left alone.

    By default it gives free memory back to the system, which clears the pages before they are used
    again: 24,000 page faults, 5 % of the CPU time of a step of 5 million parameters
    (docs/training.md, "Speed and memory"); 1,000 in a part of 4 MB of glosses,
    7 % of the time to clean it (docs/performance.md).
    """
    # Takes longer to import than the scripts that print a help text have to spare.
    import ctypes

    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option:
        set_option(M_MMAP_THRESHOLD, LARGEST)
        set_option(M_TRIM_THRESHOLD, NEVER)
