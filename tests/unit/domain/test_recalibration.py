"""A person's reviews change the confidence of results."""

import pytest

from app.domain.recalibration import OFTEN_CONFIRMED, OFTEN_CORRECTED, MapOf, Recalibration, confidence_by, recalibrated
from app.domain.result import LabelAnswer, LabelScore, ModelUsed, Opinion, Proof, Result, Value

DOUBTING = Recalibration(task="invoice", version=2, kind="logistic", reviews=80, slope=1.0, offset=-2.0)
TRUSTING = DOUBTING.model_copy(update={"offset": 2.0})
STEPS = Recalibration(task="invoice", version=1, kind="isotonic", reviews=300, knots=((0.2, 0.1), (0.6, 0.5), (0.9, 0.95)))


def _only(found: Recalibration, task: str = "invoice", model: str = "") -> MapOf:
    return lambda of_task, of_model: found if (of_task, of_model) == (task, model) else None


def value(confidence: float, **told: object) -> Value:
    return Value(value="1", text="1", confidence=confidence, proof=Proof.GROUNDED, reason="Here.").model_copy(update=told)


def changed(given: Value, found: Recalibration = DOUBTING) -> Value:
    return recalibrated(Result(task="invoice", fields={"total": given}), _only(found)).fields["total"]


def test_a_value_has_the_new_confidence_and_keeps_the_old_one():
    given = changed(value(0.9))
    assert given.confidence == pytest.approx(0.5492, abs=1e-4)
    assert (given.uncalibrated, given.raw_confidence, given.rests_on) == (0.9, 0.9, 80)
    assert changed(given) == given


def test_a_newer_map_starts_from_the_models_own_confidence():
    assert changed(changed(value(0.9)), STEPS).confidence == pytest.approx(0.95, abs=0.002)


@pytest.mark.parametrize(("confidence", "expected"), [(0.0, 0.1), (0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (0.75, 0.725), (1.0, 0.95)])
def test_straight_lines_lie_between_the_knots(confidence, expected):
    assert STEPS.probability(confidence) == pytest.approx(expected, abs=0.005)


def test_a_map_without_knots_leaves_confidence_alone():
    assert STEPS.model_copy(update={"knots": ()}).probability(0.7) == pytest.approx(0.7)


@pytest.mark.parametrize("found", [DOUBTING, TRUSTING, STEPS])
def test_nothing_is_ever_certain_and_order_stays(found):
    given = [found.probability(step / 50) for step in range(51)]
    assert given == sorted(given)
    assert 0.0 < given[0] < given[-1] < 1.0


def test_a_value_falls_into_doubt_and_leaves_it():
    doubted = changed(value(0.9))
    assert (doubted.proof, doubted.reason) == (Proof.AMBIGUOUS, OFTEN_CORRECTED)
    trusted = changed(value(0.5, proof=Proof.AMBIGUOUS), TRUSTING)
    assert (trusted.proof, trusted.reason) == (Proof.GROUNDED, OFTEN_CONFIRMED)


@pytest.mark.parametrize("proof", [Proof.VERIFIED, Proof.CONTRADICTED, Proof.NOT_FOUND])
def test_what_checks_say_stands(proof):
    given = changed(value(0.9, proof=proof))
    assert (given.proof, given.reason) == (proof, "Here.")


def test_a_persons_word_stands():
    told = value(1.0, corrected=True)
    assert changed(told) == told
    label = LabelAnswer(value="a", confidence=1.0, method="person")
    assert recalibrated(Result(task="invoice", label=label), _only(DOUBTING)).label == label


def test_the_probabilities_of_labels_still_sum_to_one():
    others = (LabelScore(value="b", probability=0.15), LabelScore(value="c", probability=0.05))
    given = recalibrated(Result(task="invoice", label=LabelAnswer(value="a", confidence=0.8, alternatives=others)), _only(DOUBTING))
    assert given.label is not None
    assert given.label.confidence + sum(other.probability for other in given.label.alternatives) == pytest.approx(1.0)
    assert given.label.alternatives[0].probability == pytest.approx(3 * given.label.alternatives[1].probability)
    assert given.label.raw_confidence == 0.8


def test_only_the_task_of_the_map_is_changed_also_behind_a_class():
    inner = Result(task="invoice", fields={"total": value(0.9)})
    outer = Result(task="auto", label=LabelAnswer(value="invoice", confidence=0.7), then=inner)
    given = recalibrated(outer, _only(DOUBTING))
    assert given.label == outer.label
    assert given.then is not None
    assert given.then.fields["total"].uncalibrated == 0.9
    assert recalibrated(outer, _only(DOUBTING, "receipt")) == outer


def test_a_map_of_one_model_leaves_another_alone():
    result = Result(task="invoice", fields={"total": value(0.9)}, model=ModelUsed(sha256="large"))
    assert recalibrated(result, _only(DOUBTING, model="small")) == result
    assert recalibrated(result, _only(DOUBTING, model="large")).fields["total"].uncalibrated == 0.9


def test_what_a_larger_model_had_a_say_in_stands():
    settled = value(0.95, uncalibrated=0.5, opinions=(Opinion(source="larger"),))
    assert changed(settled) == settled
    assert confidence_by(DOUBTING, settled) == 0.95


def test_confidence_is_told_by_the_map_in_force_now_not_by_the_one_it_was_stored_with():
    stored = changed(value(0.9))
    assert confidence_by(None, stored) == 0.9
    assert confidence_by(STEPS, stored) == pytest.approx(0.95, abs=0.002)


def test_the_class_that_auto_tells_follows_what_was_learnt_of_classes():
    outer = Result(task="auto", label=LabelAnswer(value="invoice", confidence=0.9), then=Result(task="invoice"))
    given = recalibrated(outer, _only(DOUBTING, "document_type"))
    assert given.label is not None
    assert (given.label.uncalibrated, given.label.confidence) == (0.9, pytest.approx(0.5492, abs=1e-4))
