"""What the architects of Nordvik work with: names, streets, projects. All invented but the towns."""

from typing import NamedTuple


class Known(NamedTuple):
    """`organisation` picks a number; None is a private person or somebody from abroad."""

    name: str
    organisation: int | None
    country: str = "NO"
    foreign_number: str | None = None


KNOWN = (
    Known("Fjordlys Eiendom AS", 1),
    Known("Lillevik kommune, avd. skole", 2),
    Known("Lillevik kommune, avd. kultur og fritid", 2),
    Known("Kari Solbakken", None),
    Known("Bryggen Bolig & Næring AS", 3),
    Known("Ærfuglveien Borettslag", 4),
    Known("Østmarka Utvikling AS", 5),
    Known("Västkusten Fastigheter AB", None, "SE", "5599990001"),
    Known("Håkon Tveit", None),
    Known('Kafé "Havsula" AS', 6),
    Known("Storelv Boligbyggelag", 7),
    Known("Steinsund kommune", 8),
    Known("Tømrer Aas & Sønner AS", 9),
    Known("Müller & Söhne Bau GmbH", None, "DE"),
    Known("Sameiet Kirkegata 14", 10),
    Known("Nordlys Barnehage SA", 11),
    Known("Ingrid Østby", None),
    Known("Havnelageret Eiendom AS", 12),
    Known("Granli Sykehjem", 13),
    Known("O'Brien Holding AS", 14),
    Known("Blåfjell Hotell AS", 15),
    Known("Rødsand Idrettslag", 16),
    Known("Furuset & Wiik ANS", 17),
    Known("Eirik Åsheim", None),
    Known("Stiftelsen Gamle Meieri", 18),
    Known("Solvik Menighet", 19),
    Known("Skarvøy kommune, eiendomsavdelingen", 20),
    Known("Lyngmo Hytter AS", 21),
    Known("Tinden Entreprenør AS", 22),
    Known("Åse-Marie Brekke", None),
    Known("Vestre Kai Utvikling AS", 23),
    Known("Møllefoss Kraft AS", 24),
    Known("Sjøboden Rorbuer DA", 25),
    Known("Bakkehaugen Borettslag", 26),
    Known("Ola og Anne Myhre", None),
    Known("Kornsiloen Kulturhus AS", 27),
    Known("Fagerstrand Videregående Skole", 28),
    Known("Elvebredden Legesenter AS", 29),
    Known("Trygve Fossdal", None),
    Known("Holmen Seilforening", 30),
    Known("Gråstein Invest AS", 31),
    Known('Samvirkelaget "Fram" SA', 32),
)

GIVEN_NAMES = (
    "Anne",
    "Bjørn",
    "Camilla",
    "Dag",
    "Elin",
    "Frode",
    "Gro",
    "Håvard",
    "Ida",
    "Jørn",
    "Kåre",
    "Liv",
)
FAMILY_NAMES = (
    "Aune",
    "Bråten",
    "Dalheim",
    "Engvik",
    "Fossmo",
    "Grønli",
    "Haugsvær",
    "Løkkeberg",
    "Mæland",
    "Røstad",
)
FIRM_NAMES = (
    "Aurland",
    "Bjerke",
    "Dyrø",
    "Elvestad",
    "Fjellro",
    "Gjøvåg",
    "Havsteen",
    "Kvartal",
    "Lærdal",
    "Ørnes",
)
TRADES = ("Bolig", "Bygg", "Eiendom", "Entreprenør", "Handel & Lager", "Hytter", "Næringspark", "Utvikling")

STREETS = (
    "Storgata",
    "Strandgaten",
    "Kirkeveien",
    "Bjørkealleen",
    "Sjøgata",
    "Møllergata",
    "Øvre Torg",
    "Åsveien",
)
PLACES = {
    "NO": (
        ("0182", "Oslo"),
        ("5013", "Bergen"),
        ("7011", "Trondheim"),
        ("9008", "Tromsø"),
        ("4006", "Stavanger"),
        ("8006", "Bodø"),
        ("6002", "Ålesund"),
        ("1601", "Fredrikstad"),
        ("4611", "Kristiansand S"),
        ("2609", "Lillehammer"),
    ),
    "SE": (("411 04", "Göteborg"),),
    "DE": (("20095", "Hamburg"),),
}

PROJECTS = (
    "Ny barneskole",
    "Tilbygg til enebolig",
    "Rehabilitering av bygård",
    "Kontorlokaler, innredning",
    "Hytte",
    "Leilighetsbygg, 24 enheter",
    "Ombygging av låve til selskapslokale",
    "Barnehage, fire avdelinger",
    "Universell utforming av inngangsparti",
    "Rekkehus, felt B3",
    "Mulighetsstudie sjøfront",
    "Reguleringsplan",
    "Idrettshall",
    "Fasadeendring & nye vinduer",
    "Helsesenter",
    "Naust og brygge",
    "Påbygg, to etasjer",
    "Kafé og besøkssenter",
    "Energirådgivning borettslag",
    "Omsorgsboliger",
    "Kirkerom, akustikk og lys",
    "Parkeringshus",
    "Bibliotek",
    'Arkitektkonkurranse "Rom for alle"',
)
SITES = (
    "Solvik",
    "Nordvik",
    "Ærøya",
    "Storelv",
    "Lillevik",
    "Østbyen",
    "Havnegata",
    "Brattlia",
    "Åsen",
    "Møllefoss",
)

WORK = (
    "Skisseprosjekt",
    "Forprosjekt",
    "Detaljprosjektering",
    "Rammesøknad",
    "Igangsettingssøknad",
    "Oppfølging på byggeplass",
    "Uavhengig kontroll; prosjektering",
    "Tegninger A-101 til A-114, plan, snitt og fasade",
    'Møter og befaring med "brukergruppen"',
    "Prosjektledelse",
    "- Tillegg etter avtale",
    "3D-modell og visualisering",
    "Anbudsgrunnlag med beskrivelse, mengder, tegningsliste og koordinering mot rådgivende ingeniører",
)
PERIODS = (
    "uke 2–5",
    "uke 6–9",
    "uke 14–18",
    "uke 23–26",
    "uke 33–35",
    "uke 36–39",
    "uke 40–43",
    "delfaktura 2",
)
EXTRAS = {"31": "bevertning på medvirkningsmøte", "33": "reise og overnatting", "5": "trykte prosjekthefter"}
