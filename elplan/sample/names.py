"""Invented names by the family's language. They are put together by chance; nobody real is meant."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Pool:
    """Given names and family names of a language group.

    surnames: how many a person bears. by_sex: family names that follow the child's sex, as Singh and Kaur do.
    """

    girls: tuple[str, ...]
    boys: tuple[str, ...]
    family: tuple[str, ...]
    middle: tuple[str, ...] = ()
    surnames: int = 1
    by_sex: tuple[str, str] | None = None


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SPANISH = Pool(
    girls=_split(
        "María Guadalupe Ximena Sofía Valentina Camila Itzel Yaretzi Daniela Fernanda Alondra Esmeralda Jimena Lucía"
        " Noemí Araceli Marisol Yesenia Citlali Paloma Renata Abril Montserrat Ángela Inés Belén Rocío Perla Dulce"
        " Azucena Nayeli Liliana Verónica Beatriz Rosalía Mónica Leticia Xóchitl Ariadna Regina"
    ),
    boys=_split(
        "José Luis Ángel Mateo Santiago Emiliano Diego Sebastián Leonardo Andrés Joaquín Iván Ramón Óscar Rubén Héctor"
        " Jesús Adrián Julián Tomás Nicolás Saúl Efraín Martín Gael Rogelio Ulises Fabián César Raúl Ernesto Damián"
        " Isaías Elías Maximiliano Benjamín Álvaro Gerardo Hugo Noé"
    ),
    family=_split(
        "García Hernández Ramírez Peña Núñez Ibáñez Muñoz Ordóñez Zúñiga Castañeda Quiñónez Bañuelos Piña Avendaño Ríos"
        " Olvera Salcedo Tovar Becerra Camacho Delgadillo Escalante Figueroa Gaxiola Huízar Iñiguez Jáuregui Lozano"
        " Magaña Navarrete Ochoa Palomares Quintero Rentería Solórzano Tejeda Urzúa Villaseñor Zepeda Arévalo Bárcenas"
        " Cárdenas Dueñas Espíndola Farías Gámez Lupercio Montaño Oropeza Pantoja Rosales Sandoval Trujillo Valladares"
    ),
    middle=_split("Isabel Elena Alberto Antonio Paz Eduardo Rosario del_Carmen Esteban Manuel"),
    surnames=2,
)
PUNJABI = Pool(
    girls=_split(
        "Harleen Jasleen Simranjit Manpreet Navneet Gurleen Amandeep Prabhjot Kirandeep Rajwinder Sukhpreet Ravneet"
        " Jaspreet Anmol Ekam Mehar Sehaj Avneet Lovepreet Paramjit"
    ),
    boys=_split(
        "Gurpreet Harjot Arshdeep Jaskaran Manveer Tejinder Karanbir Ranjit Sukhman Navjot Fateh Angad Jagmeet Dilpreet"
        " Parminder Balraj Ekamjot Harnoor Yuvraj Zorawar"
    ),
    family=_split("Dhillon Sandhu Gill Sidhu Grewal Bains Brar Mann Toor Sohal Randhawa Chahal Virk Atwal Kang Hundal"),
    by_sex=("Kaur", "Singh"),
)
HMONG = Pool(
    girls=_split("Mai Pa_Nhia Kalia Bao Gaoxee Yer Nou Mee Pahoua Sheng Maiv Hli Paj_Ntaub Chue"),
    boys=_split("Tou Kong_Meng Pao Cheng Xeng Fue Leng Nhia Tou_Ger Yeng Bee Chong Teng Zeb"),
    family=_split("Vang Xiong Yang Moua Thao Lor Her Vue Cha Khang Lee Hang Kue Cheng"),
)
VIETNAMESE = Pool(
    girls=_split("Linh Thảo Ngọc Hương Mai Trúc Quỳnh Diệp Hạnh Vy Thủy Châu Ánh Phương"),
    boys=_split("Minh Khôi Đức Phúc Tuấn Bảo Hải Nam Quang Trí Việt Sơn Đạt Long"),
    family=_split("Nguyễn Trần Lê Phạm Huỳnh Võ Đặng Bùi Đỗ Hồ Dương Lý"),
    middle=_split("Thị Văn Minh Ngọc Gia Thanh"),
)
ARABIC = Pool(
    girls=_split("Amina Layla Noor Salma Huda Rania Yasmin Fatin Sumaya Dalal"),
    boys=_split("Yousef Omar Khalil Nasser Tariq Sami Bashir Idris Faisal Ziad"),
    family=_split("Al-Amri Haddad Al-Sabri Mansour Qasim Al-Jabri Nagi Saleh Muthanna Obaid"),
)
ENGLISH = Pool(
    girls=_split(
        "Abigail Harper Ellie Madison Brooke Josephine Savannah Claire Ruby Hazel Willow Tessa Molly Lila June Paige"
        " Audrey Cora Nora Faye"
    ),
    boys=_split(
        "Wyatt Hudson Cody Mason Landon Owen Caleb Everett Miles Jasper Weston Carter Eli Grant Silas Dean Reid Tucker"
        " Brody Emmett"
    ),
    family=_split(
        "Whitlock Harwood O'Brien D'Angelo McAllister Fairbanks Okafor Prescott Dunham Ashby Carrigan Holloway"
        " Marlowe Peavey Quimby Rasmussen Stroud Underhill Vickers Winslow St._Clair"
    ),
    middle=_split("Rose James Lee Ann Marie Thomas Grace Cole"),
)
MANY = Pool(
    girls=_split("Alina Mele Oksana Tala Anahit Soo-ah Lin Beatriz Ka'ala Irina Fetu Mirembe"),
    boys=_split("Dmytro Sione Aram Jun-ho Wei Paulo Kai Pavel Tomasi Ruslan Bayani Goran"),
    family=_split("Kovalenko Tupou Petrosyan Baek Zhao Moreira Kealoha Volkov Faleolo Savchuk Dela_Cruz Hadzic"),
)
BY_LANGUAGE = {"01": SPANISH, "49": SPANISH, "28": PUNJABI, "23": HMONG, "02": VIETNAMESE, "11": ARABIC, "00": ENGLISH}
STREETS = _split("Almond Walnut Levee Depot Orchard Heron Tule Mill Sycamore Willow Canal Poppy Granary Oak Rice_Mill")
PARTICLES = ("de la Cruz", "De León", "de los Santos", "del Río")
FATHER, MOTHER, GRANDMOTHER = "father", "mother", "grandmother"


@dataclass(slots=True)
class Person:
    last: str
    first: str
    middle: str = ""


def pool_of(language: str) -> Pool:
    return BY_LANGUAGE.get(language, MANY)


def family_name(rng: Random, pool: Pool) -> str:
    """The name that brothers and sisters share: one surname, two, or two joined by a hyphen."""
    choice = rng.choice
    first = choice(pool.family)
    if pool.surnames == 2:
        second = choice(pool.family)
        draw = rng.random()
        if draw < 0.55 and second != first:
            first = f"{first} {second}"
        elif draw < 0.68 and second != first:
            first = f"{first}-{second}"
        elif draw < 0.72:
            first = f"{choice(PARTICLES)} {second}"
    return first.replace("_", " ")


def child_name(rng: Random, pool: Pool, family: str, girl: bool) -> Person:
    given = rng.choice(pool.girls if girl else pool.boys).replace("_", " ")
    middle = ""
    if pool.by_sex:
        middle = pool.by_sex[0 if girl else 1]
        if rng.random() < 0.2:  # Kaur and Singh stand as the only family name of many
            return Person(middle, given)
    elif pool.middle and rng.random() < 0.35:
        middle = rng.choice(pool.middle).replace("_", " ")
    elif pool is SPANISH and rng.random() < 0.2:
        given = f"{given} {rng.choice(pool.girls if girl else pool.boys)}"
    return Person(family, given, middle)


def adult_name(rng: Random, pool: Pool, family: str, woman: bool) -> str:
    given = rng.choice(pool.girls if woman else pool.boys).replace("_", " ")
    if pool.by_sex:
        return f"{given} {pool.by_sex[0 if woman else 1]} {family}"
    return f"{given} {family}"


def address(rng: Random) -> str:
    return f"{rng.randrange(10, 990)} {rng.choice(STREETS).replace('_', ' ')} Street, Valle Claro, California 95000"


def phone(rng: Random) -> str:
    """A number from the range that is kept for invented ones."""
    return f"(530) 555-01{rng.randrange(100):02d}"
