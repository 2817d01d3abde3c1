"""What holds for folders: kept in a file, read again when it changes, and never loosened by a fault or a link."""

import pytest

from app.domain.consent import Consent, ConsentScope
from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.privacy import PrivacyClass
from app.domain.task import EscalateIf, Routing, Task, TaskField, TaskKind
from app.errors import PolicyFileError
from app.jobs.policies import PolicyFile, must_hide, policy_of, stands_for

TASK = Task.model_validate(
    {"id": "bill", "kind": TaskKind.EXTRACT, "fields": (TaskField(name="total"),), "privacy": {"class": "allowed"}}
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "policies.toml"


def test_without_a_file_nothing_is_set(path):
    assert PolicyFile(path).in_force() == Policies()


def test_what_is_saved_is_loaded(path):
    policies = Policies(
        everywhere=PrivacyClass.ASK,
        folders=(
            PlacePolicy(path=str(path.parent / "İşler"), privacy=PrivacyClass.NEVER),
            PlacePolicy(path=str(path.parent / "b"), routing=RoutingChange(send="document", confidence_below=0.9)),
        ),
        files=(PlacePolicy(path=str(path.parent / "c.pdf"), privacy=PrivacyClass.REDACTED),),
    )
    PolicyFile(path).save(policies)
    assert PolicyFile(path).load() == policies
    assert 'privacy = "never"' in path.read_text(encoding="utf-8")


def test_an_edit_by_hand_holds_at_once(path):
    kept = PolicyFile(path)
    assert kept.load() == Policies()
    path.write_text('everywhere = "never"\n')
    assert kept.load().everywhere is PrivacyClass.NEVER
    path.unlink()
    assert kept.load() == Policies()


def test_a_folder_may_be_written_from_home(path, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    path.write_text('[[folders]]\npath = "~/Clients"\nprivacy = "never"\n')
    policies = PolicyFile(path).in_force()
    assert policy_of(TASK, tmp_path / "Clients" / "one.pdf", policies).privacy is PrivacyClass.NEVER
    assert policy_of(TASK, tmp_path / "Other" / "one.pdf", policies).privacy is not PrivacyClass.NEVER


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[[folders]]\npath = "/a"\nprivacy = "nevr"\n', 3, "'never', 'ask', 'redacted' or 'allowed'"),
        ('[[folders]]\npath = "/a"\n\n[[folders]]\nprivacy = "ask"\n', 4, "'path' is missing"),
        ('[[folders]]\npath = "/a"\n[[folders]]\npath = "Clients"\n', 4, "full path"),
        ('[[folders]]\npath = "~nobody-of-this-name/Clients"\n', 2, "full path"),
        ('[[files]]\npath = "/a"\nprivate = true\n', 3, "not a key"),
        ('[[folders]]\npath = "/a"\n[folders.routing]\nconfidence_below = 1.5\n', 4, "at most 1"),
        ("[[folders\n", 1, ""),
        ("a = " + "[" * 2000, 1, ""),
    ],
)
def test_a_fault_is_named_with_its_line_and_nothing_leaves_meanwhile(path, text, line, words):
    path.write_text(text)
    with pytest.raises(PolicyFileError) as caught:
        PolicyFile(path).load()
    assert caught.value.params["line"] == str(line)
    assert words in caught.value.user_text
    policies = PolicyFile(path).in_force()
    assert policy_of(TASK, path.parent / "x.pdf", policies).privacy is PrivacyClass.NEVER


def test_a_file_that_is_no_text_lets_nothing_leave(path):
    path.write_bytes(b'everywhere = "ask"\n\xff')
    with pytest.raises(PolicyFileError) as caught:
        PolicyFile(path).load()
    assert caught.value.params["line"] == "2"
    path.unlink()
    path.mkdir()
    assert PolicyFile(path).in_force().everywhere is PrivacyClass.NEVER


def test_a_link_leads_around_nothing(path, tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real, target_is_directory=True)
    (real / "x.pdf").write_bytes(b"")
    for named in (real, link):
        PolicyFile(path).save(Policies(folders=(PlacePolicy(path=str(named), privacy=PrivacyClass.NEVER),)))
        policies = PolicyFile(path).in_force()
        for document in (real / "x.pdf", link / "x.pdf"):
            assert policy_of(TASK, document, policies).privacy is PrivacyClass.NEVER
        assert policy_of(TASK, tmp_path / "y.pdf", policies).privacy is PrivacyClass.ALLOWED


def test_words_stay_hidden_under_every_name_of_a_document(path, tmp_path):
    (tmp_path / "clients").mkdir()
    document = tmp_path / "clients" / "bill.pdf"
    document.touch()
    link = tmp_path / "desk.pdf"
    link.symlink_to(document)
    PolicyFile(path).save(Policies(folders=(PlacePolicy(path=str(tmp_path / "clients"), privacy=PrivacyClass.REDACTED),)))
    policies = PolicyFile(path).in_force()
    assert must_hide(TASK, document, policies)
    assert must_hide(TASK, link, policies)
    assert not must_hide(TASK, tmp_path / "other.pdf", policies)


LEAST = Routing(
    primary="local",
    escalate_to="none",
    send="fields",
    pictures=False,
    escalate_if=EscalateIf(confidence_below=0.1, schema_invalid=False, check_failed=False, complexity_above=1.0),
)
MOST = Routing(
    primary="frontier",
    escalate_to="frontier",
    send="document",
    pictures=True,
    escalate_if=EscalateIf(confidence_below=1.0, schema_invalid=True, check_failed=True, complexity_above=0.1),
)


def change_to(routing: Routing) -> RoutingChange:
    fields = routing.model_dump()
    return RoutingChange.model_validate(fields.pop("escalate_if") | fields)


@pytest.mark.parametrize("name", list(RoutingChange.model_fields))
@pytest.mark.parametrize("is_target_strict", [True, False])
def test_a_link_leads_around_no_part_of_the_routing(tmp_path, name, is_target_strict):
    (tmp_path / "clients").mkdir()
    (tmp_path / "desk").mkdir()
    document, link = tmp_path / "clients" / "bill.pdf", tmp_path / "desk" / "bill.pdf"
    document.touch()
    link.symlink_to(document)
    strict, loose = change_to(MOST).model_copy(update={name: getattr(change_to(LEAST), name)}), change_to(MOST)
    of_target, of_link = (strict, loose) if is_target_strict else (loose, strict)
    policies = Policies(
        folders=(
            PlacePolicy(path=str(document.parent), routing=of_target),
            PlacePolicy(path=str(link.parent), routing=of_link),
        )
    )
    assert policy_of(TASK, link, policies).routing == strict.applied_to(MOST)
    assert policy_of(TASK, document, policies).routing == of_target.applied_to(MOST)


def test_through_a_link_the_strictest_class_holds_with_its_place(tmp_path):
    (tmp_path / "clients").mkdir()
    (tmp_path / "clients" / "bill.pdf").touch()
    (tmp_path / "bill.pdf").symlink_to(tmp_path / "clients" / "bill.pdf")
    strict = PlacePolicy(path=str(tmp_path / "clients"), privacy=PrivacyClass.REDACTED)
    policy = policy_of(TASK, tmp_path / "bill.pdf", Policies(folders=(strict,)))
    assert (policy.privacy, policy.place) == (PrivacyClass.REDACTED, strict.path)


def test_where_a_person_is_asked_each_time_only_a_word_given_there_stands(tmp_path):
    private, link = tmp_path / "private", tmp_path / "link"
    (private / "deep").mkdir(parents=True)
    (private / "deep" / "bill.pdf").touch()
    link.symlink_to(private)
    folders = PolicyFile(tmp_path / "policies.toml")
    folders.save(Policies(folders=(PlacePolicy(path=str(link), privacy=PrivacyClass.ASK),)))

    def stands(scope: ConsentScope, subject: object, document: str = "link/deep/bill.pdf") -> bool:
        policy = policy_of(TASK, tmp_path / document, folders.in_force())
        return stands_for(Consent(scope=scope, subject=str(subject), destination="api.example"), policy)

    assert stands(ConsentScope.FOLDER, link)
    assert stands(ConsentScope.FOLDER, link / "deep")
    assert stands(ConsentScope.FOLDER, private / "deep", "private/deep/bill.pdf")
    assert not stands(ConsentScope.FOLDER, tmp_path)
    assert not stands(ConsentScope.FOLDER, f"{link}/../elsewhere")
    assert not stands(ConsentScope.TASK, "bill")
    assert not stands(ConsentScope.ALWAYS, "")
    assert stands(ConsentScope.ALWAYS, "", "other/bill.pdf")


def test_a_file_to_be_asked_about_each_time_is_under_no_standing_word(tmp_path):
    document = tmp_path / "bill.pdf"
    policy = policy_of(TASK, document, Policies(files=(PlacePolicy(path=str(document), privacy=PrivacyClass.ASK),)))
    assert not stands_for(Consent(scope=ConsentScope.FOLDER, subject=str(tmp_path), destination="api.example"), policy)
