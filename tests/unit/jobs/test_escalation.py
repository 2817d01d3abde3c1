"""Asking a larger model: what becomes of proposals in the runner, with a courier that obeys the test and the real store."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from app.domain.consent import ConsentScope
from app.domain.enquiry import Enquiry
from app.domain.job import JobState
from app.domain.ledger import NO_CAPS, Caps, Ending, LedgerEntry, LedgerOutcome, RequestLog
from app.domain.parcel import Parcel, Reply, Shown, pictures_in
from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.privacy import PrivacyClass
from app.domain.proposal import ProposalState
from app.domain.trust import UNJUDGED, Trust
from app.errors import AnswerLostError, AppError, BudgetError, ModelMissingError, StorageError
from app.frontier.client import Errand
from app.frontier.provider import pack
from app.jobs.events import EscalationChanged
from app.jobs.runner import JobRunner
from app.paths import resources
from app.settings import FrontierSettings, ProviderConfig, Settings
from app.storage.store import Store
from app.tasks.library import TaskLibrary
from tests.helpers.drawn_pages import DrawnReader, shade_of
from tests.helpers.fake_services import FakeReader
from tests.helpers.window_world import LineModel, bill_lines, write_bill

CONFIG = ProviderConfig(
    id="test",
    kind="openai_chat",
    base_url="https://models.example/v1",
    model="larger-model",
    input_price=Decimal(1),
    output_price=Decimal(2),
)
OPEN = Settings(offline=False, frontier=FrontierSettings(opted_in=True, provider=CONFIG))
LINES = [*bill_lines("Bolt GmbH", "B-2", "2024-03-02", "75.50", mark="?"), "balance: 80.25, call +49 30 901820"]


class FakeCourier:
    """Packs and writes down like the real one; `faults` are raised in turn before anything is answered.

    Every request costs `micros`, and `caps` hold.
    """

    def __init__(self, log: RequestLog) -> None:
        self.log = log
        self.config: ProviderConfig | None = CONFIG
        self.ready = True
        self.sent: list[tuple[Parcel, Errand]] = []
        self.faults: list[AppError] = []
        self.answers: dict[str, object] = {"total_amount": "80.25"}
        self.micros = 0
        self.caps = NO_CAPS
        self.gate: threading.Event | None = None
        self.before_reply: Callable[[], None] = lambda: None
        self.before_second_try: Callable[[], None] | None = None

    def is_ready(self) -> bool:
        return self.ready

    def pack(self, enquiry: Enquiry) -> Parcel:
        assert self.config is not None
        return pack(self.config, enquiry)

    def send(
        self,
        parcel: Parcel,
        enquiry: Enquiry,
        errand: Errand,
        cancel: threading.Event | None = None,
        require_wanted: Callable[[], object] = lambda: None,
    ) -> Reply:
        require_wanted()
        entry = LedgerEntry(
            purpose=errand.purpose,
            host=parcel.host,
            job_id=errand.job_id,
            batch=errand.batch,
            reserved_micros=self.micros,
            payload=parcel.body,
        )
        row = self.log.open(entry, self.caps)
        self.sent.append((parcel, errand))
        if self.before_second_try is not None:
            self.before_second_try()
            require_wanted()
            self.sent.append((parcel, errand))
        while self.gate is not None and not self.gate.wait(0.01):
            assert cancel is not None
            if cancel.is_set():
                raise AnswerLostError(host=parcel.host, detail="given up")
        if self.faults:
            raise self.faults.pop(0)
        self.before_reply()
        self.log.close(row, LedgerOutcome(ending=Ending.DONE, cost_micros=self.micros))
        return Reply(self.answers)


class World:
    """A runner on a store of its own."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.reader: FakeReader = DrawnReader()
        self.store = store
        self.courier = FakeCourier(store.ledger)
        self.policies = Policies()
        self.events: list[EscalationChanged] = []
        self.runner = self.make_runner()

    def make_runner(self, settings: Settings = OPEN) -> JobRunner:
        runner = JobRunner(
            self.store,
            self.reader,
            lambda _: LineModel(),
            TaskLibrary(resources() / "tasks", self.folder / "tasks"),
            settings,
            courier=self.courier,
            policies=lambda: self.policies,
        )
        runner.subscribe(lambda event: self.events.append(event) if isinstance(event, EscalationChanged) else None)
        return runner

    @property
    def escalation(self):
        return self.runner.escalation

    def read(self, name: str = "bill.txt", lines: list[str] = LINES, folder: str = "in") -> int:
        path = write_bill(self.folder / folder, name, [*lines, f"note: {name}"])
        return self.add(path)

    def add(self, path: Path, task: str = "invoice") -> int:
        (outcome,) = self.runner.add([path], task)
        self.wait()
        return outcome.job.id

    def wait(self) -> None:
        assert self.runner.wait_until_idle(10)
        assert self.escalation.wait_until_settled(10)

    def state(self, job_id: int) -> ProposalState | None:
        proposal = self.store.proposals.of_job(job_id)
        return proposal.state if proposal is not None else None

    def approve(self, *job_ids: int, scope: ConsentScope = ConsentScope.DOCUMENT) -> None:
        self.escalation.approve(self.escalation.sheet(job_ids), scope)
        assert self.escalation.wait_until_settled(10)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Store(tmp_path / "data" / "deskhand.sqlite") as store:
        made = World(tmp_path, store)
        made.runner.start()
        yield made
        made.runner.stop()


def test_an_unsure_answer_is_proposed_and_nothing_is_sent(world: World) -> None:
    job_id = world.read()
    assert world.state(job_id) is ProposalState.PROPOSED
    assert "total_amount" in world.escalation.offers()[job_id]
    assert not world.courier.sent
    assert not world.store.ledger.rows()


@pytest.mark.parametrize(
    ("settings", "ready", "reason"),
    [
        (OPEN.model_copy(update={"offline": True}), True, "offline"),
        (OPEN.model_copy(update={"frontier": FrontierSettings(provider=CONFIG)}), True, "not_opted_in"),
        (OPEN, False, "provider_missing"),
    ],
)
def test_nothing_is_prepared_that_could_not_be_sent(world: World, settings: Settings, ready: bool, reason: str) -> None:
    world.runner.settings = settings
    world.courier.ready = ready
    world.courier.config = settings.frontier.provider if settings.frontier.opted_in else None
    job_id = world.read()
    assert world.state(job_id) is None
    route = world.store.result(job_id).route
    assert reason in route.reasons
    assert "confidence_below:total_amount" in route.reasons
    assert world.escalation.offers() == {}


def test_the_bytes_on_the_sheet_are_the_bytes_that_are_sent(world: World) -> None:
    job_id = world.read()
    sheet = world.escalation.sheet([job_id])
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    ((parcel, errand),) = world.courier.sent
    assert parcel.body == sheet.items[0].parcel.body
    assert b"901820" not in parcel.body
    assert errand.consent == f"document {world.store.job(job_id).path}"
    assert world.state(job_id) is ProposalState.ANSWERED
    assert world.store.result(job_id).fields["total_amount"].value == "80.25"


def test_the_local_answer_comes_back_with_undo(world: World) -> None:
    job_id = world.read()
    before = world.store.result(job_id)
    world.approve(job_id)
    assert world.store.result(job_id) != before
    world.store.undo(job_id)
    assert world.store.result(job_id) == before


def test_words_that_the_person_hid_are_not_sent_and_come_back_in_the_answer(world: World) -> None:
    world.courier.answers = {"total_amount": "[NAME_1]"}
    job_id = world.read()
    sheet = world.escalation.sheet([job_id])
    item = sheet.items[0]
    sheet = sheet.with_hidden(job_id, [*item.proposal.hidden, *item.occurrences("80.25")], world.courier.pack)
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    ((parcel, _),) = world.courier.sent
    assert b"80.25" not in parcel.body
    assert parcel.body == sheet.items[0].parcel.body
    assert world.store.result(job_id).fields["total_amount"].value == "80.25"


def test_documents_in_which_more_is_doubtful_stand_first_on_the_sheet(world: World) -> None:
    one = world.read("one.txt")
    many = world.read(
        "many.txt", [line.replace("seller_name:", "seller_name?:").replace("issue_date:", "issue_date?:") for line in LINES]
    )
    assert [item.job.id for item in world.escalation.sheet([one, many]).items] == [many, one]
    assert [item.job.id for item in world.escalation.sheet([many, one]).items] == [many, one]


def refused_under_a_standing_word(world: World) -> int:
    """A document that is never to be sent, in a folder of which all others are sent unasked."""
    job_id = world.read()
    world.escalation.refuse([job_id])
    world.approve(world.read("sent.txt"), scope=ConsentScope.FOLDER)
    assert len(world.courier.sent) == 1
    return job_id


def test_looking_again_at_a_refused_document_takes_nothing_back(world: World) -> None:
    job_id = refused_under_a_standing_word(world)
    assert world.escalation.targets_of(world.store.job(job_id)) == ()
    sheet = world.escalation.sheet([job_id])
    assert [item.job.id for item in sheet.items] == [job_id]
    assert world.state(job_id) is ProposalState.REFUSED
    assert world.escalation.offers() == {}
    world.runner.retry(job_id)
    world.wait()
    assert world.state(job_id) is ProposalState.REFUSED
    assert len(world.courier.sent) == 1


def test_agreeing_to_a_refused_document_sends_it_as_shown(world: World) -> None:
    job_id = refused_under_a_standing_word(world)
    sheet = world.escalation.sheet([job_id]).with_hidden(job_id, [], world.courier.pack)
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    world.wait()
    assert world.state(job_id) is ProposalState.ANSWERED
    assert world.courier.sent[-1][0].body == sheet.items[0].parcel.body
    assert not world.escalation.is_refused(world.store.job(job_id))


@pytest.mark.parametrize("task", ["invoice", "receipt", "auto"])
@pytest.mark.parametrize("is_removed", [False, True], ids=["listed", "removed"])
@pytest.mark.parametrize("change", ["none", "bytes", "place"])
def test_what_is_never_to_be_sent_is_known_again(world: World, task: str, is_removed: bool, change: str) -> None:
    first = refused_under_a_standing_word(world)
    path = Path(world.store.job(first).path)
    if is_removed:
        world.runner.remove(first)
    elif change == "none" and task == "invoice":
        return
    if change == "bytes":
        path.write_text(path.read_text() + "note: touched\n")
    elif change == "place":
        path = path.rename(path.with_name("moved.txt"))
    (outcome,) = world.runner.add([path], task)
    world.wait()
    job = outcome.job or outcome.already
    assert world.state(job.id) in {None, ProposalState.REFUSED}
    assert len(world.courier.sent) == 1
    sheet = world.escalation.sheet([job.id])
    assert [item.job.id for item in sheet.items] == [job.id]
    assert world.state(job.id) is ProposalState.REFUSED
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    world.wait()
    assert world.state(job.id) is ProposalState.ANSWERED
    assert len(world.courier.sent) == 2


def test_a_moved_document_that_is_edited_there_stays_refused(world: World) -> None:
    path = Path(world.store.job(refused_under_a_standing_word(world)).path)
    moved = path.rename(path.with_name("moved.txt"))
    world.runner.add([moved], "invoice")
    moved.write_text(moved.read_text() + "note: touched\n")
    assert world.state(world.add(moved)) is None
    assert len(world.courier.sent) == 1


def test_refusing_one_task_stops_what_waits_for_another(world: World) -> None:
    first = world.read()
    second = world.add(Path(world.store.job(first).path), "receipt")
    assert world.state(second) is ProposalState.PROPOSED
    world.escalation.refuse([first])
    assert world.state(second) is ProposalState.REFUSED
    assert world.escalation.offers() == {}


def test_a_refusal_meets_what_a_standing_word_approved_before(world: World) -> None:
    job_id = refused_under_a_standing_word(world)
    job, proposal = world.store.job(job_id), world.store.proposals.of_job(job_id)
    (consent,) = world.store.consents.standing()
    assert world.escalation.must_stay(job, proposal.model_copy(update={"consent_id": consent.id}))


def bills(world: World, n: int) -> list[Path]:
    return [write_bill(world.folder / "in", f"bill-{number}.txt", [*LINES, f"note: {number}"]) for number in range(n)]


def under_a_cap_for_one(world: World) -> None:
    """All later documents are sent unasked, but those added together may cost as much as one does."""
    world.approve(world.read(), scope=ConsentScope.ALWAYS)
    world.courier.sent.clear()
    world.courier.micros, world.courier.caps = 900_000, Caps(None, 1_000_000)


def test_the_cap_for_one_time_holds_for_what_is_added_together(world: World) -> None:
    under_a_cap_for_one(world)
    outcomes = world.runner.add(bills(world, 3), "invoice")
    world.wait()
    proposals = [world.store.proposals.of_job(outcome.job.id) for outcome in outcomes]
    assert [proposal.error for proposal in proposals] == ["", "budget", "budget"]
    assert len(world.courier.sent) == 1
    world.add(write_bill(world.folder / "in", "another.txt", [*LINES, "note: another"]))
    assert len(world.courier.sent) == 2


def test_the_cap_for_one_time_holds_when_the_program_is_started_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    under_a_cap_for_one(world)
    claim, claimed = world.store.queue.claim, []

    def claim_one(*arguments):
        if claimed:
            return None
        claimed.append(claim(*arguments))
        return claimed[0]

    with monkeypatch.context() as patched:
        patched.setattr(world.store.queue, "claim", claim_one)
        world.runner.add(bills(world, 3), "invoice")
        while not claimed or world.state(claimed[0].id) is not ProposalState.ANSWERED:
            time.sleep(0.01)
        world.runner.stop()
    assert world.store.queue.counts()[JobState.WAITING] == 2
    world.runner = world.make_runner()
    world.runner.start()
    world.wait()
    assert len(world.courier.sent) == 1
    assert [proposal.error for proposal in world.store.proposals.all([ProposalState.FAILED])] == ["budget", "budget"]


def test_a_failure_is_told_and_never_tried_again_by_itself(world: World) -> None:
    world.courier.faults = [BudgetError(cost="$1", left="$0", cap="$1", period="this month")]
    job_id = world.read()
    world.approve(job_id)
    assert world.state(job_id) is ProposalState.FAILED
    assert world.store.proposals.of_job(job_id).error == "budget"
    world.runner.flush()
    assert [event.error.code for event in world.events if event.error is not None] == ["budget"]
    world.read("other.txt")
    assert len(world.courier.sent) == 1
    world.approve(job_id)
    assert world.state(job_id) is ProposalState.ANSWERED


def test_a_standing_word_sends_later_documents_of_its_folder_only(world: World) -> None:
    world.approve(world.read(), scope=ConsentScope.FOLDER)
    second = world.read("second.txt")
    elsewhere = world.read("third.txt", folder="elsewhere")
    assert world.state(second) is ProposalState.ANSWERED
    assert world.state(elsewhere) is ProposalState.PROPOSED
    assert len(world.courier.sent) == 2
    (consent,) = world.store.consents.standing()
    world.store.consents.revoke(consent.id)
    assert world.state(world.read("fourth.txt")) is ProposalState.PROPOSED


def test_a_folder_that_never_lets_anything_leave_wins_over_every_word(world: World) -> None:
    world.approve(world.read(), scope=ConsentScope.ALWAYS)
    world.policies = Policies(folders=(PlacePolicy(path=str(world.folder / "private"), privacy=PrivacyClass.NEVER),))
    job_id = world.read("secret.txt", folder="private")
    assert world.state(job_id) is None
    assert "privacy_never" in world.store.result(job_id).route.reasons
    assert len(world.courier.sent) == 1


@pytest.mark.parametrize("scope", [ConsentScope.ALWAYS, ConsentScope.TASK])
def test_a_folder_to_be_asked_about_each_time_is_under_no_wider_word(world: World, scope: ConsentScope) -> None:
    world.policies = Policies(folders=(PlacePolicy(path=str(world.folder / "private"), privacy=PrivacyClass.ASK),))
    world.approve(world.read(), scope=scope)
    asked = world.read("secret.txt", folder="private")
    assert world.state(asked) is ProposalState.PROPOSED
    assert "no_consent" in world.store.result(asked).route.reasons
    world.approve(asked, scope=ConsentScope.FOLDER)
    assert world.state(world.read("second.txt", folder="private")) is ProposalState.ANSWERED
    assert len(world.courier.sent) == 3


def test_to_be_asked_each_time_counts_for_what_waits_to_be_sent(world: World) -> None:
    world.approve(world.read(), scope=ConsentScope.ALWAYS)
    waiting = world.read("secret.txt", folder="elsewhere")
    sent = world.store.proposals.of_job(waiting)
    word = sent.model_copy(update={"state": ProposalState.APPROVED, "shown": None})
    assert not world.escalation.must_stay(world.store.job(waiting), word)
    world.policies = Policies(folders=(PlacePolicy(path=str(world.folder / "elsewhere"), privacy=PrivacyClass.ASK),))
    assert world.escalation.must_stay(world.store.job(waiting), word)
    seen = word.model_copy(update={"shown": Shown.of(world.courier.sent[-1][0])})
    assert not world.escalation.must_stay(world.store.job(waiting), seen)


def test_a_redacted_folder_keeps_sensitive_words_hidden_on_the_sheet(world: World) -> None:
    world.policies = Policies(folders=(PlacePolicy(path=str(world.folder / "in"), privacy=PrivacyClass.REDACTED),))
    # The task asks each time, which is stricter than blacking out, and takes nothing back.
    job_id = world.read()
    sheet = world.escalation.sheet([job_id]).with_hidden(job_id, [], world.courier.pack)
    assert sheet.items[0].must_hide
    assert b"901820" not in sheet.items[0].parcel.body


def test_what_was_being_sent_when_the_program_was_killed_is_not_sent_again(world: World) -> None:
    job_id = world.read()
    world.runner.stop()
    sheet_consent = world.store.consents.grant(ConsentScope.DOCUMENT, "x", CONFIG.destination)
    world.store.proposals.approve(job_id, consent_id=sheet_consent.id, batch="b")
    world.store.proposals.begin(job_id)
    world.runner = world.make_runner()
    world.runner.start()
    world.runner.flush()
    assert world.state(job_id) is ProposalState.FAILED
    assert [event.error.code for event in world.events if event.error is not None] == ["interrupted"]
    assert not world.courier.sent


def test_a_word_for_one_moment_does_not_outlive_the_program(world: World) -> None:
    job_id = world.read()
    world.runner.stop()
    consent = world.store.consents.grant(ConsentScope.DOCUMENT, "x", CONFIG.destination)
    world.store.proposals.approve(job_id, consent_id=consent.id, batch="b")
    world.runner = world.make_runner()
    world.runner.start()
    assert world.escalation.wait_until_settled(10)
    assert world.state(job_id) is ProposalState.PROPOSED
    assert not world.courier.sent


def test_other_bytes_than_those_shown_are_not_sent(world: World) -> None:
    job_id = world.read()
    sheet = world.escalation.sheet([job_id])
    world.courier.config = CONFIG.model_copy(update={"model": "another-model"})
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    assert world.store.proposals.of_job(job_id).error == "shown_otherwise"
    assert not world.courier.sent


OTHER_ADDRESS = {"base_url": "https://models.example:9999/v1"}
OTHER_PATH = {"base_url": "https://models.example/other"}
DEARER = {"output_price": Decimal(3)}
UNPRICED = {"input_price": None, "output_price": None}


@pytest.mark.parametrize("change", [OTHER_ADDRESS, OTHER_PATH, DEARER, UNPRICED], ids=["port", "path", "dearer", "price unknown"])
def test_what_was_shown_goes_to_no_other_address_and_costs_no_more(world: World, change: dict[str, object]) -> None:
    job_id = world.read()
    sheet = world.escalation.sheet([job_id])
    world.courier.config = CONFIG.model_copy(update=change)
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    assert world.store.proposals.of_job(job_id).error == "shown_otherwise"
    assert not world.courier.sent
    world.approve(job_id)
    assert world.state(job_id) is ProposalState.ANSWERED, "it is asked anew"


def test_a_sheet_names_the_port_and_stays_with_its_destination(world: World) -> None:
    job_id = world.read()
    sheet = world.escalation.sheet([job_id])
    world.courier.config = CONFIG.model_copy(update=OTHER_ADDRESS)
    assert (sheet.host, world.escalation.sheet([job_id]).host) == ("models.example", "models.example:9999")
    world.escalation.approve(sheet.with_hidden(job_id, [], world.courier.pack), ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    assert world.store.proposals.of_job(job_id).error == "consent_missing"
    assert not world.courier.sent


def test_what_was_shown_goes_for_less_too(world: World) -> None:
    job_id = world.read()
    sheet = world.escalation.sheet([job_id])
    world.courier.config = CONFIG.model_copy(update={"output_price": Decimal(1)})
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    assert world.state(job_id) is ProposalState.ANSWERED


@pytest.mark.parametrize(
    "change",
    [OTHER_ADDRESS, {"base_url": "http://models.example/v1"}, {"base_url": "https://other.example/v1"}],
    ids=["port", "scheme", "host"],
)
def test_a_standing_word_is_for_one_destination(world: World, change: dict[str, object]) -> None:
    world.approve(world.read(), scope=ConsentScope.ALWAYS)
    world.courier.config = CONFIG.model_copy(update=change)
    assert world.state(world.read("second.txt")) is ProposalState.PROPOSED
    assert len(world.courier.sent) == 1


def test_only_who_saw_no_price_accepts_none_and_only_a_standing_word_pays_again(world: World) -> None:
    world.approve(world.read(), scope=ConsentScope.ALWAYS)
    world.read("second.txt")
    world.courier.config = CONFIG.model_copy(update=UNPRICED)
    world.approve(world.read("third.txt"))
    errands = [errand for _, errand in world.courier.sent]
    assert [errand.accepts_unknown_price for errand in errands] == [False, False, True]
    assert [errand.may_pay_again for errand in errands] == [False, True, False]


@pytest.mark.parametrize("scope", [ConsentScope.DOCUMENT, ConsentScope.FOLDER])
@pytest.mark.parametrize("heard", ["never here", "taken back", "refused", "dearer"])
def test_what_the_person_says_between_two_tries_is_heard(world: World, heard: str, scope: ConsentScope) -> None:
    job_id = world.read()

    def say() -> None:
        match heard:
            case "never here":
                world.policies = Policies(everywhere=PrivacyClass.NEVER)
            case "taken back":
                world.store.consents.revoke(world.store.proposals.of_job(job_id).consent_id)
            case "refused":
                world.escalation.refuse([job_id])
            case "dearer":
                world.courier.config = CONFIG.model_copy(update=DEARER)

    world.courier.before_second_try = say
    world.approve(job_id, scope=scope)
    assert len(world.courier.sent) == 1
    assert world.store.proposals.of_job(job_id).error == ("shown_otherwise" if heard == "dearer" else "consent_missing")


def test_a_policy_that_is_set_after_the_word_still_wins(world: World) -> None:
    job_id = world.read()
    sheet = world.escalation.sheet([job_id])
    world.policies = Policies(everywhere=PrivacyClass.NEVER)
    world.escalation.approve(sheet, ConsentScope.ALWAYS)
    assert world.escalation.wait_until_settled(10)
    assert world.store.proposals.of_job(job_id).error == "consent_missing"
    assert not world.courier.sent


@pytest.mark.parametrize(
    "place", [{"privacy": PrivacyClass.REDACTED}, {"routing": RoutingChange(escalate_to="none")}], ids=["redacted", "kept here"]
)
def test_a_stricter_policy_stops_what_was_shown_under_another_one(world: World, place: dict[str, object]) -> None:
    job_id = world.read()
    sheet = world.escalation.sheet([job_id]).with_hidden(job_id, [], world.courier.pack)
    world.policies = Policies(folders=(PlacePolicy(path=str(world.folder / "in"), **place),))
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    assert world.store.proposals.of_job(job_id).error == "consent_missing"
    assert not world.courier.sent


def test_nothing_leaves_open_unasked_where_the_policy_hides_by_now(world: World) -> None:
    job_id = world.read()
    consent = world.store.consents.grant(ConsentScope.ALWAYS, "", CONFIG.destination, redacted=False)
    world.store.proposals.hide(job_id, [])
    world.store.proposals.approve(job_id, consent_id=consent.id, batch="b")
    world.escalation.on_approved()
    while world.state(job_id) in {ProposalState.APPROVED, ProposalState.SENDING}:
        time.sleep(0.01)
    assert world.store.proposals.of_job(job_id).error == "consent_missing"
    assert not world.courier.sent


def test_a_database_that_fails_does_not_end_the_sending(world: World, monkeypatch) -> None:
    job_id = world.read()
    all_proposals = world.store.proposals.all
    faults = [StorageError(folder=world.folder, detail="the disk is full")]

    def fail_once(*arguments):
        if faults:
            raise faults.pop()
        return all_proposals(*arguments)

    monkeypatch.setattr(world.store.proposals, "all", fail_once)
    world.escalation.on_approved()
    while faults:
        time.sleep(0.01)
    world.approve(job_id)
    assert world.state(job_id) is ProposalState.ANSWERED


def test_a_model_that_is_gone_when_a_proposal_is_built_ends_nothing(world: World, monkeypatch) -> None:
    finish = world.store.queue.finish

    def lose_the_model(*arguments):
        stored = finish(*arguments)
        world.runner.change_model(missing)
        return stored

    def missing(*_: object) -> LineModel:
        raise ModelMissingError(model="starter")

    with monkeypatch.context() as patched:
        patched.setattr(world.store.queue, "finish", lose_the_model)
        job_id = world.read()
    assert world.store.job(job_id).state is JobState.REVIEW
    assert world.state(job_id) is None
    with pytest.raises(ModelMissingError):
        world.escalation.sheet([job_id])
    world.runner.change_model(lambda *_: LineModel())
    assert world.state(world.read("next.txt")) is ProposalState.PROPOSED


def test_what_a_person_corrects_meanwhile_stays(world: World) -> None:
    job_id = world.read()
    world.courier.before_reply = lambda: world.store.correct(job_id, "total_amount", value="99.99", text="99.99")
    world.approve(job_id)
    total = world.store.result(job_id).fields["total_amount"]
    assert (total.value, total.corrected) == ("99.99", True)


def test_stopping_gives_a_request_up_and_says_so(world: World) -> None:
    job_id = world.read()
    world.courier.gate = threading.Event()
    world.escalation.approve(world.escalation.sheet([job_id]), ConsentScope.DOCUMENT)
    while not world.courier.sent:
        threading.Event().wait(0.01)
    world.runner.stop()
    assert world.state(job_id) is ProposalState.FAILED
    assert world.store.proposals.of_job(job_id).error == "answer_lost"


def test_the_queue_goes_on_while_a_larger_model_thinks(world: World) -> None:
    job_id = world.read()
    world.courier.gate = threading.Event()
    world.escalation.approve(world.escalation.sheet([job_id]), ConsentScope.DOCUMENT)
    path = write_bill(world.folder / "in", "next.txt", bill_lines("Acme", "A-1", "2024-03-01", "1.00"))
    (outcome,) = world.runner.add([path], "invoice")
    assert world.runner.wait_until_idle(10)
    assert world.store.job(outcome.job.id).state.is_finished
    world.courier.gate.set()
    assert world.escalation.wait_until_settled(10)


def test_what_a_person_made_of_its_answers_is_what_the_model_is_trusted_with(world: World) -> None:
    sure = []
    for number in range(3):
        job_id = world.read(f"bill-{number}.txt")
        world.approve(job_id)
        sure.append(world.store.result(job_id).fields["total_amount"].confidence)
        assert world.store.trust_in("larger-model").n_judged == number
        world.store.correct(job_id, "total_amount", value="75.50")
    assert sure == sorted(sure, reverse=True)
    assert sure[0] > sure[2]
    assert world.store.trust_in("larger-model") == Trust(0, 3)
    world.store.undo(job_id)
    world.store.accept(job_id, "total_amount")
    assert world.store.trust_in("larger-model") == Trust(1, 3)
    assert world.store.trust_in("another") == UNJUDGED


# Pictures.


def seeing(world: World) -> int:
    """A document of which pictures may go: the model reads them, and the policy allows it."""
    world.courier.config = CONFIG.model_copy(update={"sees_pictures": True})
    folder = PlacePolicy(path=str(world.folder / "in"), routing=RoutingChange(pictures=True))
    world.policies = Policies(folders=(folder,))
    return world.read()


def shades_in(payload: bytes) -> set[int]:
    (file,) = pictures_in(payload)
    image = Image.open(io.BytesIO(file))
    return set(image.tobytes())


def test_a_picture_of_the_lines_goes_once_a_person_has_seen_it(world: World) -> None:
    job_id = seeing(world)
    sheet = world.escalation.sheet([job_id], shows_pictures=True)
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    ((parcel, _),) = world.courier.sent
    assert parcel.body == sheet.items[0].parcel.body
    shades = shades_in(parcel.body)
    assert shade_of("80.25,") in shades
    # Of what is hidden nothing shows, nor of lines that are not sent.
    assert 0 in shades
    assert not {shade_of("901820"), shade_of("buyer_name:")} & shades
    assert world.store.proposals.of_job(job_id).enquiry.cutouts == (), "the ledger alone keeps it"
    assert world.store.result(job_id).fields["total_amount"].value == "80.25"


@pytest.mark.parametrize("missing", ["the model sees", "the policy allows it", "the sheet shows it", "the file is the same"])
def test_no_picture_goes_unless_all_allow_it(world: World, missing: str) -> None:
    job_id = seeing(world)
    if missing == "the model sees":
        world.courier.config = CONFIG
    elif missing == "the policy allows it":
        world.policies = Policies()
    elif missing == "the file is the same":
        Path(world.store.job(job_id).path).write_text("something else")
    sheet = world.escalation.sheet([job_id], shows_pictures=missing != "the sheet shows it")
    assert sheet.items
    assert not pictures_in(sheet.items[0].parcel.body)


def test_a_standing_consent_sends_no_picture(world: World) -> None:
    first = seeing(world)
    world.escalation.approve(world.escalation.sheet([first], shows_pictures=True), ConsentScope.FOLDER)
    assert world.escalation.wait_until_settled(10)
    world.read("second.txt")
    assert world.escalation.wait_until_settled(10)
    assert [len(pictures_in(parcel.body)) for parcel, _ in world.courier.sent] == [1, 0]


def test_a_picture_in_which_hidden_words_can_not_be_found_stays(world: World) -> None:
    assert isinstance(world.reader, DrawnReader)
    world.reader.lost = frozenset({"901820"})
    job_id = seeing(world)
    sheet = world.escalation.sheet([job_id], shows_pictures=True)
    assert sheet.items[0].proposal.enquiry.cutouts
    assert not pictures_in(sheet.items[0].parcel.body)
    # Once the person shows these words, there is nothing left to paint over.
    shown = sheet.with_hidden(job_id, [], world.courier.pack)
    assert pictures_in(shown.items[0].parcel.body)


def test_a_person_leaves_the_picture_out(world: World) -> None:
    job_id = seeing(world)
    sheet = world.escalation.sheet([job_id], shows_pictures=True).without_pictures(job_id, world.courier.pack)
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    ((parcel, _),) = world.courier.sent
    assert parcel.body == sheet.items[0].parcel.body
    assert not pictures_in(parcel.body)


def test_pictures_that_are_no_longer_allowed_stay(world: World) -> None:
    job_id = seeing(world)
    sheet = world.escalation.sheet([job_id], shows_pictures=True)
    world.policies = Policies()
    world.escalation.approve(sheet, ConsentScope.DOCUMENT)
    assert world.escalation.wait_until_settled(10)
    assert not world.courier.sent
    assert world.state(job_id) is ProposalState.FAILED


def test_a_terminal_that_can_not_show_it_takes_the_picture_out_again(world: World) -> None:
    job_id = seeing(world)
    assert pictures_in(world.escalation.sheet([job_id], shows_pictures=True).items[0].parcel.body)
    assert not pictures_in(world.escalation.sheet([job_id]).items[0].parcel.body)
    world.approve(job_id)
    assert not pictures_in(world.courier.sent[0][0].body)


def test_a_never_that_comes_as_the_sending_begins_is_heard(world, monkeypatch):
    job_id = world.read()
    begin = world.store.proposals.begin

    def begin_and_refuse(number):
        begun = begin(number)
        world.escalation.refuse([number])
        return begun

    monkeypatch.setattr(world.store.proposals, "begin", begin_and_refuse)
    world.approve(job_id)
    assert not world.courier.sent
    assert world.escalation.is_refused(world.store.job(job_id))


def test_a_never_between_two_tries_is_heard_also_at_a_place_that_was_refused_before(world):
    job_id = world.read()
    world.escalation.refuse([job_id])
    path = Path(world.store.job(job_id).path)
    second = world.add(write_bill(path.parent, path.name, [*LINES, "note: edited"]))
    assert second != job_id
    world.courier.before_second_try = lambda: world.escalation.refuse([second])
    world.approve(second)
    assert len(world.courier.sent) == 1
