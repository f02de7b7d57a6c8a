"""The files of the config are looked at before Snakemake reads `configfile:`.

It has read those of --configfile already, before any line of ours: of these a key that is there
twice is still told, but not a file that is no YAML at all.
"""

import sys
from contextlib import contextmanager
from pathlib import Path

from gpt2ro.errors import UserError, of_system
from gpt2ro.yaml_file import look_at_config

DEFAULT_CONFIG = "config/config.yaml"


@contextmanager
def faults_told():
    """End with the one line of a fault that the user can mend, before anything runs."""
    try:
        yield
    except UserError as error:
        sys.exit(f"gpt2ro: {' '.join(str(error).split())}")
    except OSError as error:
        if (told := of_system(error)) is None:
            raise
        sys.exit(f"gpt2ro: {told}")


with faults_told():
    for path in workflow.overwrite_configfiles or [DEFAULT_CONFIG]:
        look_at_config(Path(path))
