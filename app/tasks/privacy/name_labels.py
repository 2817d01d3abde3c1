"""Words that stand before names of persons, and words that no name has. All are folded; an underscore stands for a blank."""

from __future__ import annotations

import re
from typing import Final

_NAMED: Final = (
    # English
    "name full_name first_name last_name surname given_name family_name patient(?:'s)?_name employee(?:'s)?_name customer_name"
    " client_name contact_name beneficiary_name tenant_name (?:account|card|policy)_?holder(?:_name)? account_owner owner patient"
    " employee applicant attn attention contact(?:_person)? prepared_by signed(?:_by)? signature cashier driver tenant landlord"
    " insured customer client buyer guest passenger beneficiary payee payer recipient sender bill_to ship_to sold_to"
    # German
    " ansprechpartner(?:in)? sachbearbeiter(?:in)? bearbeiter(?:in)? vor-_und_nachname nachname vorname"
    " (?:konto|karten)inhaber(?:in)? geschaftsfuhrer(?:in)? mitarbeiter(?:in)? versicherte[rn]? (?:ver)?mieter(?:in)? unterzeichner"
    " patientin kund(?:e|in) (?:zahlungs)?empfanger(?:in)? absender(?:in)? auftraggeber(?:in)? begunstigte[rn]? gast"
    # French
    " nom nom_et_prenom prenom interlocuteur titulaire(?:_du_compte)? salarie assure gerant cliente destinataire beneficiaire"
    # Turkish
    " adi_soyadi ad_soyad adi soyadi isim yetkili hasta hasta_adi duzenleyen imzalayan hesap_sahibi musteri(?:_adi)? alici(?:_adi)?"
    " gonderen lehdar"
    # Spanish, Italian, Dutch
    " nombre apellidos? titular(?:_de_la_cuenta)? cliente beneficiario destinatario nome cognome intestatario naam klant"
    " contactpersoon"
)
_NAMED_WITHOUT_COLON: Final = (
    "(?:patient|employee|customer|beneficiary|tenant)(?:'s)?_name (?:account|card)_?holder(?:_name)? (?:konto|karten)inhaber(?:in)?"
    " hesap_sahibi adi_soyadi ad_soyad titulaire_du_compte titular_de_la_cuenta bill_to ship_to sold_to"
)
_NAMED_IN_A_COLUMN: Final = "name full_name vor-_und_nachname nom nom_et_prenom isim nombre nome naam"
_CORRESPONDENTS: Final = "from to cc von an de a kimden kime"
_ABOVE: Final = (
    "bill(?:ed)?[_-]to ship(?:ped)?[_-]to sold[_-]to deliver(?:ed|y)?[_-]to invoice[_-]to remit[_-]to pay(?:able)?[_-]to attn"
    " customer client name patient (?:account|card)_?holder beneficiary"
    " rechnungs(?:adresse|anschrift|empfanger) liefer(?:adresse|anschrift) empfanger kund(?:e|in) kontoinhaber an herrn? frau"
    " familie adresse_a facture_a livre_a destinataire adresse_de_(?:facturation|livraison) titulaire_du_compte monsieur madame"
    " sayin alici musteri fatura_adresi teslimat_adresi hesap_sahibi adi_soyadi ad_soyad isim"
    " facturar_a cliente destinatario titular spett\\.?le intestatario"
)
_CLOSINGS: Final = (
    "yours_(?:sincerely|faithfully|truly) sincerely(?:_yours)? respectfully (?:with_)?(?:kind|best|warm)(?:est)?_(?:regards|wishes)"
    " regards best cheers (?:many_)?thanks thank_you"
    " (?:mit_)?(?:freundlich|herzlich|best|viel|lieb|schon)e[nm]?_grus{1,2}(?:en?)? mfg lg vg hochachtungsvoll"
    " (?:bien_)?cordialement (?:sinceres_)?salutations(?:_distinguees)? bien_a_vous amicalement"
    " saygilar(?:imla|imizla)? sevgiler(?:le|imle)? iyi_calismalar selamlar tesekkurler"
    " atentamente (?:un_)?(?:cordial_)?saludos?(?:_cordial(?:es)?)? cordiali_saluti distinti_saluti"
    " met_vriendelijke_groet(?:en)? hartelijke_groet(?:en)? z_powazaniem pozdrawiam atenciosamente cumprimentos"
)
_NO_NAME: Final = (
    "company gmbh ltd inc ag customer sir madam team all bank invoice customers colleagues cashier manager president chief officer"
    " accounts payable receivable department payee name datum date belegnummer seite kunde herr frau dr user"
)
_ON_FORMS: Final = (
    # Words of forms and receipts, some of them names as well: Bill, Page, Price, Menge
    "total subtotal amount due terms number no nr order payment tax vat address addresse adresse adres phone tel telephone fax"
    " email mail description quantity qty price balance delivery shipping ship sold bill billed to method reference ref po page"
    " item items gst summary billing type unit currency account iban bic please thank thanks you come again goods support shopping"
    " rechnung rechnungsnummer kundennummer lieferdatum betrag summe gesamt fallig zahlbar menge preis"
    " facture montant numero quantite prix factura fecha importe cantidad precio fatura tarih tarihi toplam tutar numarasi miktar"
    " fiyat"
)


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(word.replace('_', ' ') for word in words.split())})"


NAMED = re.compile(rf"(?<!\w){_any_of(_NAMED)} ?[:：][ \t]*")
"""A name of any length follows."""
NAMED_IN_FULL = re.compile(
    rf"(?<!\w)(?:(?:\A|(?<=\n))[ \t]*{_any_of(_CORRESPONDENTS)} ?:[ \t]*|{_any_of(_NAMED_WITHOUT_COLON)}[ \t|]{{1,40}}"
    rf"|{_any_of(_NAMED_IN_A_COLUMN)}(?: ?[\t|]| {{2}})[ \t|]{{0,40}})(?=[^\s:])"
)
"""A first and a last name follow, if any."""
ABOVE = re.compile(
    rf"(?:\A|(?<=\n)|(?<=\n[ \t])|(?<=[ \t]{{2}})|(?<=[\t|])){_any_of(_ABOVE)} ?[:：,]?"
    r"(?=[ \t]*(?:\r?\n|[ \t]{2}[^\n]{0,120}\n))"
)
"""At the start of a line or a column; a name stands below."""
CLOSING = re.compile(rf"(?:^|\n)[ \t]*{_any_of(_CLOSINGS)}(?:[,.!;][ \t]*|[ \t]*(?=\r?\n))(?:\r?\n[ \t]*){{0,8}}")
"""A signature follows."""
NO_NAME: Final = frozenset(_NO_NAME.split())
"""No name has any of them."""
ON_FORMS: Final = NO_NAME | frozenset(_ON_FORMS.split())
"""Not a name where there is nothing else, and only a label announces it."""
