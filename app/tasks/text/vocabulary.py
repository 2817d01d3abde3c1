"""Words and shapes that tell names from addresses, headings and contact lines, in the languages of common business papers."""

from __future__ import annotations

import re
from typing import Final

RANGE_SIGN = re.compile(r"\s{0,2}(?:[-–—~]|to\b|until\b|through\b|bis\b|au\b|à\b|a\b|al\b|t/m\b|tot\b)", re.IGNORECASE)
FIGURE_SOON = re.compile(r"[^\n]{0,12}\d|[^\n]{0,6}[A-Z]")
RANGE_BEFORE = re.compile(r"(?:\d|m\.?|h|uhr)\s{0,2}(?:[-–—~]|to|until|through|bis|au|à|a|al|t/m|tot)\s{0,2}$", re.IGNORECASE)
START_WORDS: Final = frozenset(
    [
        "ab",
        "baslangic",
        "begin",
        "beginn",
        "beginning",
        "begins",
        "debut",
        "du",
        "from",
        "inicio",
        "inizio",
        "start",
        "starts",
        "von",
    ]
)
END_WORDS: Final = frozenset(
    ["bis", "bitis", "einde", "end", "ende", "ends", "expiration", "expiry", "fin", "fine", "till", "to", "until"]
)
LEGAL_FORM = re.compile(
    r"(?<![^\W_])(?:gmbh|ag|kg|ohg|ug|e\.? ?k\.?|e\.? ?v\.?|se|inc|llc|l\.l\.c|ltd|limited|corp"
    r"|corporation|company|co|plc|lp|llp|pty|n\.?a|sarl|s\.a\.r\.l|sas|s\.a\.s|sasu|eurl|sa|s\.a|snc|bv"
    r"|b\.v|nv|n\.v|s\.?r\.?l|s\.?p\.?a|s\.?l|oy|ab|aps|a/s|as|kft|sp\. ?z ?o\.? ?o|sdn\.? ?bhd|bhd|s/b"
    r"|enterprise|enterprises|trading|restaurant|restoran|bank|group|holding|holdings|stores?|shop|hotel"
    r"|cafe|university|verlag|a\.? ?s\.?|anonim sirketi|limited sirketi|ltd\.? ?sti|sirketi|ticaret|sanayi"
    r"|and sons|associates|foundation|institute)\.?(?![^\W_])"
)
CONTACT = re.compile(r"@|www\.|https?:|(?<![^\W_])(?:tel|telefon|phone|fax|e-?mail|mobil|tlf)(?![^\W_])")
STREET = re.compile(
    r"(?<![^\W_])(?:street|st|road|rd|avenue|ave|lane|drive|suite|floor|box|p\.o|jalan|jln|lorong|lot"
    r"|taman|kawasan|rue|chemin|avenue|allee|bd|boulevard|quai|via|piazza|calle|plaza|sok|sokak|cad"
    r"|caddesi|mah|mahallesi|bulvari|blok|kat)(?![^\W_])|(?:strasse|strase|straße|str\.|weg|platz|gasse"
    r"|allee|ufer|damm|ring|hof|straat|laan|plein|kade|gracht)(?![^\W\d_])"
)
POSTCODE = re.compile(
    r"(?<![\w.,/-])(?:[a-z]{1,2}[- ])?\d{4,6}(?![\w.,/-])|\b[a-z]{1,2}\d{1,2}[a-z]? ?\d[a-z]{2}\b|\b\d{4} ?[a-z]{2}\b"
    r"|\b[a-z]\d[a-z][- ]\d[a-z]\d\b"
)
PROVINCE = re.compile(
    r"(?<=[a-z]{3})[.,] ?(?:ab|bc|mb|nb|nl|ns|nt|on|qc|sk|yt|ak|al|ar|az|ca|co(?= +\d{5})|ct|dc|fl|ga|hi|ia|id|il|ks|ky|mi|mn|mo"
    r"|ms|mt|nc|nd|ne|nh|nj|nm|nv|ny|oh|or|ri|sc|sd|tn|tx|ut|va|vt|wa|wi|wv|wy)"
    r"(?: +(?:\d{5}(?:-\d{4})?|[a-z]\d[a-z][- ]?\d[a-z]\d))?\s*$"
)
"""The Canadian province or state of the USA that ends a line after its town, folded; some read like the legal form of a firm.

Those that also are a person's degree, such as MA and MD, are left out.
"""
OPEN_END = re.compile(
    r"(?:&|[-–/]|(?<![^\W_])(?:and|or|for|of|the|und|fur|der|des|et|pour|de|du|la|en|voor|van|y|e|di|per|ve|ile))$"
)
"""How a folded name ends that goes on in the next line."""
HOLDER = re.compile(
    r"(?<![^\W_])(?:kontoinhaber(?:in)?|kontoname|account (?:holder|name|owner)|name of account|beneficiary(?: name)?"
    r"|titulaire(?: du compte)?|ten name van|t\.n\.v\.?|titular|intestatario|hesap sahibi|inh\.|inhaber(?:in)?|proprietor|prop\.)"
    r"[ \t]*[:.]?[ \t]*(?P<name>[^\n]{3,80})"
)
PREPAID = re.compile(
    r"(?<![^\W_])(?:acompte|acconto|anticipo|anzahlung(?:en)?|vorauszahlung(?:en)?|abschlags?zahlung(?:en)?|aanbetaling|voorschot"
    r"|deposit|down payment|pre-?paid|prepayment|paid|payments? received|deja paye|regle|bereits (?:ge|be)zahlt|zahlung vom|odenen)"
    r"(?![^\W_])"
)
"""Words, folded, on lines that say what was paid before."""
NO_TAX = re.compile(
    r"(?<![^\W_])(?:discount|rabatt|skonto|nachlass|remise|escompte|korting|sconto|descuento|dto|iskonto|indirim"
    r"|gift ?cards?|gift certificate|voucher|gutschein\w*|geschenkkarte|carte cadeau|cadeaukaart|buono|hediye karti|hediye ceki"
    r"|withholding|retencion|ritenuta|stopaj\w*|tevkifat|shipping|freight|versand\w*|frais de port|verzendkosten)(?![^\W_])"
)
"""Words, folded, on lines whose amount is no tax although a sum seems to make it one."""
DOMAIN = re.compile(r"(?:@|www\.|https?://)([\w.-]+)")
SEPARATORS = re.compile(r"[•●·|,;]| [-–—/] ")
HEADING_WORDS: Final = frozenset(
    [
        "address",
        "adres",
        "adresse",
        "amount",
        "anschrift",
        "ape",
        "bank",
        "betrag",
        "bic",
        "brutto",
        "contact",
        "copy",
        "date",
        "datum",
        "delivery",
        "description",
        "email",
        "factura",
        "facture",
        "factuur",
        "fattura",
        "fatura",
        "fax",
        "firma",
        "gln",
        "iban",
        "id",
        "invoice",
        "kontakt",
        "kopie",
        "kunde",
        "kunden",
        "lieferant",
        "ligne",
        "line",
        "mail",
        "menge",
        "naf",
        "name",
        "netto",
        "no",
        "nom",
        "nr",
        "num",
        "number",
        "numero",
        "nummer",
        "order",
        "original",
        "page",
        "payment",
        "phone",
        "preis",
        "price",
        "qty",
        "quantity",
        "rcs",
        "receipt",
        "rechnung",
        "ref",
        "seite",
        "shipment",
        "siren",
        "siret",
        "stylesheet",
        "subtotal",
        "tax",
        "tel",
        "telefon",
        "terms",
        "thank",
        "total",
        "vat",
        "web",
        "you",
        "zeile",
    ]
)
"""Words of headings and labels that are no names."""

TITLE_WORDS: Final = frozenset(
    ["title", "headline", "heading", "titel", "uberschrift", "titre", "titulo", "titolo", "baslik", "basligi", "tytul", "rubrik"]
)
"""Words with which a field asks for the title of a document, folded."""

NUMBER_WORDS = re.compile(
    r"(?:(?<![a-z])(?:no|nr|num|number|nummer|numero|numara|numarasi|n[°o]|rev|revision|id)|№|n°|#)\.?[\s:.#|]{0,40}$"
)
"""Words that announce a number, folded, right before it."""
DOCUMENT_WORDS: Final = frozenset(
    [
        "agreement",
        "auftrag",
        "auftrags",
        "beleg",
        "bestell",
        "bestellung",
        "bill",
        "booking",
        "case",
        "commande",
        "contract",
        "contrat",
        "contrato",
        "contratto",
        "credit",
        "document",
        "dokument",
        "estimate",
        "factura",
        "facture",
        "factuur",
        "fattura",
        "fatura",
        "faktura",
        "gutschrift",
        "invoice",
        "irsaliye",
        "lieferschein",
        "makbuz",
        "offer",
        "offerte",
        "order",
        "pedido",
        "policy",
        "quote",
        "quotation",
        "rechnung",
        "rechnungs",
        "receipt",
        "siparis",
        "sozlesme",
        "statement",
        "ticket",
        "vertrag",
        "vertrags",
        "voucher",
    ]
)
"""Words for kinds of papers that have a number of their own, folded."""
