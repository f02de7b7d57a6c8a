"""A run that has nothing to do says where the pages are that a person reads.

Snakemake says no more than that all is there, and calls no `onsuccess:` then.
"""

from snakemake.logging import logger

# As Snakemake 9 writes it.
NOTHING_TO_DO = "Nothing to be done (all requested files are present"

PAGES = {
    "corpus": rules.corpus_report.output.page,
    "samples": rules.samples.output.text,
    "report": rules.report.output.report,
}


def with_pages(record) -> bool:
    """Let a message of Snakemake's pass; the one on nothing to do with the pages behind it."""
    if str(record.msg).startswith(NOTHING_TO_DO):
        pages = (
            f"{page} ({target})" if Path(page).is_file() else f"{page} ({target}, not there yet)"
            for target, page in PAGES.items()
        )
        record.msg += f"\nTo read, each brought up to date by its target: {', '.join(pages)}."
    return True


logger.addFilter(with_pages)
