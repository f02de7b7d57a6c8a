"""Short passages in several languages, written for the tests."""

ROMANIAN = """\
În fiecare dimineață, bunica deschide fereastra și ascultă păsările din grădină. Pisica doarme \
încă pe pragul casei, iar câinele vecinului latră la poștaș. După ce soarele urcă peste \
dealuri, toți copiii din sat pleacă spre școală, cu ghiozdanele pline și cu obrajii roșii de \
frig."""

TURKISH = """\
Her sabah büyükannem pencereyi açar ve bahçedeki kuşları dinler. Kedi hâlâ kapının eşiğinde \
uyuyor, komşunun köpeği ise postacıya havlıyor. Güneş tepelerin üzerine çıkınca köydeki bütün \
çocuklar çantalarıyla okula gider; hava soğuk olduğu için yanakları kıpkırmızı olur. Bu köy \
çok güzel bir yerdir ve herkes birbirini tanır."""

FRENCH = """\
Chaque matin, ma grand-mère ouvre la fenêtre et écoute les oiseaux du jardin. « Où est le chat \
? », demande-t-elle. L’été, le cœur de la forêt sent le thym ; à Noël, les enfants du village \
vont à l’école avec des bonnets qui leur tombent sur les yeux, et c’est très drôle."""

PORTUGUESE = """\
Todas as manhãs a minha avó abre a janela e ouve os pássaros do jardim. O gato não acordou \
ainda, mas o cão do vizinho já ladra ao carteiro. Quando o sol sobe sobre as colinas, as \
crianças da aldeia vão para a escola com as mochilas cheias de livros e de pão com manteiga."""

ENGLISH = """\
Every morning my grandmother opens the window and listens to the birds in the garden. The cat \
is still asleep on the doorstep, and the neighbour's dog is barking at the postman. When the \
sun has climbed over the hills, all the children of the village go to school."""

KURDISH = """\
Her sibe dapîra min pencereyê vedike û li dengê çûkan guhdarî dike. Pisîk hê jî li ber derî \
radizê û kûçikê cîranan dişewite. Dema ku roj ji çiyê bilind dibe, hemû zarok diçin dibistanê \
û bi şahî distirên."""

SIMPLER = str.maketrans("ăâîșțĂÂÎȘȚ", "aaistAAIST")
CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")
ROMANIAN_WITHOUT_MARKS = ROMANIAN.translate(SIMPLER)
ROMANIAN_WITH_CEDILLA = ROMANIAN.translate(CEDILLA)
