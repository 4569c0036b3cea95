"""Characters that look like a Chinese character and are another one: radicals, compatibility forms.

PDF readers and fonts leave ⼈ (U+2F08) where 人 is meant, and 部⻔ for 部门. Unicode says which
character each stands for: for radicals its property Equivalent_Unified_Ideograph, for the
compatibility ideographs their canonical decomposition.
"""

import re
import unicodedata

_RADICALS = {
    0x2E81: "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵",
    0x2E9B: (
        "旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤"
        "覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾"
        "斉齐歯齿竜龙龜亀龟"
    ),
    0x2F00: (
        "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀"
        "寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋"
        "比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸"
        "缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛"
        "辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻"
        "黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
    ),
}
"""Runs of radicals (U+2E80–2FDF) by the first of each: the unified ideographs they stand for.

Generated from Unicode 14.0, EquivalentUnifiedIdeograph.txt, as Perl 5.36 carries it
(Unicode::UCD, prop_invmap("EqUIdeo")). Radicals that the file does not list stand for themselves.
"""

_COMPATIBILITY = ((0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
"""Blocks of compatibility ideographs; the few unified ideographs among them stay as they are."""


def _stood_for() -> dict[int, str]:
    meant = {
        first + place: ideograph
        for first, ideographs in _RADICALS.items()
        for place, ideograph in enumerate(ideographs)
    }
    for first, last in _COMPATIBILITY:
        for code in range(first, last + 1):
            decomposed = unicodedata.normalize("NFC", chr(code))
            if decomposed != chr(code):
                meant[code] = decomposed
    return meant


LOOKALIKES = _stood_for()
"""Code of a look-alike → the character that it stands for, for `str.translate`."""

LOOKALIKE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
"""Finds what may be one: any character of their blocks."""
