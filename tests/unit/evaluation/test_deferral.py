from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.enquiry import Excerpt
from app.evaluation.deferral import Curve, deferral
from app.evaluation.deferral_methods import FieldTrial, WholeTrial
from app.evaluation.deferral_run import lines_of
from app.tasks.enquiry.build import count_tokens
from app.tasks.lines.windows import compact


def _field(
    number: int,
    *,
    confidence: float,
    local: bool,
    frontier: bool,
    document: str = "",
    check_failed: bool = False,
    plain_probability: float = 0.5,
) -> FieldTrial:
    return FieldTrial(
        document=document or f"d{number}",
        name=f"f{number}",
        confidence=confidence,
        margin=0.5,
        plain_probability=plain_probability,
        check_failed=check_failed,
        complexity=0.1,
        local_right=local,
        frontier_right=frontier,
        lines=((0, 10), (100 + number, 5)),
        question_tokens=5,
    )


def _curves(fields: list[FieldTrial], tokens_of_document: int = 200) -> dict[str, Curve]:
    documents = {trial.document for trial in fields}
    per = len(fields) // len(documents)
    wholes = [WholeTrial(document, per, per, tokens_of_document) for document in sorted(documents)]
    return {curve.method: curve for curve in deferral(fields, wholes).curves}


def _pair(n: int = 20, wrong: int = 5) -> list[FieldTrial]:
    """The small model is wrong where it is unsure; the larger one never is."""
    return [_field(at, confidence=0.2 if at < wrong else 0.9, local=at >= wrong, frontier=True) for at in range(n)]


def test_asking_about_the_doubtful_alone_reaches_the_larger_models_quality() -> None:
    found = _curves(_pair())
    curve = found["confidence"]
    assert curve.points[0].accuracy == 0.75
    assert curve.points[5].accuracy == 1.0
    assert curve.to_95 == curve.points[4]
    assert curve.to_98 == curve.points[5]
    assert curve.to_98.tokens == pytest.approx(5 * 20 / (20 * 200))
    assert found["oracle"].apgr == curve.apgr


def test_confidence_that_ranks_beats_chance_and_checks_that_see_nothing() -> None:
    found = _curves(_pair())
    assert found["confidence"].apgr is not None
    assert found["random"].apgr == pytest.approx(0.5, abs=0.05)
    assert found["confidence"].apgr > found["random"].apgr + 0.3
    assert found["checks only"].apgr == pytest.approx(found["random"].apgr, abs=0.25)


def test_a_probability_of_zero_is_asked_about_first() -> None:
    fields = [
        _field(at, confidence=0.5, local=at >= 5, frontier=True, plain_probability=0.0 if at < 5 else 1.0 - at / 100)
        for at in range(20)
    ]
    found = _curves(fields)
    assert found["mean log-probability"].apgr == found["oracle"].apgr
    assert found["confidence"].apgr != found["oracle"].apgr


def test_a_line_is_sent_once_a_document() -> None:
    fields = [_field(at, confidence=0.1 * at, local=False, frontier=True, document="one") for at in range(3)]
    last = _curves(fields)["confidence"].points[-1]
    assert last.tokens == pytest.approx((10 + 3 * 5 + 3 * 5) / 200)
    assert (last.fields, last.documents) == (1.0, 1.0)


def test_the_frame_of_a_request_is_sent_once_a_document() -> None:
    fields = [
        replace(_field(at, confidence=0.1 * at, local=False, frontier=True, document=document), request_tokens=50)
        for document in ("one", "two")
        for at in range(2)
    ]
    last = _curves(fields)["confidence"].points[-1]
    assert last.tokens == pytest.approx(2 * (50 + 10 + 2 * 5 + 2 * 5) / 400)


def test_a_field_without_lines_sends_nothing() -> None:
    asked = _field(0, confidence=0.9, local=False, frontier=True, document="asked")
    silent = replace(_field(1, confidence=0.1, local=False, frontier=False, document="silent"), lines=(), question_tokens=0)
    points = _curves([asked, silent])["confidence"].points
    assert [(point.documents, point.tokens > 0) for point in points] == [(0.0, False), (0.0, False), (0.5, True)]


def test_lines_that_two_excerpts_share_are_the_same_lines() -> None:
    text = "Number 17\nDate 2026-01-02\n----------\nTotal   12.50\n"
    longer, shorter = Excerpt(1, 0, len(text), text), Excerpt(1, 10, 26, text[10:26])
    assert set(lines_of(shorter)) <= set(lines_of(longer))
    assert sum(tokens for _, tokens in lines_of(longer)) == count_tokens(compact(text))


def test_a_larger_model_that_is_no_better_recovers_no_gap() -> None:
    fields = [_field(at, confidence=0.5, local=True, frontier=at % 2 == 0) for at in range(10)]
    assert _curves(fields)["confidence"].apgr is None


def test_the_ends_are_never_and_always() -> None:
    fields = _pair()
    told = deferral(fields, [WholeTrial(trial.document, 1, int(trial.name != "f19"), 100) for trial in fields])
    assert (told.never, told.every_field, told.always) == (0.75, 1.0, 0.95)
    assert (told.n_documents, told.n_fields, told.tokens_of_all) == (20, 20, 2000)


def test_what_the_larger_model_itself_got_right_is_counted() -> None:
    fields = [replace(trial, standing_right=right) for trial, right in zip(_pair(4, 1), (True, False, None, True), strict=True)]
    told = deferral(fields, [WholeTrial(trial.document, 1, 1, 100) for trial in fields])
    assert (told.n_standing_right, told.n_standing) == (2, 3)


def test_the_threshold_is_the_confidence_of_the_last_that_is_sent() -> None:
    to_95 = _curves(_pair())["confidence"].to_95
    assert to_95 is not None
    assert to_95.score == 0.2


def test_a_lead_over_chance_is_told_from_none() -> None:
    fields = [replace(trial, plain_probability=0.5) for trial in _pair(60, 15)]
    told = deferral(fields, [WholeTrial(trial.document, 1, 1, 100) for trial in fields])
    over = {lead.over: lead for lead in told.leads}
    assert over["random"].interval[0] > 0.05
    assert over["random"].interval[0] <= over["random"].difference <= over["random"].interval[1]
    confidence = next(curve for curve in told.curves if curve.method == "confidence")
    assert confidence.apgr_interval is not None
    assert confidence.apgr is not None
    assert confidence.apgr_interval[0] <= confidence.apgr <= confidence.apgr_interval[1]
    alike = deferral([replace(trial, plain_probability=trial.confidence) for trial in fields], [WholeTrial("d0", 60, 60, 6000)])
    lead = next(lead for lead in alike.leads if lead.over == "mean log-probability")
    assert (lead.difference, lead.interval) == (0.0, (0.0, 0.0))


def test_a_document_drawn_twice_is_sent_twice() -> None:
    fields = [
        _field(number, confidence=sure, local=sure > 0.5, frontier=True, document=document, plain_probability=1.0 - sure)
        for document in ("one", "its copy")
        for number, sure in ((0, 0.1), (1, 0.9))
    ]
    told = deferral(fields, [WholeTrial("one", 2, 2, 100), WholeTrial("its copy", 2, 2, 100)])
    (lead,) = (lead for lead in told.leads if lead.over == "mean log-probability")
    assert lead.difference > 0.1
    assert lead.interval == pytest.approx((lead.difference, lead.difference))


def test_documents_in_which_more_is_doubtful_go_first_and_their_fields_together() -> None:
    fields = [
        replace(_field(at, confidence=confidence, local=False, frontier=True, document=document), request_tokens=500)
        for document, sure in (("one", (0.3, 0.99)), ("many", (0.4, 0.4, 0.5)))
        for at, confidence in enumerate(sure)
    ]
    found = _curves(fields, tokens_of_document=2000)
    first = found["confidence, document by document"].points[3]
    assert first.documents == 0.5
    assert found["confidence"].points[3].documents == 1.0
    assert first.tokens < found["confidence"].points[3].tokens
