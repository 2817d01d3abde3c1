"""Words that papers and pages print for common notions, for fields that a person makes without listing any labels.

A field asks for a notion by its name or by the head of its description: "place of the talk" asks for a place, and pages print
"Where", "Location" or "Ort" before one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.domain.task import TaskField
from app.tasks.text.folding import fold, tokens_of

PERSON: Final = "person"
PLACE: Final = "place"
WEBSITE: Final = "website"

_NOTIONS: Final = {
    "place": (
        "place|places|location|venue|where|held at|held in|take place in|takes place in|Ort|Veranstaltungsort|Treffpunkt|wo"
        "|lieu|endroit|où|luogo|dove|lugar|ubicación|dónde|plaats|locatie|waar|local|onde|miejsce|gdzie|plats|sted|paikka"
        "|helyszín|místo|yer|yeri|mekan|konum"
    ),
    "speaker": (
        "speaker|speakers|speaker is|who|presenter|presented by|lecturer|lecture by|talk by|given by|guest|Referent"
        "|Referentin|Vortragende|Vortragender|Redner|Rednerin|orateur|intervenant|intervenante|conférencier|relatore"
        "|relatrice|ponente|conferenciante|orador|spreker|palestrante|prelegent|prelegentka|föreläsare|talare"
        "|foredragsholder|előadó|konuşmacı|konuşan|sunan"
    ),
    "author": (
        "author|authors|by|written by|posted by|published by|added by|created by|submitted by|recipe by|story by|text by"
        "|Autor|Autorin|von|Verfasser|Verfasserin|verfasst von|geschrieben von|veröffentlicht von|auteur|autrice|par"
        "|écrit par|publié par|rédigé par|autore|scritto da|a cura di|pubblicato da|autora|por|escrito por|publicado por"
        "|criado por|criada por|door|geschreven door|geplaatst door|napisany przez|dodany przez|przez|författare|skriven av"
        "|av|forfatter|skrevet af|af|kirjoittaja|szerző|írta|napsal|autorka|yazar|yazan|hazırlayan"
    ),
    "title": "title|headline|heading|Titel|Überschrift|titre|titolo|título|tytuł|titul|rubrik|otsikko|cím|název|başlık|başlığı",
    "subject": (
        "subject|topic|re|regarding|Betreff|Thema|objet|sujet|oggetto|argomento|asunto|tema|onderwerp|assunto|temat|ämne"
        "|emne|tárgy|konu"
    ),
    "servings": (
        "servings|serving|serves|portions|portion|yield|yields|makes|people|persons|Portionen|Personen|personnes|parts"
        "|porzioni|persone|raciones|porciones|personas|comensales|porties|personen|porções|pessoas|rendimento|porcje|porcji"
        "|osób|portioner|personer|annosta|adag|fő|porce|porcí|osob|porcie|porcií|kişilik|porsiyon"
    ),
    "ingredients": (
        "ingredients|Zutaten|ingrédients|ingredienti|ingredientes|ingrediënten|składniki|ingredienser|ainekset|hozzávalók"
        "|suroviny|ingredience|ingrediencie|malzemeler|what you need"
    ),
    "steps": (
        "steps|instructions|directions|method|preparation|Zubereitung|Anleitung|Schritte|préparation|étapes|preparazione"
        "|procedimento|preparación|elaboración|pasos|bereiding|bereidingswijze|modo de preparo|preparo|przygotowanie"
        "|sposób przygotowania|fremgangsmåde|gör så här|valmistus|elkészítés|postup|yapılışı|hazırlanışı"
    ),
    "price": (
        "price|cost|fee|Preis|Kosten|Gebühr|prix|coût|tarif|prezzo|costo|precio|coste|prijs|kosten|preço|custo|cena|koszt"
        "|pris|hinta|ár|fiyat|ücret"
    ),
    "total": (
        "total|sum|grand total|Summe|Gesamt|Gesamtbetrag|montant total|totale|importo totale|importe total|totaal"
        "|totaalbedrag|suma|razem|summa|celkem|összesen|toplam|toplam tutar"
    ),
    "deadline": (
        "deadline|due|due date|closing date|no later than|apply by|Frist|Abgabefrist|fällig|fällig am|spätestens|échéance"
        "|date limite|au plus tard|scadenza|entro|fecha límite|vencimiento|uiterlijk|vervaldatum|prazo|termin"
        "|termin płatności|frist|határidő|son tarih|vade"
    ),
    "birth": (
        "date of birth|birth date|born|born on|dob|Geburtsdatum|geboren am|geboren|date de naissance|né le|née le"
        "|data di nascita|nato il|nata il|fecha de nacimiento|nacido el|geboortedatum|data de nascimento|data urodzenia"
        "|født|doğum tarihi"
    ),
    "phone": (
        "phone|telephone|tel|mobile|cell|call|Telefon|Mobil|téléphone|portable|telefono|cellulare|teléfono|móvil|telefoon"
        "|mobiel|telefone|telemóvel|telefon|komórka|puhelin|cep|gsm"
    ),
    "address": "address|Adresse|Anschrift|indirizzo|dirección|domicilio|adres|endereço|morada|adress|osoite|cím|adresa",
    "employer": (
        "employer|company|organisation|organization|Arbeitgeber|Firma|Unternehmen|employeur|société|entreprise"
        "|datore di lavoro|azienda|società|empleador|empresa|werkgever|bedrijf|empregador|pracodawca|arbetsgivare"
        "|työnantaja|işveren|şirket|kurum"
    ),
    "customer": (
        "customer|client|buyer|Kunde|Kundin|Auftraggeber|Käufer|acheteur|cliente|acquirente|comprador|klant|koper|klient"
        "|nabywca|kund|kunde|vevő|zákazník|müşteri|alıcı"
    ),
    "seller": (
        "seller|supplier|vendor|Verkäufer|Lieferant|vendeur|fournisseur|venditore|fornitore|vendedor|proveedor|verkoper"
        "|leverancier|fornecedor|sprzedawca|dostawca|säljare|leverantör|satıcı|tedarikçi"
    ),
    "contact": (
        "contact|contact person|attn|attention|Ansprechpartner|Ansprechpartnerin|Kontakt|interlocuteur|contatto|referente"
        "|contacto|persona de contacto|contactpersoon|contato|kontakt|yhteyshenkilö|ilgili kişi|irtibat"
    ),
    "host": (
        "host|hosted by|organizer|organiser|organized by|organised by|Veranstalter|Gastgeber|organisateur|hôte"
        "|organizzatore|organizador|anfitrión|organisator|organizator|arrangör|szervező|düzenleyen|ev sahibi"
    ),
    "website": "website|site|web site|Webseite|site web|sito|sito web|sitio web|strona|webbplats|web sitesi|copyright",
    "quantity": (
        "quantity|qty|count|Menge|Anzahl|Stückzahl|quantité|nombre|quantità|cantidad|aantal|hoeveelheid|quantidade|ilość"
        "|antal|määrä|mennyiség|množství|adet|miktar"
    ),
    "salary": (
        "salary|wage|wages|pay|Gehalt|Lohn|Vergütung|salaire|rémunération|stipendio|retribuzione|salario|sueldo|salaris"
        "|loon|salário|wynagrodzenie|lön|løn|palkka|maaş|ücret"
    ),
    "position": (
        "position|job title|job|role|Position|Stelle|Beruf|Funktion|poste|fonction|posizione|mansione|ruolo|puesto|cargo"
        "|functie|stanowisko|befattning|stilling|tehtävä|pozisyon|görev|unvan"
    ),
    "duration": (
        "duration|length|term|Dauer|Laufzeit|durée|durata|duración|duur|looptijd|duração|czas trwania|varighed|kesto|süre|süresi"
    ),
    "rent": (
        "rent|monthly rent|Miete|Kaltmiete|Mietzins|loyer|affitto|canone|canone di locazione|alquiler|renta|huur|huurprijs"
        "|aluguel|renda|czynsz|hyra|husleje|vuokra|kira|kira bedeli"
    ),
    "tenant": (
        "tenant|lessee|renter|Mieter|Mieterin|locataire|preneur|inquilino|conduttore|arrendatario|huurder|najemca|hyresgäst"
        "|lejer|kiracı|kiralayan"
    ),
    "landlord": (
        "landlord|lessor|Vermieter|Vermieterin|bailleur|propriétaire|locatore|arrendador|verhuurder|wynajmujący|hyresvärd"
        "|udlejer|kiraya veren"
    ),
    "patient": "patient|Patientin|paziente|paciente|patiënt|pacjent|pacjentka|potilas|hasta|hasta adı",
    "doctor": "doctor|physician|Arzt|Ärztin|behandelnder Arzt|médecin|medico|médico|arts|lekarz|läkare|læge|lääkäri|doktor|hekim",
    "diagnosis": "diagnosis|Diagnose|Diagnosen|diagnostic|diagnosi|diagnóstico|rozpoznanie|diagnoza|diagnos|diagnoosi|tanı|teşhis",
    "employee": (
        "employee|Mitarbeiter|Mitarbeiterin|Arbeitnehmer|Arbeitnehmerin|salarié|salariée|employé|dipendente|lavoratore"
        "|empleado|trabajador|werknemer|medewerker|empregado|trabalhador|pracownik|anställd|medarbejder|työntekijä|çalışan"
        "|işçi|personel"
    ),
    "applicant": (
        "applicant|candidate|Bewerber|Bewerberin|Antragsteller|candidat|candidate|demandeur|candidato|richiedente"
        "|solicitante|sollicitant|aanvrager|requerente|kandydat|wnioskodawca|sökande|ansøger|hakija|aday|başvuran"
        "|başvuru sahibi"
    ),
}
_PERSONS: Final = frozenset(
    ["speaker", "author", "contact", "host", "tenant", "landlord", "patient", "doctor", "employee", "applicant", PERSON]
)
_MORE_PERSONS: Final = (
    "person people individual man woman teacher instructor student manager director judge witness driver editor photographer"
)
_COMMON_LIST: Final = (
    "by who where von wo par por door af av przez re when job call pay parts local people persons copyright guest cell"
)
_COMMON: Final = frozenset(_COMMON_LIST.split())
"""Printed before values, but in a field's name they may mean something else."""
_QUANTITIES_LIST: Final = (
    "quantity quantities amounts measures mengen menge mengenangaben quantites quantita dosi cantidades cantidad hoeveelheden"
    " hoeveelheid quantidades ilosci ilosc mangder maengder maarat mennyisegek mnozstvi miktar miktarlar miktarlari miktariyla"
)
_QUANTITIES: Final = frozenset(_QUANTITIES_LIST.split())
_HEAD_ENDS = re.compile(
    r"[,;:(/.]|\s(?:of|for|that|which|who|where|when|with|in|on|at|to|from|des|der|du|de|della|del|van|om|av|dla)\s", re.IGNORECASE
)
_OF = re.compile(r"\s(?:of|des|der|du|de|della|del|van)\s+(?:the\s+|a\s+|an\s+)?", re.IGNORECASE)
_HOLLOW_LIST: Final = "name names number numbers amount date list kind type value full the a an all nom nombre numero anzahl"
"""Heads that say nothing of what is asked for; the words after "of" do."""
_EDGES: Final = frozenset(["start", "end", "begin", "beginning", "first", "last"])
_HOLLOW: Final = frozenset(_HOLLOW_LIST.split())
_ARTICLE = re.compile(r"^(?:the|a|an|its|their|full|der|die|das|le|la|les|il|lo|el|los|las|het|een)\s+", re.IGNORECASE)
_MOST_HEAD_WORDS: Final = 3


def implied_labels(field: TaskField) -> tuple[str, ...]:
    """The words that are printed beside what a field asks for, by its name and description; none where it lists labels itself."""
    return () if field.labels else _implied(field.name, field.description)


def asks_for(field: TaskField, kind: str) -> bool:
    """Whether a field asks for a person or for a place."""
    notions = _notions(field.name, field.description)
    return bool(notions & _PERSONS) if kind == PERSON else kind in notions


def asks_for_quantities(field: TaskField) -> bool:
    """Whether things are asked together with how many or how much of each there is."""
    words = {token.text for token in tokens_of(f"{field.name} {field.description}".replace("_", " "))}
    return not words.isdisjoint(_QUANTITIES)


def names_notion(text: str) -> bool:
    """Whether a line is the name of a notion alone, as headings are."""
    return " ".join(token.text for token in tokens_of(text)) in _ASKED


@lru_cache(maxsize=256)
def _implied(name: str, description: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    head = _head(description)
    if head and len(tokens_of(head)) <= _MOST_HEAD_WORDS and not {token.text for token in tokens_of(head)} <= _HOLLOW | _EDGES:
        found[head] = None
    for notion in sorted(_notions(name, description) & _NOTIONS.keys()):
        found |= dict.fromkeys(_NOTIONS[notion].split("|"))
    return tuple(found)


@lru_cache(maxsize=256)
def _notions(name: str, description: str) -> frozenset[str]:
    """The notions that a field asks for: by the words of its name, else by the head of its description."""
    by_name = _known(name.replace("_", " "))
    return by_name or _known(_head(description))


def _known(phrase: str) -> frozenset[str]:
    words = [token.text for token in tokens_of(phrase)]
    phrases = {" ".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, len(words) + 1)}
    return frozenset(_ASKED[phrase] for phrase in phrases if phrase in _ASKED)


def _head(description: str) -> str:
    """The noun that a description begins with; what follows "of" where the noun alone says nothing, as "number" does."""
    text = _ARTICLE.sub("", " ".join(description.split()))
    end = _HEAD_ENDS.search(text)
    head = text[: end.start()] if end else text
    following = _OF.match(text, len(head))
    if following and {token.text for token in tokens_of(head)} <= _HOLLOW:
        return _head(text[following.end() :])
    return head


def _asked() -> dict[str, str]:
    asked: dict[str, str] = {}
    for notion, words in _NOTIONS.items():
        for word in words.split("|"):
            key = " ".join(token.text for token in tokens_of(fold(word)))
            if key not in _COMMON:
                asked.setdefault(key, notion)
    return asked | dict.fromkeys(_MORE_PERSONS.split(), PERSON)


_ASKED: Final = _asked()
