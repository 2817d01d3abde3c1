"""The route: its fixed order over every combination, and laws that no combination breaks."""

from itertools import product
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy import PlacePolicy, Policies, Policy, RoutingChange, policy_for
from app.domain.privacy import PrivacyClass, SensitiveKind, class_of, strictest
from app.domain.routing import Decision, Failing, Reason, Signals, Standing, decide
from app.domain.task import Routing, Task, TaskField, TaskKind

classes = st.sampled_from(PrivacyClass)
codes = st.sampled_from(["primary_frontier", "confidence_below", "schema_invalid", "check_failed", "complexity_above"])
policies = st.builds(
    Policy,
    routing=st.builds(
        Routing,
        primary=st.sampled_from(["local", "frontier"]),
        escalate_to=st.sampled_from(["frontier", "none"]),
        send=st.sampled_from(["fields", "document"]),
    ),
    privacy=classes,
)
signals = st.builds(
    Signals, st.lists(st.builds(Failing, st.sampled_from(["total_amount", "iban", "label"]), codes), max_size=4).map(tuple)
)
standings = st.builds(
    Standing,
    offline=st.booleans(),
    opted_in=st.booleans(),
    provider_ready=st.booleans(),
    privacy=classes,
    found=classes,
    has_consent=st.booleans(),
    price_known=st.booleans(),
    budget_left=st.booleans(),
)
READY = Standing(offline=False, opted_in=True, provider_ready=True, has_consent=True)
TOTAL = Signals((Failing("total_amount", "check_failed", "net + tax = total"),))
STRICT_TO_LOOSE = [PrivacyClass.NEVER, PrivacyClass.ASK, PrivacyClass.REDACTED, PrivacyClass.ALLOWED]
LOCAL, ASK, SEND = 0, 1, 2
RANK = {"local": LOCAL, "ask": ASK, "send": SEND}
EVERYTHING = list(
    product(
        [Signals(), TOTAL],
        ["frontier", "none"],
        STRICT_TO_LOOSE,
        STRICT_TO_LOOSE,
        *[[False, True]] * 6,
    )
)


def test_every_combination_follows_the_order():
    seen = set()
    for failing, escalate_to, privacy, found, offline, opted_in, ready, consent, priced, budget in EVERYTHING:
        policy = Policy(routing=Routing(escalate_to=escalate_to), privacy=privacy)
        standing = Standing(offline, opted_in, ready, PrivacyClass.ALLOWED, found, consent, priced, budget)
        decision = decide(policy, failing, standing)
        expected = next(
            (
                ("local", code)
                for holds, code in [
                    (not failing.failing, "nothing_fails"),
                    (escalate_to == "none", "escalation_off"),
                    (PrivacyClass.NEVER in (privacy, found), "privacy_never"),
                    (offline, "offline"),
                    (not opted_in, "not_opted_in"),
                    (not ready, "provider_missing"),
                    (not budget, "budget_used_up"),
                ]
                if holds
            ),
            None,
        )
        if expected is None:
            doubts = [
                code
                for holds, code in [
                    (not priced, "price_unknown"),
                    (found is PrivacyClass.ASK, "found_in_text"),
                    (not consent, "no_consent"),
                ]
                if holds
            ]
            expected = ("ask" if doubts else "send", (doubts or ["consent"])[-1])
        assert (decision.kind, decision.reasons[-1].code) == expected
        assert decision.redact is (strictest(privacy, found) is not PrivacyClass.ALLOWED) or decision.kind == "local"
        seen.add(expected)
    assert len(EVERYTHING) == 4096
    assert {kind for kind, _ in seen} == {"local", "ask", "send"}


@given(policies, signals, standings)
def test_never_wins_over_everything(policy, failing, standing):
    for changed in (
        (policy.model_copy(update={"privacy": PrivacyClass.NEVER}), standing),
        (policy, Standing(**(vars(standing) | {"privacy": PrivacyClass.NEVER}))),
        (policy, Standing(**(vars(standing) | {"found": PrivacyClass.NEVER}))),
    ):
        decision = decide(changed[0], failing, changed[1])
        assert decision.kind == "local"
        assert decision.targets == ()


@given(policies, signals, standings, classes)
def test_what_is_found_in_the_text_only_holds_back(policy, failing, standing, found):
    before = decide(policy, failing, Standing(**(vars(standing) | {"found": PrivacyClass.ALLOWED})))
    after = decide(policy, failing, Standing(**(vars(standing) | {"found": found})))
    assert RANK[after.kind] <= RANK[before.kind]
    assert set(after.targets) <= set(before.targets)
    assert after.redact or not before.redact


@given(policies, signals, standings)
def test_nothing_is_sent_without_opt_in_key_budget_price_and_consent(policy, failing, standing):
    decision = decide(policy, failing, standing)
    if decision.kind == "send":
        assert failing.failing
        assert standing.opted_in
        assert standing.provider_ready
        assert standing.budget_left
        assert standing.price_known
        assert standing.has_consent
        assert not standing.offline
    if decision.kind == "local":
        assert decision.targets == ()
    else:
        assert set(decision.targets) == {each.target for each in failing.failing}
        assert len(decision.targets) == len(set(decision.targets))
        assert decision.whole_document is (policy.routing.send == "document")


@given(policies, signals, standings)
def test_low_confidence_alone_never_changes_who_agreed(policy, failing, standing):
    """Whatever a document makes fail, it can't turn asking into sending."""
    more = Signals((*failing.failing, Failing("iban", "confidence_below"), Failing("label", "complexity_above")), 1.0)
    if not standing.has_consent:
        assert decide(policy, more, standing).kind != "send"


@given(policies, signals, standings)
def test_every_reason_has_words(policy, failing, standing):
    for reason in decide(policy, failing, standing).reasons:
        words = reason.words()
        assert words.endswith(".")
        assert "_" not in words


def test_a_reason_names_its_target_and_detail():
    reason = decide(Policy(), TOTAL, READY).reasons[0]
    assert reason.words() == "A check fails: total amount (net + tax = total)."
    assert Reason(code="offline").words() == "Deskhand is offline."


def test_a_decision_says_what_stands_in_the_result():
    decision = decide(Policy(), TOTAL, Standing())
    assert decision.route().kind == "local"
    assert decision.route().reasons == ("check_failed:total_amount", "offline")
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


@given(st.lists(classes, max_size=4))
def test_the_strictest_class_wins(given_classes):
    winner = strictest(*given_classes)
    assert all(STRICT_TO_LOOSE.index(winner) <= STRICT_TO_LOOSE.index(each) for each in given_classes)
    assert winner in (given_classes or [PrivacyClass.ALLOWED])


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [((), "allowed"), (("iban",), "redacted"), (("name", "health"), "ask"), (("legal",), "ask"), (("phone", "email"), "redacted")],
)
def test_what_is_found_has_a_class(kinds, expected):
    assert class_of(*map(SensitiveKind, kinds)) == expected


TASK = Task.model_validate(
    {"id": "bill", "kind": TaskKind.EXTRACT, "fields": (TaskField(name="total"),), "privacy": {"class": "redacted"}}
)
places = st.sampled_from(["/a", "/a/b", "/a/b/c", "/x"])
changes = st.builds(RoutingChange, send=st.sampled_from([None, "document"]), confidence_below=st.sampled_from([None, 0.0, 0.5]))
place_policies = st.builds(PlacePolicy, path=places, privacy=st.one_of(st.none(), classes), routing=changes)


@given(st.lists(place_policies, max_size=5), st.lists(classes, max_size=2))
def test_no_folder_loosens_the_privacy_of_another(folders, of_file):
    files = tuple(PlacePolicy(path="/a/b/doc.pdf", privacy=each) for each in of_file)
    policy = policy_for(TASK, "/a/b/doc.pdf", Policies(folders=tuple(folders), files=files))
    holding = [each.privacy for each in folders if each.path in {"/a", "/a/b"} and each.privacy is not None]
    assert policy.privacy is strictest(PrivacyClass.REDACTED, *holding, *of_file)
    assert (policy.privacy is PrivacyClass.REDACTED) is (policy.place == "")


def test_the_innermost_folder_has_the_last_word_on_routing():
    policies_of_person = Policies(
        folders=(
            PlacePolicy(path="/home/ada/Clients/Novak", routing=RoutingChange(confidence_below=0.5)),
            PlacePolicy(path="/home/ada/Clients", routing=RoutingChange(confidence_below=0.99, send="document")),
            PlacePolicy(path="/home/ada/Client", routing=RoutingChange(escalate_to="none")),
        ),
        files=(PlacePolicy(path="/home/ada/Clients/Novak/one.pdf", routing=RoutingChange(check_failed=False)),),
    )
    routing = policy_for(TASK, PurePosixPath("/home/ada/Clients/Novak/one.pdf"), policies_of_person).routing
    assert routing.escalate_if.confidence_below == 0.5
    assert routing.send == "document"
    assert routing.escalate_to == "frontier"
    assert not routing.escalate_if.check_failed
    assert routing.escalate_if.complexity_above == TASK.routing.escalate_if.complexity_above
