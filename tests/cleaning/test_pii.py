import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from passages import ROMANIAN

from gpt2ro.cleaning.clean import clean_part
from gpt2ro.cleaning.pii import CNP_WEIGHTS, KINDS, is_cnp, is_iban, masked
from gpt2ro.cleaning.settings import CleaningSettings
from gpt2ro.documents import Document, read_documents, write_documents


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ion.popescu@gmail.com", "e-mail address"),
        ("contact@primaria-iasi.ro", "e-mail address"),
        ("ștefan.pop@exemplu.ro", "e-mail address"),
        ("ionuț@exemplu.ro", "e-mail address"),
        ("ana@școală-iași.ro", "e-mail address"),
        ("ana@înv.edu.ro", "e-mail address"),
        ("0721123456", "phone number"),
        ("0721 123 456", "phone number"),
        ("0721.123.456", "phone number"),
        ("0721-123-456", "phone number"),
        ("021 312 34 56", "phone number"),
        ("0256/123456", "phone number"),
        ("(021) 312 34 56", "phone number"),
        ("+40721123456", "phone number"),
        ("+40 721 123 456", "phone number"),
        ("0040 21 312 34 56", "phone number"),
        ("+40 (0) 721 123 456", "phone number"),
        ("(+40) 721 123 456", "phone number"),
        ("1960229409911", "personal number (CNP)"),
        ("RO49AAAA1B31007593840000", "IBAN"),
        ("RO49 AAAA 1B31 0075 9384 0000", "IBAN"),
        ("ro49aaaa1b31007593840000", "IBAN"),
        ("DE89370400440532013000", "IBAN"),
        ("86.120.45.7", "IP address"),
        ("2a02:2f0e:c1ff:ffff::5679:1234", "IPv6 address"),
        ("2a02::1", "IPv6 address"),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "Scrie la {}, te rog.", "Tel.: {}/acasă", "a\n({})\nb"])
def test_masks_every_kind_in_its_forms(text: str, kind: str, frame: str) -> None:
    found, counts = masked(frame.format(text))
    assert found == frame.format(KINDS[kind].mask)
    assert +counts == {kind: 1}


@pytest.mark.parametrize(
    "text",
    [
        "„@”, ă@, @ș.ro, „ion”@ro, ion@„a.ro” și ion@România",
        "În 1918 și în 1989, la 22.12.1989, ora 12:30:45.",
        "03.05.2011 12:30",
        "Art. 10.1.2.3 și versiunea 4.1.2.3",
        "999.120.45.7",
        "192.168.1.101 și 127.0.0.1",
        "1960229409917",  # a wrong check digit
        "1961329409916",  # a month 13
        "RO48AAAA1B31007593840000",  # a wrong checksum
        "3,141592653589793 și 0.7123456789",
        "Populația: 1 234 567 890 de oameni",
        "@ion și @maria, pe 12@",
        "ISBN 9780306406157",
        "Legea nr. 0212/2011",
        "Legea nr. 0212345678-2011, 0212.345.678.901",
        "12.0212345678 și 5-0212345678",
        "1800101221144,25 lei și 12,1800101221144",
        "ora 2024:12:30",
        "nume@example.com, 0000 000 000, 0000000000000, 192.0.2.1, 2001:db8::1",
        "RO00 0000 0000 0000 0000 0000",
    ],
)
def test_keeps_other_numbers_and_signs(text: str) -> None:
    assert masked(text)[0] == text
    assert masked(text)[1].total() == 0


def test_two_numbers_side_by_side_are_masked_both() -> None:
    text, counts = masked("0721123456/0722123456, 0723.123.456; a@b.ro;c@d.ro")
    assert text == "0000 000 000/0000 000 000, 0000 000 000; nume@example.com;nume@example.com"
    assert +counts == {"phone number": 3, "e-mail address": 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E-mail:......ion.pop@yahoo.com", "E-mail:......nume@example.com"),
        ("ion.pop@yahoo.com- Ion", "nume@example.com- Ion"),
        ("contact@firma.ro-București.", "nume@example.com-București."),
        ("_contact@firma.ro_", "nume@example.com_"),
        ("E-mail:......ștefan@yahoo.com", "E-mail:......nume@example.com"),
        ("„ștefan.pop@exemplu.ro”", "„nume@example.com”"),
        ("0722123456,0744123456", "0000 000 000,0000 000 000"),
        ("0722.123.456-0744.123.456", "0000 000 000-0000 000 000"),
        ("021 312 34 56-021.312.34.57", "0000 000 000-0000 000 000"),
        ("0722123456,2 camere", "0000 000 000,2 camere"),
        ("CNP1800101221144", "CNP0000000000000"),
        ("1800101221144,2900101221142", "0000000000000,0000000000000"),
        ("1800101221144,0722123456", "0000000000000,0000 000 000"),
        ("0722123456,1800101221144", "0000 000 000,0000000000000"),
    ],
)
def test_data_is_masked_whatever_signs_it_is_glued_to(text: str, expected: str) -> None:
    assert masked(text)[0] == expected


@given(st.text("09123 .-/()+@:aRO\n") | st.text())
@example("0722 12 34 56-0744123456,1800101221144")
def test_masking_twice_is_masking_once(text: str) -> None:
    once, _ = masked(text)
    assert masked(once) == (once, +masked(once)[1])
    assert masked(once)[1].total() == 0


@given(st.text("ARO09123 .:-+", max_size=40) | st.text("ș@.ro-_„9", max_size=20))
@example("ș@ș.ro")
def test_the_gate_leaves_out_no_line_with_something_to_mask(text: str) -> None:
    real = (
        kind.is_real(match[0]) for kind in KINDS.values() for match in kind.pattern.finditer(text)
    )
    assert not any(real) or masked(text)[1].total()


@given(st.integers(1, 8), st.dates(), st.integers(1, 52), st.integers(1, 999))
def test_every_number_with_a_date_and_check_digit_is_a_cnp(
    sex: int, born: object, county: int, ordinal: int
) -> None:
    first = f"{sex}{born:%y%m%d}{county:02}{ordinal:03}"
    check = sum(int(digit) * weight for digit, weight in zip(first, CNP_WEIGHTS, strict=True)) % 11
    valid = 1 if check == 10 else check
    assert [digit for digit in range(10) if is_cnp(f"{first}{digit}")] == [valid]


@given(
    st.text("ABCDEFGH0123456789", min_size=20, max_size=20).filter(
        lambda t: sum(map(str.isdigit, t)) > 6
    )
)
def test_one_pair_of_check_digits_in_97_makes_an_iban(account: str) -> None:
    valid = [digits for digits in range(2, 99) if is_iban(f"RO{digits:02}{account}")]
    assert len(valid) == 1


@pytest.mark.parametrize(
    ("setting", "web", "expected"),
    [("web", True, True), ("web", False, False), ("all", False, True), ("none", True, False)],
)
def test_the_setting_and_the_source_decide(
    tmp_path: Path, setting: str, web: bool, expected: bool
) -> None:
    texts = [f"{ROMANIAN} Scrie-mi la ana@casa.ro.", "Sună la 0721123456."]
    documents = [Document(f"s/p/{n}", text, "s") for n, text in enumerate(texts)]
    write_documents(tmp_path / "in", documents)
    paths = [tmp_path / name for name in ("out", "dropped", "stats")]
    settings = CleaningSettings(mask_personal_data=setting)
    clean_part(tmp_path / "in", *paths, settings, web)
    kept, dropped = (next(read_documents(path)).text for path in paths[:2])
    assert ("ana@casa.ro" not in kept, "0721123456" not in dropped) == (expected, expected)
    counts = json.loads(paths[2].read_text()).get("masked", {})
    found = {name: count for name, count in counts.items() if count}
    assert found == ({"e-mail address": 1, "phone number": 1} if expected else {})
