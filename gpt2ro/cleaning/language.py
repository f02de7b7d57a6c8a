"""Whether a text is Romanian rather than one of the languages that share words with it.

Letters and function words tell.
"""

from gpt2ro.native import TextMeter


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# The most frequent words of Romanian, also as written without diacritics; a, o and e are left out,
# because Portuguese and Italian texts are as full of them.
ROMANIAN_WORDS = _word_set(
    """
    și şi si în in că ca să sa nu de la pe cu un din este sunt pentru care mai sau ce au am ai
    fi fost era ale lui îl il îi își isi le al se iar dar după dupa până pana când cand cum fără
    fara prin între intre doar foarte acest această aceasta acesta aceste acestea acestui toate tot
    toți toti toată toata unde despre asupra către catre deși desi decât decat dacă daca astfel
    atunci numai chiar aici acolo asta ăsta cele cel cea cei lor ei ea el eu tu noi voi mi ne te vă
    va fie poate trebuie are avea avem aveți aveti erau fiind unei unui unor unele nici însă insa
    peste sub spre printr într intr dintr dintre pot
    """
)
# Frequent words of the neighbours that share some of the above (French, Italian, Spanish,
# Portuguese) and of those that web pages mix with Romanian. None is a frequent Romanian word.
FOREIGN_WORDS = _word_set(
    """
    the of and to is that for with was are this by it be from have not you
    et les des du est dans que qui une pour par aux
    di che non per del della sono nel alla dei gli più come anche
    los las en por con más y como pero esta
    do em as os uma para com não das dos na no mais foi são ao
    der die und das ist nicht den von mit ein eine auf zu
    az és hogy nem egy van
    ve bir bu için ile çok olan olarak daha değil
    je za nie się jest koji nije że
    """
)

# Frequent words of which nothing that is a word is left when ă, â, î, ș and ț are lost, as they are
# where a document's font hid them: "când" is "cnd" then, "viața" "viaa". Left out are words that
# lose no more than an initial î or a final ă, for verse drops these too ("la 'nceput"), and those
# that leave the name of something in capitals (LNG, CCI).
WHOLE_WORDS = _word_set(
    """
    același acelorași aceluiași aceștia achiziție achizițiile acțiune acțiunea acțiuni activități
    adânc adevăr adevărat administrației alături amândoi anunțul aplicații astăzi așteaptă atâtea
    autorității autoritățile autorităților având avansării bărbatul bătrân bătrânul bucurești când
    căpitan căpitanul cărora căruia câteva către ceilalți cercetării cerințe cerințele circulație
    clădirii clădirile completările condiția condiții condițiile condițiilor constituției
    construcției construcții construcțiile conține conținutul corespunzător cunoaște cunoștințe
    curând cuvânt cuvântul dânsa dânsul decât dezvoltării dimineața dispozițiile documentația
    educație evoluția excepția excepție execuție existența făcând făcea facultății făcuse făcut
    fiecărui funcție funcționarea gândul gânduri găsesc găsit hârtie hotărârea hotărât îmbrăcat
    îmbunătățirea împărat împărăția importanța înălțimea încăperi începând informații informațiile
    inițial instalații instituții instituțiile însuși însușirea întâlnit întâmplat întărit
    intervenție învățământ învățământul jumătate lăsat legătură legăturile libertății liniște
    lucrări lucrările lucrărilor mâncare măsură măsuri măsurile menținerea modificări modificările
    mulțumesc născut național naționale națiunii noștri noțiuni număr numărul obligația obține
    obținerea obținut operații orașul orașului ordonanța organizației organizații păcat pământ
    pământul părintele părinții părinților pereții plăcere plăcut plânge plâns populația populației
    poziția pregătire președintele prețul prevăzut prevăzute privește producție proprietății
    protecția protecție puțin rămâne rămas rămase rândul răspunde răspuns răspunse reacție recepție
    referință reglementărilor relația relații relațiile rezistență român românească românesc
    românești românia româniei sănătate sănătății sânge sângele săptămâna scăpat secțiunea selecție
    sfânt sfârșit sfârșitul siguranță situația situației situații societății soluții spații spațiu
    stabilește stând stăpân științei științific științifice strâns substanțe suprafața suprafață
    susținerea tăcere țărănesc târziu tatăl totuși tradiția unității următoarele următorul vântul
    vânzare vârful văzând văzut viața vieții vorbește zicând
    """
)
# Ends of words that stand alone where such a font parts letters from their words: "înv ățat".
PARTED_ENDS = _word_set(
    """
    ăci ăcut ămas ără ări ării ărilor ăror ărui ăsit ătate ătatea ățat ății ățământ ător ătoare
    ători ătre ăzut ități ția ției țiile țiilor țile ților țional ționale țională țiune țiunea
    țiuni
    """
)
# Frequent words that are none as read by a program for English from a printed page: ă and â as d, ș
# as q or g, ț as l or f. "Și" is left out, as "qi" is a word in texts on China, and on chargers.
PRINTED_WORDS = _word_set(
    """
    această același aceștia achiziție acțiunea activități adevăr adevărat administrației astăzi
    autorității autoritățile având bărbatul bucurești când căruia câteva către cerințele
    clădirii clădirile completările condiții condițiile construcției construcții construcțiile
    corespunzător curând cuvânt dacă dânsa dânsul decât deși documentația excepția execuție
    făcea făcuse făcut fără funcție gândul gânduri găsit hotărârea informații însă instalații
    își jumătate lăsat legătură lucrări lucrărilor măsură măsuri modificări modificările
    național naționale noștri număr numărul obligația ordonanța pământ pământul până
    președintele prevăzut prevăzute privește protecția protecție puțin rămas rămase răspunse
    român românia româniei sânge secțiunea sfârșit siguranță situația suprafața tăcere târziu
    tatăl toată totuși următoarele următorul văzut viața vieții
    """
)
_READ_AS_ENGLISH = [str.maketrans("ăâîșț", letters) for letters in ("ddiql", "ddigf")]
MISREAD_WORDS = {word.translate(read) for word in PRINTED_WORDS for read in _READ_AS_ENGLISH}
_LOST = dict.fromkeys(map(ord, "ăâîșț"))
DAMAGED_WORDS = PARTED_ENDS | MISREAD_WORDS | {word.translate(_LOST) for word in WHOLE_WORDS}

# The letters that Romanian alone has, and all that it has; k, q, w and y stand in loans and names.
ROMANIAN_LETTERS = "ășțţ"
ALPHABET = "abcdefghijlmnoprstuvxzăâîșțşţ"

# FineWeb-2's list for Romanian and the words above: its fourteen alone are missing in one of 25
# paragraphs of novels, and in one of six sentences of the 17th century.
STOP_WORDS = ROMANIAN_WORDS | _word_set("de în a și din la o cu este un pe fost care al")

METER = TextMeter(
    sorted(ROMANIAN_WORDS),
    sorted(FOREIGN_WORDS),
    sorted(DAMAGED_WORDS),
    sorted(STOP_WORDS),
    ALPHABET,
    ROMANIAN_LETTERS,
)


def romanian_score(text: str) -> float:
    """Return how Romanian a text looks, from -1 to 1.

    It is the share of Romanian function words and letters less the share of foreign function
    words and foreign spellings. Romanian prose has 0.3 to 0.6, without diacritics 0.2 to 0.4; a
    text in another language is below 0.1, most are negative.
    """
    return METER.measure(text).language_score
