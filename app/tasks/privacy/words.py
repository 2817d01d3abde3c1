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
_DISEASES: Final = (
    # English, and what is the same elsewhere
    "cancer diabet\\w* carcinoma melanoma lymphoma leuka?emia tumou?rs? metasta\\w* asthma\\w* hypertension tuberculosis hepatitis"
    " heart_(?:attack|failure|disease) myocardial_infarction copd cirrhosis kidney_(?:failure|disease) dementia alzheimer\\w*"
    " parkinson\\w* multiple_sclerosis schizophreni\\w* bipolar_disorder depressive_disorder anorexia bulimia alcoholism"
    " autis(?:m|tic) adhd arthritis osteoporosis ana?emia sepsis chlamydia syphilis gonorrh\\w* miscarriage abortion"
    # German
    " (?:brust|lungen|darm|haut|prostata|magen|blut|leber|nieren|gebarmutter(?:hals)?|bauchspeicheldrusen)krebs"
    " krebs(?:erkrankung\\w*|leiden|therapie|behandlung) \\w{0,20}karzinom\\w* tumor(?:en|erkrankung\\w*) leukamie lymphom"
    " bluthochdruck herzinfarkt schlaganfall herzinsuffizienz niereninsuffizienz tuberkulose leberzirrhose demenz multiple_sklerose"
    " rheuma magersucht alkoholsucht alkoholismus autismus adhs fehlgeburt schwangerschaftsabbruch"
    # French
    " asthme leucemie tumeurs? infarctus accident_vasculaire_cerebral tuberculose hepatite demence sclerose_en_plaques"
    " insuffisance_(?:renale|cardiaque) alcoolisme autisme vih fausse_couche"
    # Turkish
    " kanser\\w* diyabet\\w* seker_hastali\\w* astim tumor\\w* losemi lenfoma kalp_(?:krizi|yetmezli\\w*) bobrek_yetmezli\\w* felc"
    " hipertansiyon verem siroz bunama sizofreni\\w* depresyon\\w* multipl_skleroz otizm kurtaj"
    # Spanish
    " asma leucemia tumores infarto derrame_cerebral hipertension demencia esclerosis_multiple esquizofrenia alcoholismo autismo"
    " insuficiencia_(?:renal|cardiaca) aborto"
)
_MEDICINES: Final = (
    "insulin\\w* metformin\\w* antidepress\\w* antipsychoti\\w* neurolepti\\w* antibioti\\w* antiretrovir\\w* statins? chemo"
    " [ck]ortison\\w* morphin\\w* morfin\\w* methadon\\w* oxycod\\w* tramad\\w* fentanyl\\w* diazepam lorazepam alprazolam xanax"
    " sertralin\\w* fluoxetin\\w* prozac (?:es)?citalopram\\w* venlafaxin\\w* olanzapin\\w* quetiapin\\w* risperidon\\w* ritalin"
    " methylphenidat\\w* levothyroxin\\w* l-thyroxin ramipril\\w* lisinopril\\w* amlodipin\\w* metoprolol\\w* bisoprolol\\w*"
    " (?:ator|sim)vastatin\\w* warfarin\\w* marcumar heparin\\w* tamoxifen\\w* methotrexat\\w* prednis\\w* salbutamol albuterol"
    " ozempic semaglutid\\w* ventolin naloxon\\w*"
)
_HEALTH_WEAK: Final = (
    "patients? physician surgery symptoms? medication\\w* prescri(?:bed|ption)s? disease\\w* illness clinic(?:al)? hospital"
    " therap(?:y|ies) disability doctor depression(?:en)? stroke"
    " patient(?:in|en)? diagnose[n]? krankheit\\w* krankenhaus behandlung\\w* medikament\\w* therapie arzt krankenkasse krebs"
    " maladie\\w* patiente? ordonnance hopital medecin symptomes? traitement medicament\\w* handicap sida"
    " hasta(?:lik)?\\w* hastane\\w* tedavi\\w* doktor ilac\\w* muayene\\w* inme"
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
    SensitiveKind.HEALTH: _Words(_pattern(f"{_HEALTH} {_DISEASES} {_MEDICINES}"), _pattern(_HEALTH_WEAK)),
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
