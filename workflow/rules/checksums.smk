"""Every input is hashed once: Snakemake hashes all inputs of a job anew for each of its outputs.

With each output it notes the hashes of the inputs (Snakemake 9.27, `Persistence.finished`), so the
step clusters, which reads all parts and writes a file for each, hashed the corpus as many times as
it has parts: 7 s for 26 parts of 30 MB, a hundred times as much for ten times as many, on one core,
and no job begins meanwhile. Here the hash of a file is kept as long as the file is as it was.
"""

import os

from snakemake.io import _IOFile


def hashed_once(method):
    """A method that hashes a file, but hashes none again that has not been written since."""
    known = {}

    async def checksum(self, threshold=None, force=False, algorithm=None):
        if force or algorithm is not None or self.is_storage:
            return await method(self, threshold, force, algorithm)
        try:
            found = os.stat(self.file)
        except OSError:
            return await method(self, threshold, force, algorithm)
        state = found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
        key = str(self.file), threshold
        if key not in known or known[key][0] != state:
            known[key] = state, await method(self, threshold, force, algorithm)
        return known[key][1]

    checksum.hashes_once = True
    return checksum


if not hasattr(_IOFile.checksum, "hashes_once"):
    _IOFile.checksum = hashed_once(_IOFile.checksum)
