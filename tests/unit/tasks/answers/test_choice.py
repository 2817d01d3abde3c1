"""What fields say together: a check may put a value right, and the answer says so."""

from app.domain.document import Document, Page
from app.domain.result import Proof
from app.domain.task import FieldType, TaskCheck, TaskField
from app.tasks.answers.checks import run_check
from app.tasks.answers.choice import Contender, Decision, decide_together
from app.tasks.answers.confidence import value_of, verdict_on
from app.tasks.candidates.options import Option

TEXT = "Net 46.68 VAT 9.34 Paid 70.00 Total 56.02"
DOCUMENT = Document(name="a.txt", sha256="0", format="text", text=TEXT, pages=(Page(number=1, start=0, end=len(TEXT)),))
SUM = TaskCheck(expression="net_amount + tax_amount == total_amount")


def decision(name: str, **shares: float) -> Decision:
    contenders = []
    for text, share in shares.items():
        printed = text.removeprefix("v").replace("_", ".")
        start = TEXT.index(printed)
        option = Option(start, start + len(printed), printed, printed, printed)
        contenders.append(Contender(printed, option, share, alone=share))
    field = TaskField(name=name, type=FieldType.AMOUNT)
    return Decision(field, tuple(contenders), 1.0 - sum(shares.values()), chosen=0)


def decided(**totals: float) -> dict[str, Decision]:
    given = [decision("net_amount", v46_68=0.9), decision("tax_amount", v9_34=0.9), decision("total_amount", **totals)]
    return decide_together({one.field.name: one for one in given}, [SUM], {})


def test_a_sum_puts_a_value_right_and_says_so():
    found = decided(v70_00=0.55, v56_02=0.4)
    total = found["total_amount"]
    assert (total.value, total.instead_of and total.instead_of.option.text) == ("56.02", "70.00")
    values = {name: one.value for name, one in found.items()}
    value = value_of(total, DOCUMENT, verdict_on("total_amount", [run_check(SUM, values, {})], values))
    assert value.proof is Proof.VERIFIED
    assert value.reason == "Net amount 46.68 + tax amount 9.34 = total amount 56.02; its place alone spoke for 70.00"


def test_a_sum_that_confirms_what_was_chosen_changes_nothing():
    total = decided(v56_02=0.7, v70_00=0.2)["total_amount"]
    assert (total.value, total.instead_of) == ("56.02", None)


def test_a_value_that_its_place_is_sure_of_is_not_put_right():
    total = decided(v70_00=0.99, v56_02=0.001)["total_amount"]
    assert total.value == "70.00"
