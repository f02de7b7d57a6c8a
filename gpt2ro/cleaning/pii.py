"""Personal data in crawled text: each find is replaced by a fixed string of its own kind.

A mask looks like what it replaces, so that a model learns where such data stands and how it is
written, and it is nobody's: reserved for examples (RFC 2606, 5737, 3849) or never given out. Tags
such as <EMAIL> would teach the model tags. No mask is masked again.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from gpt2ro.native import personal_lines

# Weights of the first twelve digits; the thirteenth is their sum modulo 11, with 1 for 10.
CNP_WEIGHTS = (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)
# Fewer digits has no account; personal_lines leaves out lines that have less.
MIN_IBAN_DIGITS = 9


@dataclass(frozen=True)
class Kind:
    """One kind of personal data.

    Attributes:
        pattern: finds what may be it.
        mask: stands in its place.
        is_real: whether a find is it; checksums and ranges are tested here.
        sign: a character that it has; a line is searched only if it has as many.
        signs: how many.
    """

    pattern: re.Pattern[str]
    mask: str
    is_real: Callable[[str], bool]
    sign: str
    signs: int


def is_cnp(digits: str) -> bool:
    """Return whether 13 digits are a Romanian personal number: date, check digit, and no ISBN."""
    numbers = [int(digit) for digit in digits]
    check = sum(map(int.__mul__, numbers, CNP_WEIGHTS)) % 11
    month, day = int(digits[3:5]), int(digits[5:7])
    is_dated = 1 <= month <= 12 and 1 <= day <= 31
    return is_dated and numbers[12] == (1 if check == 10 else check) and not is_isbn(numbers)


def is_isbn(numbers: list[int]) -> bool:
    """Return whether 13 digits are an ISBN (ISO 2108); some pass for personal numbers."""
    is_book = numbers[:3] in ([9, 7, 8], [9, 7, 9])
    return is_book and (sum(numbers[::2]) + 3 * sum(numbers[1::2])) % 10 == 0


def is_iban(text: str) -> bool:
    """Return whether a text is an IBAN by its checksum (ISO 13616): 1 modulo 97."""
    account = text.replace(" ", "").upper()
    if sum(map(str.isdigit, account)) < MIN_IBAN_DIGITS:
        return False
    return int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1


def is_public_ipv4(text: str) -> bool:
    """Return whether four numbers are a public address.

    One of them has three digits: 98 of 100 addresses have one, and the numbers of sections and of
    versions ("art. 4.1.2.3") have none.
    """
    try:
        is_public = IPv4Address(text).is_global
    except AddressValueError:
        return False
    return is_public and any(len(number) == 3 for number in text.split("."))


def is_public_ipv6(text: str) -> bool:
    """Return whether hexadecimal digits and colons are a public address."""
    try:
        return IPv6Address(text).is_global
    except AddressValueError:
        return False


def is_no_example(address: str) -> bool:
    """Return whether an e-mail address is outside the domain reserved for examples."""
    return not address.lower().endswith("@example.com")


# Numbers are listed with nothing but a sign between two ("0722123456,0744123456"). Other digits
# behind a sign are decimals, or more groups of a number of another kind.
NEXT_NUMBER = "(?:0[237][0-9]|0040|[1-9][0-9]{12})"

# In this order: what is masked as one kind is not tried as the next.
KINDS = {
    "e-mail address": Kind(
        re.compile(
            # A name may stand behind a row of stops, and a hyphen or underscore behind the domain.
            # Letters are those of all alphabets (RFC 6531, 5890): "ștefan.pop@școală.ro".
            r"(?<![\w%+-])(?<![\w%+-]\.)[\w%+-]+(?:\.[\w%+-]+)*"
            r"@(?:[^\W_](?:(?:[^\W_]|-)*[^\W_])?\.)+[A-Za-z]{2,24}(?![^\W_]|@)"
        ),
        "nume@example.com",
        is_no_example,
        "@",
        1,
    ),
    # Accounts of Romania and Moldova, often in groups of four; of other countries in one piece.
    "IBAN": Kind(
        re.compile(
            r"(?<![A-Za-z0-9])"
            r"(?:(?i:RO|MD)[0-9]{2}(?: ?[A-Za-z0-9]{4}){5}|[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})"
            r"(?![A-Za-z0-9])"
        ),
        "RO00 0000 0000 0000 0000 0000",
        is_iban,
        " ",
        0,
    ),
    "personal number (CNP)": Kind(
        re.compile(
            r"(?:(?<!\w)(?<![0-9][.,])|(?<=[0-9]{9}[.,])|(?<=CNP)|(?<=cnp))"
            rf"[1-9][0-9]{{12}}(?!\w|[.,](?!{NEXT_NUMBER})[0-9])"
        ),
        "0000000000000",
        is_cnp,
        "0",
        0,
    ),
    # 0 or the code of the country, then nine digits, the first two side by side: landlines begin
    # with 2 and 3, mobile phones with 7. In a date the second digit is followed by a stop. Behind
    # a stop or hyphen it is one only if one, by now masked, stands before that.
    "phone number": Kind(
        re.compile(
            r"(?<!\w)(?:(?<![0-9][.-])|(?<=0000 000 000[.-]))"
            r"(?:(?:\((?:\+|00)40\)|(?:\+|00)40)[ .-]?(?:\(0\) ?)?|\(0(?=[0-9]{2,3}\))|0)"
            rf"[237][0-9](?:[ .\-/()]{{0,2}}[0-9]){{7}}(?!\w|[.-](?!{NEXT_NUMBER})[0-9])"
        ),
        "0000 000 000",
        lambda _: True,
        "0",
        1,
    ),
    "IP address": Kind(
        re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.[0-9])"),
        "192.0.2.1",
        is_public_ipv4,
        ".",
        3,
    ),
    "IPv6 address": Kind(
        re.compile(r"(?<![\w:.])[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{2,34}(?![\w:])"),
        "2001:db8::1",
        is_public_ipv6,
        ":",
        2,
    ),
}


def masked(text: str) -> tuple[str, Counter[str]]:
    """Return the text with its personal data masked, and the masks by kind."""
    found: Counter[str] = Counter()
    suspected = personal_lines(text)
    if not suspected:
        return text, found
    lines = text.split("\n")
    for number in suspected:
        for name, kind in KINDS.items():
            if lines[number].count(kind.sign) >= kind.signs:
                lines[number], count = _with_masks(lines[number], kind)
                found[name] += count
    return "\n".join(lines), found


def _with_masks(line: str, kind: Kind) -> tuple[str, int]:
    """Return a line with the finds of one kind masked, and their number.

    It is searched until nothing is found: one number of a list tells that the next is one.
    """
    finds = 0

    def mask(match: re.Match[str]) -> str:
        nonlocal finds
        if not kind.is_real(match[0]):
            return match[0]
        finds += 1
        return kind.mask

    before = -1
    while finds > before:
        before = finds
        line = kind.pattern.sub(mask, line)
    return line, finds
