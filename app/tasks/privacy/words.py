"""Words about health and the law, in the languages of the documents. Some tell by themselves, others only together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from app.domain.privacy import SensitiveKind
from app.tasks.text.folding import fold

_TOGETHER: Final = 2
"""Different weaker words that tell as much as a strong one."""

_HEALTH: Final = (
    # English
    "diagnos(?:is|es|ed) prognosis oncolog\\w* chemotherap\\w* radiotherap\\w* psychiatr\\w* psychotherap\\w* hiv epilep\\w*"
    " pregnan(?:t|cy) sick-leave sick_leave medical_(?:record|history|condition|certificate|examination|report)s?"
    " patient_(?:name|id|number|no|record|history)s? health_(?:record|condition|data)s? mental_health icd-10 icd-11"
    " blood_(?:pressure|test|type|group|sugar) hospitali[sz](?:ed|ation) discharge_summary disability_(?:certificate|degree|status)"
    # German
    " befund\\w* arztbrief anamnese krankschreibung arbeitsunfahig\\w* schwerbehind\\w* erkrankung\\w* krankheitsbild"
    " schwangerschaft\\w* patientenakte patientendaten patient(?:en)?(?:nummer|name) strahlentherapie"
    " arztliche[rsn]?_(?:attest|bericht|befund)"
    # French
    " arret_(?:maladie|de_travail) grossesse dossier_medical diagnostic_medical compte(?:-|_)rendu_(?:medical|operatoire)"
    " certificat_medical traitement_medical antecedents_medicaux"
    # Turkish
    " teshis\\w* epikriz\\w* recete\\w* hasta_(?:adi|no|bilgileri|dosyasi) gebelik hamile(?:lik)? saglik_raporu engelli_raporu"
    " ameliyat\\w* tahlil_sonuc\\w* kronik_hastali\\w* tibbi_(?:rapor|kayit|gecmis)\\w*"
    # Spanish, Italian, Dutch
    " historia_clinica diagnostico_medico embarazo cartella_clinica diagnosi gravidanza ziekmelding zwangerschap medisch_dossier"
)
_HEALTH_WEAK: Final = (
    "patients? physician surgery symptoms? medication\\w* prescri(?:bed|ption)s? disease\\w* illness clinic(?:al)? hospital"
    " therap(?:y|ies) disability doctor"
    " patient(?:in|en)? diagnose[n]? krankheit\\w* krankenhaus behandlung\\w* medikament\\w* therapie arzt krankenkasse symptome?"
    " maladie\\w* patiente? ordonnance hopital medecin symptomes? traitement medicament\\w* handicap"
    " hasta(?:lik)?\\w* hastane\\w* tedavi\\w* doktor ilac\\w* muayene\\w*"
    " enfermedad paciente sintomas malattia paziente ziekte patienten"
)
_LEGAL: Final = (
    "attorney(?:-|_)client privileged_and_confidential plaintiffs? defendants? indictment"
    " criminal_(?:record|conviction|charge|proceeding|investigation)s? divorce child_custody"
    " strafverfahren vorstrafen?\\w* fuhrungszeugnis angeklagte\\w* beklagte[rn]? klager(?:in)? ermittlungsverfahren scheidung\\w*"
    " anwaltsgeheimnis mandatsgeheimnis"
    " casier_judiciaire garde_a_vue plaignante? partie_civile mise_en_examen condamnation_penale procedure_penale"
    " davaci\\w* davali\\w* sanik\\w* sabika\\w* adli_sicil\\w* bosanma\\w* savcili\\w* iddianame\\w* hukumlu\\w* muvekkil\\w*"
    " antecedentes_penales casellario_giudiziale"
)
_LEGAL_WEAK: Final = (
    "lawsuit subpoena felony prosecut\\w* convict\\w* arrest(?:ed)? allegations? court_order restraining_order"
    " rechtsstreit\\w* klage\\w* strafanzeige staatsanwalt\\w* mandant\\w* aktenzeichen"
    " penale avocat litige\\w* assignation"
    " mahkeme\\w* dava_dosya\\w* icra_takib\\w* tutuk\\w* ceza_davasi"
)


class _Words(NamedTuple):
    strong: re.Pattern[str]
    weak: re.Pattern[str]


def _pattern(words: str) -> re.Pattern[str]:
    """Words of a list, folded; an underscore stands for a gap, which may be the end of a line."""
    spelled = "|".join(word.replace("_", r"\s+") for word in words.split())
    return re.compile(rf"(?<!\w)(?:{spelled})(?!\w)")


_KINDS: Final = {
    SensitiveKind.HEALTH: _Words(_pattern(_HEALTH), _pattern(_HEALTH_WEAK)),
    SensitiveKind.LEGAL: _Words(_pattern(_LEGAL), _pattern(_LEGAL_WEAK)),
}


def find_topics(text: str) -> Iterator[tuple[int, int, SensitiveKind]]:
    """Words that show that a text is about somebody's health or a legal matter; none where there is but one weak sign."""
    folded = fold(text)
    for kind, words in _KINDS.items():
        strong = list(words.strong.finditer(folded))
        weak = list(words.weak.finditer(folded))
        if strong or len({match[0][:5] for match in weak}) >= _TOGETHER:
            yield from ((*match.span(), kind) for match in (*strong, *weak))
