"""Who Nordvik buys from. All invented."""

from typing import NamedTuple


class Supplier(NamedTuple):
    """What they usually sell: the account it is booked on, and the VAT code for purchases."""

    number: str
    name: str
    account: str
    tax_rule: str
    sells: str
    currency: str = "NOK"


SUPPLIERS = (
    Supplier("50001", "Geogrunn Nord AS", "4510", "1", "Grunnundersøkelse"),
    Supplier("50002", "Brannråd Berge & Søn AS", "4510", "1", "Brannteknisk notat"),
    Supplier("50003", "Akustikkverkstedet AS", "4510", "1", "Lydberegning"),
    Supplier("50004", "Kopihjørnet Ålesund AS", "4300", "1", "Plott og trykk"),
    Supplier("50005", "Modellsnekkeriet ANS", "4500", "1", "Fysisk modell 1:200"),
    Supplier("50006", "Kystreiser AS", "7140", "13", "Reise til byggeplass"),
    Supplier("50007", "Blåfjell Hotell AS", "7140", "13", "Overnatting"),
    Supplier("50008", "Kafé Tegnestua", "6860", "11", "Servering ved møte"),
    Supplier("50009", "Tegnprogram Norden AS", "6553", "1", "Lisenser"),
    Supplier("50010", "Kontorlageret & Co AS", "6800", "1", "Rekvisita"),
    Supplier("50011", "Havnelageret Eiendom AS", "6300", "0", "Leie av lokaler"),
    Supplier("50012", "Fjordforsikring SA", "7500", "0", "Forsikring av oppdrag"),
    Supplier("50013", "Stadtmodell Müller GmbH", "4510", "0", "3D-Modell", "EUR"),
    Supplier("50014", "Västra Visualisering AB", "4510", "0", "Visualiseringar", "SEK"),
)
# Kroner for one of the currency.
RATES = {"NOK": "1", "EUR": "11.7350", "SEK": "1.0412"}
