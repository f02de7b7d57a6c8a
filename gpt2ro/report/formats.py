"""Numbers as a reader wants them: thousands separators, units, no more digits than mean something.

Each is a filter of the template.
"""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MINUS = "−"


def whole(value: int) -> str:
    """Return `12,345`."""
    return f"{value:,}".replace("-", MINUS)


def signed(value: int) -> str:
    """Return `+12,345`, `−12,345` or `0`."""
    return f"{value:+,}".replace("-", MINUS) if value else "0"


def size(value: int) -> str:
    """Return bytes in decimal units, three digits: `940 B`, `12.3 kB`, `1.23 GB`."""
    if value < 1000:
        return f"{value} B"
    amount, unit = float(value), "B"
    for larger in ("kB", "MB", "GB", "TB", "PB"):
        if amount < 999.5:
            break
        amount, unit = amount / 1000, larger
    decimals = 2 if amount < 9.995 else 1 if amount < 99.95 else 0
    return f"{amount:.{decimals}f} {unit}"


def count(value: int) -> str:
    """Return a large count in three digits, `1.23 M`, and a small one in full."""
    if value < 1_000_000:
        return whole(value)
    amount, unit = (value / 1e9, "B") if value >= 999_500_000 else (value / 1e6, "M")
    decimals = 2 if amount < 9.995 else 1 if amount < 99.95 else 0
    return f"{amount:,.{decimals}f} {unit}"


def real(value: float) -> str:
    """Return four significant digits; the very small as `2.1 × 10⁻⁵`."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", MINUS)
    if abs(value) >= 1e-3:
        return f"{value:.4g}".replace("-", MINUS)
    return _scientific(value)


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    mantissa = mantissa.removesuffix(".0").replace("-", MINUS)
    return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def bits(value: float) -> str:
    """Return bits per byte to a thousandth, so that a column of them can be compared: `1.670`."""
    return f"{value:.3f}"


def perplexity(value: float) -> str:
    """Return a perplexity to a tenth, `1,134.1`, and one of a million or more as `2.1 × 10⁶`."""
    return f"{value:,.1f}" if value < 1e6 else _scientific(value)


def share(value: float) -> str:
    """Return a share of 1 as a percentage: `4.2 %`; only the exact ones are `0 %` and `100 %`."""
    if 0 < value < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= value < 1:
        return "> 99.9 %"
    return f"{value * 100:.{0 if value in (0, 1) else 1}f} %"


def fact(value: object) -> str:
    """Return any JSON scalar: `yes` and `no` for booleans, `–` for null."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return whole(value)
        case float():
            return real(value)
    return str(value)


def label(key: str) -> str:
    """Return a key as words: `bits_per_byte` is `bits per byte`."""
    return key.replace("_", " ")


def ratio(numerator: int, denominator: int) -> float | None:
    """Return a quotient, or None where nothing is divided by nothing."""
    return numerator / denominator if denominator else None


FILTERS = {
    "whole": whole,
    "signed": signed,
    "size": size,
    "count": count,
    "real": real,
    "bits": bits,
    "perplexity": perplexity,
    "share": share,
    "fact": fact,
    "label": label,
}
