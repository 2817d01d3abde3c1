"""Month names, their inflections and abbreviations in the languages that documents come in."""

from __future__ import annotations

from typing import Final

OTHER_WORDS: Final = frozenset({"ago", "led", "out", "pro", "set"})
"""Months in one language, common words in another."""
_NAMES: Final = {
    "en": "january jan|february feb febr|march mar|april apr|may|june jun|july jul|august aug|september sep sept|october oct"
    "|november nov|december dec",
    "de": "januar jänner jaenner jän|februar feber|märz maerz mär mrz|april|mai|juni|juli|august|september|oktober okt"
    "|november|dezember dez",
    "fr": "janvier janv|février fevrier févr fevr fév|mars|avril avr|mai|juin|juillet juil|août aout aoû|septembre|octobre"
    "|novembre|décembre decembre déc",
    "nl": "januari|februari|maart mrt|april|mei|juni|juli|augustus|september|oktober okt|november|december",
    "es": "enero ene|febrero|marzo|abril abr|mayo may|junio|julio|agosto ago|septiembre setiembre set|octubre|noviembre"
    "|diciembre dic",
    "it": "gennaio gen genn|febbraio febbr|marzo|aprile|maggio mag magg|giugno giu|luglio lug|agosto ago|settembre set sett"
    "|ottobre ott|novembre|dicembre dic",
    "pt": "janeiro|fevereiro fev|março marco|abril abr|maio mai|junho|julho|agosto ago|setembro set|outubro out|novembro"
    "|dezembro dez",
    "pl": "stycznia styczeń sty|lutego luty lut|marca marzec|kwietnia kwiecień kwi|maja maj|czerwca czerwiec cze"
    "|lipca lipiec lip|sierpnia sierpień sie|września wrzesień wrz|października październik paź|listopada listopad lis"
    "|grudnia grudzień gru",
    "tr": "ocak oca|şubat şub subat|mart|nisan nis|mayıs|haziran haz|temmuz tem|ağustos ağu agustos|eylül eyl eylul"
    "|ekim eki|kasım kas kasim|aralık ara aralik",
    "sv": "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober okt|november|december",
    "da": "januar|februar|marts|april|maj|juni|juli|august|september|oktober okt|november|december",
    "no": "januar|februar|mars|april|mai|juni|juli|august|september|oktober okt|november|desember des",
    "fi": "tammikuuta tammikuu tammi|helmikuuta helmikuu helmi|maaliskuuta maaliskuu maalis|huhtikuuta huhtikuu huhti"
    "|toukokuuta toukokuu touko|kesäkuuta kesäkuu kesä|heinäkuuta heinäkuu heinä|elokuuta elokuu elo"
    "|syyskuuta syyskuu syys|lokakuuta lokakuu loka|marraskuuta marraskuu marras|joulukuuta joulukuu joulu",
    "cs": "ledna leden led|února únor úno|března březen bře|dubna duben dub|května květen kvě|června červen čvn"
    "|července červenec čvc|srpna srpen srp|září zář|října říjen říj|listopadu listopad|prosince prosinec pro",
    "hu": "január|február|március márc|április ápr|május máj|június jún|július júl|augusztus|szeptember szept|október"
    "|november|december",
    "ro": "ianuarie ian|februarie|martie|aprilie|mai|iunie iun|iulie iul|august|septembrie|octombrie|noiembrie noi|decembrie",
}


def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    for months in _NAMES.values():
        for number, names in enumerate(months.split("|"), start=1):
            for name in names.split():
                table.setdefault(name, number)
    return table


_MONTHS: Final = _table()


def month_number(word: str) -> int | None:
    """The month (1–12) that a word names in any known language, or None."""
    if not 3 <= len(word) <= 12:
        return None
    found = _MONTHS.get(word.lower())
    if found is None and ("I" in word or "İ" in word):
        found = _MONTHS.get(word.replace("I", "ı").replace("İ", "i").lower())
    return found
