"""Documents that do not belong into a Romanian corpus, and lines that do not belong into texts."""

TURKISH = (
    "Küçük Ayşe her sabah bahçeye çıkar ve çiçekleri sular. Bugün hava çok güzeldi, güneş "
    "parlıyordu. Kardeşi Işık da geldi ve birlikte ağaçtan elma topladılar.\n"
    "Annesi onlara şekerli çay yaptı. Akşam olunca yağmur yağdı, çocuklar eve koştular ve "
    "pencereden dışarıyı seyrettiler. Gece herkes erkenden uyudu."
)
ENGLISH = (
    "The little boy went to the market with his grandmother early in the morning. They bought "
    "apples, bread and a big piece of cheese. On the way home they met a white dog who followed "
    "them to the door.\n"
    "The boy gave him some bread, and from that day on the dog slept in front of the house."
)
FRENCH = (
    "Le matin, la petite fille ouvre la fenêtre et regarde la neige qui tombe sur le jardin. Elle "
    "met son manteau rouge et sort avec son frère.\n"
    "Ils font un grand bonhomme de neige avec une carotte et deux boutons. Quand la nuit arrive, "
    "leur mère les appelle pour manger la soupe."
)
TOO_SHORT = "Bună ziua! Pagina pe care o căutați nu există."
DIGITS = "\n".join(
    f"{n:04d} | 07{n}2 {n * 37:06d} | {n}.{n % 9}0 + {n * 3}.50 = {n * 11}" for n in range(1, 12)
)

COOKIE_NOTICE = "Acest site folosește cookie-uri. Acceptați cookie-urile?"
COOKIE_BUTTON = "Acceptați cookie-urile"
READ_ALSO = "Citește și: Zece povești pentru copii"
SHARE = "Distribuie pe Facebook"
MENU = "Meniu | Acasă | Despre noi | Contact"
