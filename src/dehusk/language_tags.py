"""The tags of the languages that can be told, and what else these languages are called.

The tags are BCP 47's: ISO 639-1's two letters where there are such, else ISO 639-3's three. Other names are the three
letters of ISO 639-2 and 639-3, bibliographic ones (ger, fre, chi) among them, and the tags of varieties that are not
told apart.
"""

from __future__ import annotations

_TABLE = """\
af Afrikaans afr
am Amharic amh
an Aragonese arg
ar Arabic ara arb
arz Egyptian_Arabic
as Assamese asm
ast Asturian
av Avar ava
az Azerbaijani aze azj
azb South_Azerbaijani
ba Bashkir bak
bar Bavarian
bcl Central_Bikol
be Belarusian bel
bg Bulgarian bul
bho Bhojpuri bh bih
bn Bengali ben
bo Tibetan bod tib
bpy Bishnupriya
br Breton bre
bs Bosnian bos
bxr Buryat
ca Catalan cat
cbk Chavacano
ce Chechen che
ceb Cebuano
ckb Central_Kurdish
co Corsican cos
cs Czech ces cze
cv Chuvash chv
cy Welsh cym wel
da Danish dan
de German deu ger
diq Dimli zza
dsb Lower_Sorbian
dty Dotyali
dv Divehi div
egl Emilian eml
el Greek ell gre
en English eng
eo Esperanto epo
es Spanish spa
et Estonian ekk est
eu Basque baq eus
fa Persian fas per pes prs
fi Finnish fin
fr French fra fre
frr Northern_Frisian
fy Western_Frisian fry
ga Irish gle
gd Scottish_Gaelic gla
gl Galician glg
gn Guarani grn
gom Goan_Konkani
gsw Swiss_German
gu Gujarati guj
gv Manx glv
he Hebrew heb iw
hi Hindi hin
hif Fiji_Hindi
hr Croatian hrv
hsb Upper_Sorbian
ht Haitian_Creole hat
hu Hungarian hun
hy Armenian arm hye
ia Interlingua ina
id Indonesian ind
ie Interlingue ile
ilo Ilocano
io Ido ido
is Icelandic ice isl
it Italian ita
ja Japanese jpn
jbo Lojban
jv Javanese jav
ka Georgian geo kat
kk Kazakh kaz
km Khmer khm
kn Kannada kan
ko Korean kor
krc Karachay-Balkar
ku Kurdish kmr kur
kv Komi kom kpv
kw Cornish cor
ky Kyrgyz kir
la Latin lat
lb Luxembourgish ltz
lez Lezgian
li Limburgish lim
lmo Lombard
lo Lao lao
lrc Northern_Luri
lt Lithuanian lit
lv Latvian lav lvs
mai Maithili
mg Malagasy mlg plt
mhr Eastern_Mari
min Minangkabau
mk Macedonian mac mkd
ml Malayalam mal
mn Mongolian khk mon
mr Marathi mar
mrj Western_Mari
ms Malay may msa zsm
mt Maltese mlt
mwl Mirandese
my Burmese bur mya
myv Erzya
mzn Mazanderani
nap Neapolitan
nci Classical_Nahuatl nah
nds Low_German
ne Nepali nep npi
new Newari
nl Dutch dut nld
nn Norwegian_Nynorsk nno
no Norwegian nb nob nor
oc Occitan oci
or Odia ori ory
os Ossetian oss
pa Punjabi pan
pam Pampanga
pfl Palatine_German
pl Polish pol
pms Piedmontese
pnb Western_Panjabi
ps Pashto pus
pt Portuguese por
qu Quechua que
rm Romansh roh
ro Romanian mo mol ron rum
ru Russian rus
rue Rusyn
sa Sanskrit san
sah Yakut
sc Sardinian srd
scn Sicilian
sco Scots
sd Sindhi snd
sh Serbo-Croatian hbs
si Sinhala sin
sk Slovak slk slo
sl Slovenian slv
so Somali som
sq Albanian alb sqi
sr Serbian srp
su Sundanese sun
sv Swedish swe
sw Swahili swa swh
ta Tamil tam
te Telugu tel
tg Tajik tgk
th Thai tha
tk Turkmen tuk
tl Tagalog fil tgl
tr Turkish tur
tt Tatar tat
tyv Tuvan
ug Uyghur uig
uk Ukrainian ukr
ur Urdu urd
uz Uzbek uzb uzn
vec Venetian
vep Veps
vi Vietnamese vie
vls West_Flemish
vo Volapük vol
wa Walloon wln
war Waray
xal Kalmyk
xmf Mingrelian
yi Yiddish ydd yid
yo Yoruba yor
zh Chinese chi cmn wuu yue zho
"""
"""Tag, name in English, other tags."""
NAMES = {tag: name.replace("_", " ") for tag, name, *_ in map(str.split, _TABLE.splitlines())}
OTHERS = {tag: tuple(others) for tag, _, *others in map(str.split, _TABLE.splitlines())}
_TAGS = {other: tag for tag, others in OTHERS.items() for other in (tag, *others)}
_MOST_NEAR = 3


def find_tag(tag: str) -> str:
    """The tag under which records have the language, "" where none does; regions and scripts make no difference.

    >>> find_tag("de-AT"), find_tag("ger"), find_tag("EN_us"), find_tag("xx")
    ('de', 'de', 'en', '')
    """
    return _TAGS.get(tag.strip().lower().replace("_", "-").partition("-")[0], "")


def tell_unknown(tag: str) -> str:
    """That no text is ever found to be in such a language, and which may be meant.

    >>> print(tell_unknown("german"))
    no language is told as 'german': did you mean de (German)?
    """
    from difflib import get_close_matches  # only when something went wrong

    wanted = tag.strip().lower()
    names = {name.lower(): code for code, name in NAMES.items()}
    known = _TAGS | names
    near = [names[name] for name in names if wanted and name.startswith(wanted)]
    near += [known[name] for name in get_close_matches(wanted, known, n=9, cutoff=0.5)]
    if wanted in names:
        near = [names[wanted]]
    near = near or [tag for tag in NAMES if wanted and tag[0] == wanted[0]]
    listed = ", ".join(f"{code} ({NAMES[code]})" for code in list(dict.fromkeys(near))[:_MOST_NEAR])
    return f"no language is told as {tag!r}" + (f": did you mean {listed}?" if listed else "")
