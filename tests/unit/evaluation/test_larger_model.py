"""A larger model on cases: what may leave, what it takes, and what came of it. A server plays the larger model."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.privacy import PrivacyClass
from app.domain.result import LabelAnswer, Result, Value
from app.domain.task import FieldType, Privacy, Task, TaskField, TaskKind, TaskLabel
from app.errors import BudgetError, CancelledError, EvaluationError
from app.evaluation.cases import Case
from app.evaluation.deferral_run import Examined, asked_names
from app.evaluation.evidence import EvidenceAlone
from app.evaluation.judge import judge
from app.evaluation.larger_model import LargerAnswers, LargerModel, estimate, may_leave, price_of_value
from app.frontier.client import Frontier
from app.frontier.keys import KeyStore
from app.network.gate import Gate
from app.settings import FrontierSettings
from app.storage.store import Store
from tests.helpers.fake_services import make_document
from tests.helpers.keyrings import NoKeyring
from tests.helpers.providers import own_provider
from tests.helpers.reply_server import ReplyServer, answering, playing, recorded

ORDER = Task(
    id="order",
    kind=TaskKind.EXTRACT,
    description="An order.",
    fields=(
        TaskField(name="reference", type=FieldType.IDENTIFIER, labels=("Order number",)),
        TaskField(name="places", type=FieldType.TEXT, many=True),
    ),
)
LOCAL = EvidenceAlone()
KINDS = Task(id="kinds", kind=TaskKind.CLASSIFY, description="Kinds.", labels=(TaskLabel(name="order"), TaskLabel(name="letter")))


def examined(
    number: int, *, task: Task = ORDER, kept: int | None = None, path: str = "", expected: dict[str, object] | None = None
) -> Examined:
    document = make_document(
        f"Letter {number}\nOrder number AB-2041\nOrder number AB-2042\nPlaces Bonn and Kiel\n", f"{number}.txt"
    )
    expected = expected or ({"label": "order"} if task is KINDS else {"reference": "AB-2042", "places": ["Bonn", "Kiel"]})
    source = {"kept": kept, "name": f"{number}.txt", "path": path} if kept is not None else {"file": f"{number}.txt"}
    case = Case.model_validate({**source, "expected": expected})
    result = (
        Result(task=task.id, label=LabelAnswer(value="letter", confidence=0.5))
        if task is KINDS
        else Result(
            task=task.id, fields={"reference": Value(value="AB-2041", confidence=0.4)}, lists={"places": (Value(value="Bonn"),)}
        )
    )
    outcome = judge(case, task, result, document)
    return Examined(case, outcome, document, task, result, asked_names(outcome, ()), Path(path or f"/in/{number}.txt"))


@pytest.fixture
def server() -> Iterator[ReplyServer]:
    with playing(answering(recorded("openai_chat")["answer"], {"reference": "AB-2042", "label": "order"})) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "deskhand.sqlite") as made:
        yield made


@pytest.fixture
def settings(server: ReplyServer) -> list[FrontierSettings]:
    """One, to be replaced."""
    return [FrontierSettings(opted_in=True, provider=own_provider(f"{server.url}/v1"))]


@pytest.fixture
def frontier(store: Store, settings: list[FrontierSettings]) -> Frontier:
    return Frontier(Gate(offline=False), KeyStore(NoKeyring()), store.ledger, lambda: settings[0])


def larger(frontier: Frontier, tmp_path: Path, cases: list[Examined], cancel: threading.Event | None = None) -> LargerModel:
    return LargerModel(cases, frontier, tmp_path / "replies", policies=Policies(), language="en", cancel=cancel)


def _asked(model: LargerModel) -> LargerAnswers:
    model.quote(LOCAL)
    return model.ask(LOCAL)


@pytest.mark.network
def test_what_was_quoted_is_what_is_sent_and_it_is_put_beside_the_local_answers(frontier, server, store, tmp_path):
    asked = larger(frontier, tmp_path, [examined(1), examined(2)])
    quote = asked.quote(LOCAL)
    assert not server.noted
    assert quote.n_documents == 2
    found = asked.ask(LOCAL)
    assert sorted(noted.body for noted in server.noted) == sorted(request.parcel.body for request in quote.requests)
    assert quote.sent_bytes == sum(len(noted.body) for noted in server.noted)
    assert quote.max_cost is not None
    assert 0 < store.ledger.figures().spent_micros <= quote.max_cost * 10**6
    assert found.run.model.id == "larger-model"
    assert [[answer.right for answer in case.answers] for case in found.run.cases] == [[True], [True]]
    assert found.deferral is not None
    assert (found.deferral.never, found.deferral.always) == (0.0, 1.0)


@pytest.mark.network
def test_lists_are_asked_for_with_the_whole_document(frontier, server, tmp_path):
    server.replies[:] = [answering(recorded("openai_chat")["answer"], {"reference": "AB-2042", "places": ["Bonn", "Kiel"]})]
    one = examined(1)
    assert [(answer.name, answer.found) for answer in one.outcome.lists] == [("places", 1)]
    (case,) = _asked(larger(frontier, tmp_path, [one])).run.cases
    assert [(answer.name, answer.found, answer.given) for answer in case.lists] == [("places", 2, 2)]


@pytest.mark.network
def test_a_class_is_asked_for_with_the_whole_document(frontier, server, tmp_path):
    asked = larger(frontier, tmp_path, [examined(1, task=KINDS)])
    assert len(asked.quote(LOCAL).requests) == 1
    found = asked.ask(LOCAL)
    assert [(answer.value, answer.right) for answer in found.run.cases[0].answers] == [("order", True)]
    assert found.deferral is None
    assert b"Bonn and Kiel" in server.noted[0].body


@pytest.mark.network
def test_each_request_names_its_document_in_the_ledger(frontier, store, tmp_path):
    _asked(larger(frontier, tmp_path, [examined(1), examined(2)]))
    rows = store.ledger.rows()
    assert {row.entry.document for row in rows} == {"1.txt", "2.txt"}
    assert len({row.entry.batch for row in rows}) == 1
    assert rows[0].entry.batch


@pytest.mark.network
def test_what_was_not_quoted_is_not_sent(frontier, server, tmp_path):
    with pytest.raises(EvaluationError, match="not what was agreed to"):
        larger(frontier, tmp_path, [examined(1)]).ask(LOCAL)
    assert not server.noted


@pytest.mark.network
def test_what_was_quoted_goes_to_no_other_address(frontier, settings, tmp_path):
    asked = larger(frontier, tmp_path, [examined(1)])
    asked.quote(LOCAL)
    with playing(answering(recorded("openai_chat")["answer"], {"reference": "AB-2042"})) as other:
        settings[0] = FrontierSettings(opted_in=True, provider=own_provider(f"{other.url}/v1"))
        with pytest.raises(EvaluationError, match="not what was agreed to"):
            asked.ask(LOCAL)
        assert not other.noted


@pytest.mark.network
def test_a_case_with_nothing_to_ask_about_does_not_stop_the_others(frontier, tmp_path):
    nothing = replace(examined(2, expected={"reference": "AB-2042"}), names=())
    found = _asked(larger(frontier, tmp_path, [nothing, examined(1)])).run.cases
    assert {case.key: case.answers[0].right for case in found} == {nothing.outcome.key: False, examined(1).outcome.key: True}


@pytest.mark.parametrize("task", [ORDER, KINDS])
def test_the_estimate_before_the_start_is_close_to_the_quote(frontier, tmp_path, task):
    cases = [examined(number, task=task) for number in range(3)]
    quote = larger(frontier, tmp_path, cases).quote(LOCAL)
    told = estimate(task, 3, len(cases[0].document.text), frontier.pack)
    # Letters that share their lines share a request.
    assert len(quote.requests) <= told.n_requests == len(cases) * (2 if task is ORDER else 1)
    assert quote.max_cost is not None
    assert told.max_cost is not None
    assert quote.max_cost <= told.max_cost < 2 * quote.max_cost
    price = price_of_value(task, frontier.pack)
    assert price is not None
    assert 0 < price < told.max_cost


@pytest.mark.network
def test_the_limit_of_a_batch_holds(frontier, server, settings, tmp_path):
    settings[0] = settings[0].model_copy(update={"batch_cap": larger(frontier, tmp_path, [examined(1)]).quote(LOCAL).max_cost})
    with pytest.raises(BudgetError):
        _asked(larger(frontier, tmp_path, [examined(number) for number in range(40)]))
    assert 0 < len(server.noted) < 40


@pytest.mark.network
def test_it_can_be_called_off_and_goes_on_where_it_was(frontier, server, tmp_path):
    cancel = threading.Event()
    cases = [examined(1), examined(2)]
    asked = larger(frontier, tmp_path, cases, cancel)
    asked.quote(LOCAL)
    with pytest.raises(CancelledError):
        asked.ask(LOCAL, lambda _done, _all: cancel.set())
    n_sent = len(server.noted)
    assert 0 < n_sent < len(larger(frontier, tmp_path / "else", cases).quote(LOCAL).requests)
    assert larger(frontier, tmp_path, cases).quote(LOCAL).requests
    assert len(server.noted) == n_sent


def test_what_never_leaves_is_left_out():
    never = ORDER.model_copy(update={"privacy": Privacy.model_validate({"class": "never"})})
    places = Policies(folders=(PlacePolicy(path="/secret", privacy=PrivacyClass.NEVER),))
    free, secret = examined(1, kept=1, path="/in/1.txt"), examined(2, kept=2, path="/secret/2.txt")
    unknown, refused = examined(3, kept=3), examined(4, kept=4, path="/in/4.txt")
    assert may_leave([free, secret, unknown, refused], places, {4}) == ([free], [secret, unknown, refused])
    assert may_leave([unknown], Policies()) == ([unknown], [])
    assert may_leave([examined(1, task=never)], Policies())[0] == []


def test_where_a_place_keeps_to_itself_nothing_leaves():
    places = Policies(folders=(PlacePolicy(path="/clients", routing=RoutingChange(escalate_to="none")),))
    free, kept_here = examined(1, kept=1, path="/in/1.txt"), examined(2, kept=2, path="/clients/2.txt")
    unknown = examined(3, kept=3)
    assert may_leave([free, kept_here, unknown], places) == ([free], [kept_here, unknown])


def test_what_is_said_of_a_place_after_the_quote_counts(frontier, tmp_path):
    allowed = ORDER.model_copy(update={"privacy": Privacy.model_validate({"class": "allowed"})})
    asked = larger(frontier, tmp_path, [examined(1, task=allowed, kept=1, path="/in/1.txt")])
    asked.require_may_leave(Policies())
    for place, words in (
        (PlacePolicy(path="/in", privacy=PrivacyClass.NEVER), "must not leave"),
        (PlacePolicy(path="/in", routing=RoutingChange(escalate_to="none")), "must not leave"),
        (PlacePolicy(path="/in", privacy=PrivacyClass.REDACTED), "words hidden"),
    ):
        with pytest.raises(EvaluationError, match=words):
            asked.require_may_leave(Policies(folders=(place,)))
    with pytest.raises(EvaluationError, match="must not leave"):
        asked.require_may_leave(Policies(), refused={1})
