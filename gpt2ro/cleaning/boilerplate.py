"""Lines of web pages and of printed pages that belong to the page, not to its text."""

from gpt2ro.native import LineRemover

# Longer lines are prose that mentions such words; only notices on cookies are longer.
MAX_CHARACTERS = 120

SITES = (
    "(facebook|twitter|x|whatsapp|linkedin|e-?mail|pinterest|telegram|instagram|youtube|tiktok|"
    "messenger|rss)"
)
# What a page offers to send; others are joined too ("Înscrie-te la facultate"). Without \b, which
# is slow in Rust beside letters that are not of ASCII.
SENT = (
    r"(.*(newsletter|buletin|canal|știri|noutăți|notificări|alerte|revist|ziar|feed).*|"
    rf"(.*\W)?{SITES}(\W.*)?)"
)
DATE = r"\d{1,2}[ .\-/].{1,12}\d{4}.{0,20}"

# Each must match a whole line, after punctuation and blanks at its ends are set aside, in any case.
# Single words that are titles elsewhere ("Contact", "Acasă") are left out on purpose.
PHRASES = (
    # See also.
    r"(citește|citiți|vezi|vedeți|află|aflați) (și|mai (mult|multe|departe))( detalii)?(:.*)?",
    r"(citește|citiți) (tot articolul|articolul (complet|integral)|continuarea|integral)( aici)?",
    r"(vezi|vedeți) (tot|toate|aici|galeria)( (articolele|știrile|comentariile|foto|video))?",
    r"continuă (lectura|să citești)|continue reading.*|read more",
    r"(articole|știri|postări|produse) (similare|recomandate|asemănătoare|pe aceeași temă)",
    r"pentru alte sensuri,? .*\(dezambiguizare\)",
    r"s-ar putea să( vă|-ți| îți) placă( și)?|(te|v)-ar (putea )?interesa( și)?",
    r"cele mai (citite|populare|comentate)( știri| articole)?|ultimele (știri|articole)",
    r"alte (știri|articole)( (de|din) .{1,40})?",
    # Share.
    rf"(distribui(e|ți)|partaj(ează|ați)|trimite(ți)?|share)( (pe|on|prin|către))?( {SITES})?",
    r"(distribuie|partajează|trimite|salvează|printează|tipărește) (articolul|pagina|știrea)",
    r"trimite (unui prieten|prin e-?mail)|share this( article)?|click to (share|email|print) .*",
    r"(distribuie|partajează) asta|d(ă|ați) clic pentru a (partaja|imprima|trimite|tipări) .*",
    rf"{SITES}([ ,|/•·]+{SITES})+",
    r"(urmărește|urmăriți)-ne( și)?( pe .*)?",
    rf"(abonează|abonați|înscrie|înscrieți)-(te|vă) (la|pe) {SENT}|abonare (la )?newsletter",
    # Cookies and terms.
    r"cookie durată descriere",
    r"(acest|acesta|site-ul nostru|noi).{0,20} (folosește|folosim|utilizează|utilizăm) cookie.*",
    r"(folosim|utilizăm) (module |fișiere )?cookie.*",
    r"(acceptă|refuză|respinge) (toate|tot)|(setări|preferințe|gestionează|despre) cookie.{0,20}",
    r"(politica|politică) (de )?(confidențialitate|cookies?|utilizare a cookie.*)",
    r"(privacy|cookies?) policy|terms (of (use|service)|and conditions)",
    r"termeni(i)? și condiții(le)?( de utilizare| generale)?",
    r"(copyright[^\w-]|©).{0,60}|copyright",
    r"powered by .{1,30}",
    # Comments and accounts.
    r"(lasă|lăsați|adaugă|scrie|postează) (un )?(comentariu(l tău)?|răspuns)"
    r"( anulează răspunsul)?",
    r"leave (a|your) (comment|reply)( here| cancel reply)?",
    r"no comments( yet)?|\d+ comments?|comments (are closed|off on .*)|comentariile sunt închise",
    r"spune-ne (opinia|părerea)( ta)?",
    r"(\d+|nici un|niciun|un) (de )?comentari(u|i)( încă)?|comentarii ?\(\d+\)",
    r"adresa ta de e-?mail nu va fi publicată.*|your e-?mail address will not be published.*",
    r"salvează-mi numele, e-?mailul.*|save my name, e-?mail.*",
    r"(autentificare|conectare|intră în cont|creează cont|cont nou)( / .*)?",
    # About the page.
    rf"(publicat|postat|actualizat|ultima actualizare|data publicării)( (la|pe))?:? {DATE}",
    rf"(publicat|postat|scris) de .{{1,30}} (la|pe|în)( data de)? ({DATE}|\d{{1,2}}:\d\d)",
    r"ultima actualizare",
    r"(sursa |credit )?foto: .{1,60}",
    r"(etichete|taguri|tags): .*",
    r"timp de citire:? \d+ .{3,10}|\d+ min(ute)? (read|de citit)",
    r"\d+ (de )?vizualizări|vizualizări: \d+|dimensiune font|\+ font mai mare .*",
    # Of the programs that most blogs are written with, WordPress and Blogger, and of Scribd.
    r"acest site? folosește akismet .*|this site uses akismet .*",
    r"(apreciază|like this):|(apreciere |like )?(încarc|loading)\.\.\..*",
    r"the post .* (first appeared|appeared first) on .*|articolul .* apare prima dată în .*",
    r"posted (on|in|by) .{1,60}|raportează această reclamă|advertisements?",
    r"trimiteți (un comentariu|prin e-?mail\W*(postați pe blog.*)?)|postați pe blog",
    r"(postare|postări|articole) mai (nouă|veche|noi|vechi)|pagina de pornire|postări populare",
    r"abonați-vă la: .*\(atom\)|vizualizați profilul meu complet|tema .{1,30}\. un produs blogger",
    r"sunteți pe pagina \d+ ?din \d+|you are on page \d+ ?of \d+|anda di halaman \d+ ?dari \d+",
    r"slideshare a scribd company logo|download to read offline",
    # Of other portals of documents (DocPlayer, fdocumente, pdfcoffee), WordPress themes and forums.
    r"mărimea: px|porniți afișarea la pagina:|download (\".*\"|now|as pdf.*|& view .*)",
    r"page \d+(: .*)?|views [\d,]+ downloads [\d,]+.*|\d+ (views|downloads?)|report dmca",
    r"upload(ed by)?: .{1,60}|post on \d.{1,20}|(words|pages): [\d,]+|more details",
    r"post (author|category|comments|last modified|published|reading time):.*",
    r"you are currently viewing .*|recommended posts|required fields are marked( \*)?",
    r"citire estimată: \d+ .*|data/ora curentă este:? .*|descărcați ca pdf( sau txt)?",
    # Move on.
    r"(pagina|articolul|postarea) (anterioară|anterior|următoare|următor|următorul)",
    r"pagina principală|pagina \d+ (din|/) \d+|monitorul oficial al româniei(, partea .*)?",
    r"(înapoi|mergi|salt|sari|skip|jump) (to |la )?(sus|(la )?început|conținut|(main )?content|"
    r"navigare)",
    r"(deschide|închide|comută) meniul|meniu principal",
    r"modifică( \| ?modificare sursă)?|modificare( sursă)?",
    # Shops.
    r"adaugă (în|la) (coș|favorite)|cumpără acum|stoc epuizat",
)
# The first letters of all of them; they tell nearly all lines of prose from phrases. Marks do not
# count, and 0 is any number.
FIRST_LETTERS = """
    abon accep acest actua adaug adres adver afla alte apre artic auten cele cites citir citit click
    comen comme comut conec cont cooki copyr credi creea cumpa data desca desch despr dimen distr
    downl e-mai email etich faceb folos foto gesti inapo incar inchi inscr insta intra jump lasa
    leave like linke loadi marim meniu mergi messe modif monit more nici noi pages pagin parta pentr
    pinte polit porni posta poste power prefe print priva produ publi rapor read recom refuz repor
    requi respi rss s-ar salt salve sari save scri setar share site- skip slide spune stiri stoc
    sunte sursa tags tagur te-ar teleg tema terme terms this tikto timp tipar trimi twitt ultim
    uploa urmar utili v-ar vedet vezi views vizua whats words x your youtu + ©
"""
HEADS = [
    *FIRST_LETTERS.split(), "un co", "un de", "0 co", "0 de", "0 mi", "0 vi", "no co", "the p",
    "da cl", "dati", "anda ", "you a", "0 do", "page ", "post ",
]  # fmt: skip
# They begin with anything, so that all of a line is read before it is none of them; each has one of
# these words.
PHRASES_WITHIN = (
    r".*(accept|sunt de acord).{0,20}cookie.*",
    r".*toate drepturile (sunt )?rezervate|.*all rights reserved",
)
WORDS_WITHIN = "(?i:cookie|rezervate|reserved)"
# Pairs of letters of which one is in each of these words, and few are in others.
PAIRS_WITHIN = ["oo", "rv"]
# English notices on cookies, as plugins for consent write them into Romanian pages, and rows of
# their tables. They have no letter that English lacks, so that hardly a Romanian sentence is one.
MAX_NOTICE_CHARACTERS = 1000
NOTICES = (
    r"(this|the|these)( [^ ]+)? cookies?,? ((is|are) )?(set|used|installed|created|stores?) ",
    r"cookies? (is|are) (set|installed) by ",
    r"(sets?|uses?|installs?|stores?) ((this|the|these|our|a) )?([^ ]+ )?cookies? ",
    r"(necessary|functional|performance|analytical|analytics|advertisement|advertising|marketing|"
    r"uncategorized|preferences?|statistics?) cookies (are|help|allow|track|provide|enable) ",
    r"(site uses|we use) cookies",
    r"(consent|agree) to (the|our|their) use of ((all|the|these) )?cookies",
    r"cookielawinfo-chec|viewed_cookie_policy",
    r"cookie (type )?duration description",
)
IN_ENGLISH = "[^ăâîșțşţ]*"
IN_NOTICES = "[Cc]ookie|COOKIE"
ANY_SPELLING = {"ă": "[ăa]", "â": "[âa]", "î": "[îi]", "ș": "[șşs]", "ț": "[țţt]"}
# In capitals only: in small letters it is the title of an article.
IN_CAPITALS = "PUBLICITATE"
# A row of a menu: "Meniu | Acasă | Despre noi", or a path: "Acasă > Știri > Sport". Items begin
# with a capital letter, are longer than that and have neither digits nor stops, which keeps rows
# of dictionaries; rows of tables begin or end with a bar. One item is of a site, which keeps
# "Nominativ | Genitiv | Dativ".
SEPARATORS = "|•·>›»"
_OF_ITEM = rf"[^{SEPARATORS}\].:;\d]"
ITEM = rf"[A-ZĂÂÎȘȚŞŢ]{_OF_ITEM}+"
ITEMS_OF_SITES = (
    "acasă|home|meniu|prima pagină|pagina principală|contact|despre( noi)?|about|știri(le)?|news|"
    "actualitate|sport|monden|lifestyle|blog|forum|galerie|foto|video|produse|servicii|magazin|"
    "oferte|promoții|coș|cont|login|autentificare|înregistrare|parteneri|"
    "harta site(-ului)?|sitemap|arhivă|newsletter|rss|anunțuri|întrebări frecvente|faq|"
    "căutare|termeni|confidențialitate"
)
EDGE_CHARACTERS = " \t\xa0.,:;!?…»«|•·–—-[]()"
# A speech begins with a dash, and asks: "— Vezi tot?"
NO_LEADING_EDGE = "–—"
NO_TRAILING_EDGE = "?"
MENU_EDGES = r"[ \t\x{a0}»«•·–—\-]*"


def _edges(without: str = "") -> str:
    edges = (ord(edge) for edge in EDGE_CHARACTERS if edge not in without)
    return "[" + "".join(map(r"\x{{{:x}}}".format, edges)) + "]*"


def _line_of(phrases: str) -> str:
    return f"{_edges(NO_LEADING_EDGE)}(?:{phrases}){_edges(NO_TRAILING_EDGE)}"


def _any_case_and_spelling(phrases: tuple[str, ...]) -> str:
    spelled = ("".join(ANY_SPELLING.get(sign, sign) for sign in phrase) for phrase in phrases)
    return f"(?i:{'|'.join(spelled)})"


def _menu() -> str:
    """Return the expression of three items or more, one of them of a site."""
    known = rf"{_any_case_and_spelling((ITEMS_OF_SITES,))}(?: {_OF_ITEM}+)?"
    others = rf"(?: [{SEPARATORS}] {ITEM})"
    behind = rf" [{SEPARATORS}] {known}"
    rows = (
        f"{known}{others}{{2,}}",
        f"{ITEM}{behind}{others}+",
        f"{ITEM}{others}+{behind}{others}*",
    )
    return "|".join(rows)


def _notice() -> str:
    return f"(?i:{IN_ENGLISH}(?:{'|'.join(NOTICES)}){IN_ENGLISH})"


EXPRESSION = f"{_line_of(_any_case_and_spelling(PHRASES))}|{_edges()}{IN_CAPITALS}{_edges()}"
# Each with what is in every line that it matches, with two bytes that are in that, and with the
# most characters of such a line.
SIGNED_EXPRESSIONS = [
    (_line_of(_any_case_and_spelling(PHRASES_WITHIN)), WORDS_WITHIN, PAIRS_WITHIN, MAX_CHARACTERS),
    (
        f"{MENU_EDGES}(?:{_menu()}){MENU_EDGES}",
        f" [{SEPARATORS}] ",
        [f"{separator} " for separator in SEPARATORS],
        MAX_CHARACTERS,
    ),
    (_notice(), IN_NOTICES, ["oo"], MAX_NOTICE_CHARACTERS),
]
LINES = LineRemover(EXPRESSION, MAX_CHARACTERS, SIGNED_EXPRESSIONS, begins=(EDGE_CHARACTERS, HEADS))


def without_boilerplate(text: str) -> str:
    """Return the text without the lines that are navigation, notices, buttons or page headers."""
    shorter = LINES.without_phrases(text)
    return text if shorter is None else shorter


def is_boilerplate(line: str) -> bool:
    """Return whether a line, as a whole, is one of the known phrases or a row of a menu."""
    return LINES.is_phrase(line)
