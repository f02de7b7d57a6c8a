from parts import Listed

from gpt2ro.tokenization.measures import SAMPLE_CHARACTERS, Sample, cut_letters, measures
from gpt2ro.tokenization.settings import TokenizerSettings
from gpt2ro.tokenization.tokenizer import trained


def sample_of(*texts: str) -> Sample:
    sample = Sample(parts=1)
    for text in texts:
        sample.add(0, text)
    return sample


def test_bytes_alone_give_one_byte_a_token_and_cut_every_letter() -> None:
    tokenizer, _ = trained(Listed(), TokenizerSettings(vocabulary=257))
    found = measures(tokenizer, sample_of("și ăă"))
    assert found["bytes_per_token"] == 1.0
    assert found["tokens_per_word"] == 4.0
    assert found["whole_letters"] == {"ș": 0.0, "ț": None, "ă": 0.0, "â": None, "î": None}


def test_a_letter_in_some_tokens_is_whole_in_part() -> None:
    # One merge: the two bytes of ș.
    tokenizer, _ = trained(Listed(["ș ș ș"]), TokenizerSettings(vocabulary=258))
    assert measures(tokenizer, sample_of("ș ț"))["whole_letters"]["ș"] == 1.0
    assert measures(tokenizer, sample_of("ș ț"))["whole_letters"]["ț"] == 0.0


def test_a_letter_is_one_token_where_its_bytes_were_merged() -> None:
    tokenizer, _ = trained(Listed(["ș ș ș"]), TokenizerSettings(vocabulary=258))
    found = measures(tokenizer, sample_of("ș"))["letter_tokens"]
    assert found == {letter: 1 if letter == "ș" else 2 for letter in "șțăâîȘȚĂÂÎ"}
    assert cut_letters(found) == list("țăâîȘȚĂÂÎ")


def test_the_sample_takes_as_much_from_every_part() -> None:
    sample = Sample(parts=2)
    for part in (0, 0, 1):
        sample.add(part, "a" * SAMPLE_CHARACTERS)
    assert [len(text) for text in sample.texts] == [SAMPLE_CHARACTERS // 2] * 2
