"""From facts to a probability."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.document import Document, Page
from app.domain.task import FieldType, TaskField
from app.tasks.answers.answer_facts import facts_of, log_odds, shared_places
from app.tasks.answers.calibration import SHIPPED, Calibration, Calibrator
from app.tasks.answers.choice import Contender, Decision
from app.tasks.answers.fitted_confidence import ABSENT, COUNTS, GIVEN, LISTED
from app.tasks.candidates.options import Option

TEXT = "Total 119.00 of 100.00 and -19.50"
FIELD = TaskField(name="total_amount", type=FieldType.AMOUNT, labels=("Total",))


def document(quality: float | None = None) -> Document:
    page = Page(number=1, start=0, end=len(TEXT), ocr=quality is not None, quality=quality)
    return Document(name="a.txt", sha256="0", format="text", text=TEXT, pages=(page,))


def contender(text: str, probability: float, model: float | None = None, places: int = 1) -> Contender:
    start = TEXT.index(text)
    option = Option(start, start + len(text), text, text, text)
    return Contender(text, option, probability, (option,) * (places - 1), label=0.8, model=model, alone=probability)


def decision(*contenders: Contender, absent: float = 0.05, chosen: int | None = 0) -> Decision:
    return Decision(FIELD, contenders, absent, chosen)


def facts(made: Decision, *, confirmed: bool = False, contradicted: bool = False, quality: float | None = None) -> dict[str, float]:
    return facts_of(made, document(quality), "invoice", confirmed=confirmed, contradicted=contradicted)


def confidence(made: Decision, **told: bool) -> float:
    return SHIPPED.confidence(made, facts(made, **told))


def test_facts_of_a_value():
    found = facts(decision(contender("119.00", 0.8, places=3), contender("100.00", 0.15)), confirmed=True, quality=0.9)
    assert found["share"] == pytest.approx(log_odds(0.8))
    assert found["margin"] == pytest.approx(1.674, abs=1e-3)
    assert found["places"] == pytest.approx(1.099, abs=1e-3)
    assert found["recognised"] == pytest.approx(-0.1)
    assert (found["confirmed"], found["contradicted"], found["negative"]) == (1.0, 0.0, 0.0)
    assert (found["type:amount"], found["field:invoice.total_amount"]) == (1.0, 1.0)
    assert "asked" not in found


def test_a_minus_sign_an_overlap_and_the_model_are_told():
    found = facts(decision(contender("-19.50", 0.5, model=0.3), contender("19.50", 0.3, model=0.6)))
    assert (found["negative"], found["overlap"], found["asked"], found["model_differs"]) == (-1.0, -0.3, -1.0, -1.0)
    agreed = facts(decision(contender("119.00", 0.5, model=0.6), contender("100.00", 0.3, model=0.3)))
    assert (agreed["asked"], agreed["model_differs"]) == (-1.0, 0.0)


def test_a_field_without_labels_has_the_level_of_such_fields_of_its_type():
    made = replace(decision(contender("119.00", 0.9)), field=TaskField(name="total_amount", type=FieldType.AMOUNT))
    found = facts(made)
    assert not any(name.startswith("field:") for name in found)
    assert found["open:amount"] == 1.0
    assert "open:amount" not in facts(decision(contender("119.00", 0.9)))


def test_words_that_the_model_chose_for_an_unknown_field_have_a_level_of_their_own():
    words = TaskField(name="speaker", type=FieldType.NAME)
    told = replace(decision(contender("119.00", 0.9, model=0.8), contender("100.00", 0.05, model=0.2)), field=words, known=False)
    found = facts(told)
    assert (found["open:voted"], found["backed"]) == (1.0, 0.8)
    assert "open:name" not in found
    labelled = facts(replace(told, field=words.model_copy(update={"labels": ("Speaker",)})))
    assert "open:voted" not in labelled
    assert labelled["backed"] == 0.0


def test_what_stands_around_a_value_is_told():
    alone = facts(decision(contender("Total", 0.9)))
    assert (alone["led"], alone["ends"], alone["short"]) == (0.0, -1.0, pytest.approx(-0.693, abs=1e-3))
    amid, last = facts(decision(contender("119.00", 0.9))), facts(decision(contender("-19.50", 0.9)))
    assert (amid["led"], amid["ends"]) == (1.0, -1.0)
    assert (last["led"], last["ends"]) == (1.0, 0.0)


def test_figures_are_told_of_numbers_that_name_things():
    code = replace(decision(contender("119.00", 0.9)), field=TaskField(name="number", type=FieldType.IDENTIFIER))
    assert facts(code)["figures"] == pytest.approx(5 / 6)
    assert facts(decision(contender("119.00", 0.9)))["figures"] == 0.0


def test_fields_that_share_a_place():
    first, second = decision(contender("119.00", 0.9)), decision(contender("119.00 of 100.00", 0.9))
    third, none = decision(contender("-19.50", 0.9)), decision(contender("Total", 0.1), chosen=None)
    assert set(shared_places({"a": first, "b": second, "c": third, "d": none})) == {"a", "b"}
    assert facts(first)["apart"] == 0.0
    assert facts_of(first, document(), "invoice", confirmed=False, contradicted=False, is_shared=True)["apart"] == -1.0


def test_a_label_of_a_struck_value_speaks_against_its_absence():
    nothing = decision(contender("119.00", 0.4), absent=0.8, chosen=None)
    struck = replace(nothing, struck=True, printed=True)
    assert confidence(struck) < confidence(replace(struck, printed=False)) == confidence(replace(struck, struck=False))


def test_the_vote_on_an_unknown_field_says_less_than_it_claims():
    words = TaskField(name="speaker", type=FieldType.TEXT)
    told = replace(decision(contender("119.00", 0.9, model=0.99), contender("100.00", 0.05, model=0.01)), field=words)
    assert facts(replace(told, known=False))["share"] == pytest.approx(0.4 * facts(told)["share"])
    unasked = replace(decision(contender("119.00", 0.9)), field=words, known=False)
    assert facts(unasked)["share"] == pytest.approx(log_odds(0.9))


def test_more_probability_and_more_proof_give_more_confidence():
    unsure, sure = decision(contender("119.00", 0.5), contender("100.00", 0.4)), decision(contender("119.00", 0.97))
    assert confidence(unsure) < confidence(sure)
    assert confidence(unsure, contradicted=True) <= confidence(unsure) <= confidence(unsure, confirmed=True)


def test_absence_is_surer_where_nothing_could_be_meant():
    nothing = Decision(FIELD, (), 1.0, None)
    something = decision(contender("119.00", 0.4), absent=0.55, chosen=None)
    assert confidence(nothing) > confidence(something)


def test_members_of_lists_have_a_calibrator_of_their_own():
    members = TaskField(name="parties", type=FieldType.NAME, many=True)
    made = replace(decision(contender("119.00", 0.9)), field=members)
    assert SHIPPED.confidence(made, facts(made)) == SHIPPED.listed.probability(facts(made))


@given(st.dictionaries(st.sampled_from([*GIVEN, *ABSENT, *LISTED, "unknown"]), st.floats(-50, 50)))
def test_a_probability_is_never_certain(found):
    for calibrator in (SHIPPED.given, SHIPPED.absent, SHIPPED.listed, Calibrator({"bias": 1000.0}), Calibrator({"bias": -1000.0})):
        assert 0 < calibrator.probability(found) < 1


def test_it_says_how_many_answers_it_rests_on():
    counts = {"bias": 100, "absent": 30, "listed": 20, "type:amount": 40, "field:invoice.total_amount": 7}
    calibration = Calibration(Calibrator({}), Calibrator({}), Calibrator({}), counts)
    made = decision(contender("119.00", 0.9))
    assert calibration.rests_on(made, {"type:amount": 1.0, "field:invoice.total_amount": 1.0}) == 7
    assert calibration.rests_on(made, {"type:amount": 1.0, "field:own.price": 1.0}) == 40
    assert calibration.rests_on(made, {"type:phone": 1.0}) == 0
    assert calibration.rests_on(replace(made, chosen=None), {}) == 30
    assert calibration.rests_on(replace(made, field=TaskField(name="a", type=FieldType.AMOUNT, many=True)), {}) == 20


def test_facts_that_speak_for_an_answer_never_speak_against_it():
    signless = {name: weight for weights in (GIVEN, ABSENT, LISTED) for name, weight in weights.items() if ":" not in name}
    assert {name for name, weight in signless.items() if weight < 0} <= {"bias"}
    assert all(count >= 0 for count in COUNTS.values())
