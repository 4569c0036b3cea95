"""Invented names: persons from rare syllables, firms that are 某某, bureaus by compass point."""

import numpy as np

SURNAMES = "亓仉郤逄钭厍佴缑笪乜郏舁禚赆瞿郄亢伉邸晁郗仝蒯羿缪沓幸暨亶仵"
"""Rare surnames: nobody is meant."""

GIVEN = (
    "砚翀弈衍屿澍珩骁璟昀柘栩荻沅淇泠湉澜岑峤岚峪崧嵘琰琚瑭瑄玥琤"
    "祎祺禛稷穗笙筠箬簌绾缃翊翎聿芃苡茗莞菀葳蔚蘅虔蜓衎觅詹谡豫赟"
)
RARE = "䶮"
"""A character outside the common fonts, which real names do contain."""

COMPASS = ("东", "南", "西", "北", "中")
FIRMS = (
    "某某化工厂",
    "某某印染厂",
    "某某电镀厂",
    "某某养殖场",
    "某某水泥厂",
    "某某污水处理厂",
    "某某检测公司",
    "某某家具厂",
)


def bureau_name(number: int) -> str:
    """Return the name of the regional bureau `number` (from 0)."""
    if number < len(COMPASS):
        return f"{COMPASS[number]}片执法局"
    return f"第{number + 1}片区执法局"


def firm_name(number: int) -> str:
    """Return the name of the inspected firm `number` (from 0)."""
    return f"{FIRMS[number % len(FIRMS)]}{number // len(FIRMS) + 1}号"


def person_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` names, all different up to about 100,000; the seventh has a rare character."""
    seconds = ("", *GIVEN)
    total = len(SURNAMES) * len(GIVEN) * len(seconds)
    order = rng.permutation(total)
    # Every fourth name has two characters, as real rosters do.
    short = rng.random(count) < 0.25
    names: list[str] = []
    seen: set[str] = set()
    at = 0
    for number in range(count):
        while True:
            pick = int(order[at % total])
            at += 1
            rest, surname = divmod(pick, len(SURNAMES))
            second, first = divmod(rest, len(GIVEN))
            name = SURNAMES[surname] + GIVEN[first] + ("" if short[number] else seconds[second])
            if name not in seen or at > total:
                break
        seen.add(name)
        names.append(name)
    if count > 6:
        names[6] = names[6][0] + RARE
    return names
