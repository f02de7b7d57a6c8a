"""Settings of decontamination."""

from dataclasses import dataclass

from gpt2ro.settings import setting


@dataclass(frozen=True)
class DecontaminationSettings:
    """What train documents must not share with valid, test and benchmarks.

    13 words as in GPT-3 (arXiv 2005.14165, appendix C): shorter runs are set phrases, longer ones
    miss quotations.
    """

    words: int = setting(
        13, "words of a run that train must not share with held-out text; 0: not looked for",
        minimum=0,
    )  # fmt: skip
    benchmarks: str = setting(
        "", "text files held out beside valid and test, comma-separated; compressed or not"
    )
    max_removed: float = setting(
        0.5, "drop documents that lose a larger share of their characters", minimum=0, maximum=1
    )

    @property
    def benchmark_files(self) -> list[str]:
        """The paths of the benchmarks."""
        return [path.strip() for path in self.benchmarks.split(",") if path.strip()]
