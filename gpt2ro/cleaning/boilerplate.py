"""Lines of web pages that belong to the page, not to its text."""

import re

# Longer lines are prose that mentions such words.
MAX_CHARACTERS = 120

# Each must match a whole line, after punctuation and blanks at its ends are set aside. Single words
# that are titles elsewhere ("Contact", "Acasă") are left out on purpose.
PHRASES = (
    r"(citește|citiți|vezi|vedeți|află|aflați) (și|mai (mult|multe|departe))( detalii)?(:.*)?",
    r"(distribuie|partajează|trimite|share)( pe)?( (facebook|twitter|x|whatsapp|linkedin|email))?",
    r"(urmărește|urmăriți)-ne( și)?( pe .*)?",
    r"(abonează|abonați|înscrie|înscrieți)-(te|vă) (la|pe) .*",
    r"(acest|acesta|site-ul nostru|noi).{0,20} (folosește|folosim|utilizează|utilizăm) cookie.*",
    r".{0,40}(accept|sunt de acord).{0,20}cookie.*",
    r"(politica|politică) (de )?(confidențialitate|cookies?|utilizare a cookie.*)",
    r"termeni(i)? și condiții(le)?( de utilizare| generale)?",
    r"(copyright|©).{0,60}",
    r".{0,60}toate drepturile (sunt )?rezervate",
    r"(lasă|lăsați|adaugă|scrie|postează) (un )?comentariu(l tău)?",
    r"(\d+|nici un|niciun|un) comentari(u|i)",
    r"(autentificare|conectare|intră în cont|creează cont|cont nou)( / .*)?",
    r"(articole|știri|postări|produse) (similare|recomandate|asemănătoare)",
    r"(pagina|articolul|postarea) (anterioară|anterior|următoare|următor|următorul)",
    r"(înapoi|mergi|salt) (sus|la început|la conținut|la navigare)",
    r"adaugă (în|la) (coș|favorite)",
    r"modifică( \| ?modificare sursă)?|modificare( sursă)?",
)
ANY_SPELLING = {"ă": "[ăa]", "â": "[âa]", "î": "[îi]", "ș": "[șşs]", "ț": "[țţt]"}
BOILERPLATE = re.compile(
    "|".join("".join(ANY_SPELLING.get(letter, letter) for letter in phrase) for phrase in PHRASES)
)
# A row of a menu: "Meniu | Acasă | Despre noi". Every item begins with a capital letter and has
# neither digits nor stops, which keeps rows of tables and of dictionaries.
_ITEM = r"[A-ZĂÂÎȘȚŞŢ][^|•·.:;\d]{0,29}"
MENU = re.compile(rf"{_ITEM}(?: [|•·] {_ITEM}){{2,}}")
EDGES = " \t\xa0.,:;!?…»«|•·-–—[]()"


def without_boilerplate(text: str) -> str:
    """Return the text without the lines that are navigation, notices or buttons."""
    lines = text.split("\n")
    kept = [line for line in lines if not is_boilerplate(line)]
    return text if len(kept) == len(lines) else "\n".join(kept)


def is_boilerplate(line: str) -> bool:
    """Return whether a line, as a whole, is one of the known phrases or a row of a menu."""
    if len(line) > MAX_CHARACTERS:
        return False
    line = line.strip(EDGES)
    return bool(BOILERPLATE.fullmatch(line.lower()) or MENU.fullmatch(line))
